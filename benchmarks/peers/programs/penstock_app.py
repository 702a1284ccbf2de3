"""Penstock, at the address that PENSTOCK_ADDRESS names."""

import asyncio

from benchmarks.peers.marks import Marker
from benchmarks.peers.programs import FILLER, SLOW_S
from penstock import App

BULK, SENDERS = 500, 4

app = App("bench")
marker = Marker()


@app.task()
async def noop(n: int, filler: str) -> None:
    marker.started(n)
    marker.ended(n)


@app.task()
async def slow(n: int, filler: str) -> None:
    marker.started(n)
    await asyncio.sleep(SLOW_S)
    marker.ended(n)


KINDS = {"noop": noop, "slow": slow}


async def prepare():
    """Lambdas are made known by the worker."""


async def connect():
    """The first call connects."""


async def close():
    app.close()


async def enqueue_many(task, numbers):
    await app.schedule_many([KINDS[task].call(n, FILLER) for n in numbers])


async def enqueue_one(task, n):
    await KINDS[task].schedule(n, FILLER)


async def enqueue_later(task, n, delay_s):
    await KINDS[task].options(delay=delay_s).schedule(n, FILLER)
