"""Celery, on the broker that PEER_ADDRESS names."""

import os
import time

from celery import Celery, group

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S

BULK, SENDERS = 500, 4
ADDRESS = os.environ["PEER_ADDRESS"]

app = Celery("bench", broker=ADDRESS)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_ignore_result=True,
    worker_prefetch_multiplier=64,
    broker_pool_limit=100,
    broker_connection_retry_on_startup=True,
)
if ADDRESS.startswith("amqp"):
    app.conf.broker_transport_options = {"confirm_publish": True}
marker = Marker()


@app.task
def noop(n, filler):
    marker.started(n)
    marker.ended(n)


@app.task
def slow(n, filler):
    marker.started(n)
    time.sleep(SLOW_S)
    marker.ended(n)


KINDS = {"noop": noop, "slow": slow}


def prepare():
    """Queues are declared by the first message."""


def connect():
    """The pool connects when it is asked."""


def close():
    app.close()


def enqueue_many(task, numbers):
    group(KINDS[task].s(n, FILLER) for n in numbers).apply_async()


def enqueue_one(task, n):
    KINDS[task].apply_async((n, FILLER))


def enqueue_later(task, n, delay_s):
    KINDS[task].apply_async((n, FILLER), countdown=delay_s)
