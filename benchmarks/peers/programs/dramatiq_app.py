"""Dramatiq on RabbitMQ."""

import os
import time

import dramatiq
from dramatiq.brokers.rabbitmq import RabbitmqBroker

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S

BULK, SENDERS = 500, 4

broker = RabbitmqBroker(url=os.environ["PEER_ADDRESS"], confirm_delivery=True)
dramatiq.set_broker(broker)
marker = Marker()


@dramatiq.actor
def noop(n, filler):
    marker.started(n)
    marker.ended(n)


@dramatiq.actor
def slow(n, filler):
    marker.started(n)
    time.sleep(SLOW_S)
    marker.ended(n)


KINDS = {"noop": noop, "slow": slow}


def prepare():
    """Queues are declared by the first message."""


def connect():
    """Each thread connects when it sends its first message."""


def close():
    broker.close()


def enqueue_many(task, numbers):
    dramatiq.group([KINDS[task].message(n, FILLER) for n in numbers]).run()


def enqueue_one(task, n):
    KINDS[task].send(n, FILLER)


def enqueue_later(task, n, delay_s):
    KINDS[task].send_with_options(args=(n, FILLER), delay=int(delay_s * 1000))
