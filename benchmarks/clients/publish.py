"""Events of 200 bytes about subjects of which some come often: by the batch, or one by one."""

import asyncio
import itertools
import time
from collections.abc import Iterator

from benchmarks.clients.line import Line
from benchmarks.orders import Publish, Sent
from benchmarks.shapes import Shape
from penstock import App, Event

STREAM = "bench"
TYPE = "bench.changed"
DATA = "x" * (200 - len('""'))
app = App("bench")


async def work(orders: Publish, line: Line) -> Sent:
    names = Shape(orders.subjects, 1.0).names()
    await app.publish(STREAM, subject="warm", type=TYPE)
    await line.ready()
    started_at_s = time.time()
    send = _batches if orders.events_each > 1 else _singles
    counts = await asyncio.gather(*(send(orders, line, names) for _ in range(orders.senders)))
    return Sent(sum(counts), started_at_s, time.time())


async def _batches(orders: Publish, line: Line, names: Iterator[str]) -> int:
    count = 0
    while not line.stopped.is_set():
        events = [Event(STREAM, name, TYPE, DATA) for name in itertools.islice(names, orders.events_each)]
        await app.publish_many(events)
        count += len(events)
    return count


async def _singles(_orders: Publish, line: Line, names: Iterator[str]) -> int:
    count = 0
    while not line.stopped.is_set():
        await app.publish(STREAM, subject=next(names), type=TYPE, data=DATA)
        count += 1
    return count
