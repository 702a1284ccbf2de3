"""Taskiq on JetStream; delayed tasks wait in a bucket of JetStream's for the scheduler."""

import asyncio
import os
from datetime import UTC, datetime, timedelta

from taskiq import TaskiqScheduler
from taskiq_nats import NATSKeyValueScheduleSource, PullBasedJetStreamBroker

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S

BULK, SENDERS = 100, 1
ADDRESS = os.environ["PEER_ADDRESS"]

broker = PullBasedJetStreamBroker(ADDRESS, pull_consume_batch=100, pull_consume_timeout=5)
source = NATSKeyValueScheduleSource(ADDRESS)
scheduler = TaskiqScheduler(broker, [source])
marker = Marker()


@broker.task
async def noop(n: int, filler: str) -> None:
    marker.started(n)
    marker.ended(n)


@broker.task
async def slow(n: int, filler: str) -> None:
    marker.started(n)
    await asyncio.sleep(SLOW_S)
    marker.ended(n)


KINDS = {"noop": noop, "slow": slow}


async def prepare():
    """Stream and consumer are made by whoever starts the broker first."""


async def connect():
    await broker.startup()
    await source.startup()


async def close():
    await source.shutdown()
    await broker.shutdown()


async def enqueue_many(task, numbers):
    await asyncio.gather(*(KINDS[task].kiq(n, FILLER) for n in numbers))


async def enqueue_one(task, n):
    await KINDS[task].kiq(n, FILLER)


async def enqueue_later(task, n, delay_s):
    await KINDS[task].schedule_by_time(source, datetime.now(UTC) + timedelta(seconds=delay_s), n, FILLER)
