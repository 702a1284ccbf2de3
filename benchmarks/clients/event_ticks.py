"""Events about quiet subjects at a steady rate, and as many about a hot one if told so; a stamp before each call."""

import asyncio
import time

from benchmarks.clients.line import Line
from benchmarks.clients.ticks import due
from benchmarks.lambdas.stamped_events import app
from benchmarks.orders import Called, EventTicks
from benchmarks.shapes import Shape
from penstock import Event

STREAM = "bench"
TYPE = "bench.changed"
HOT = "hot"
NOT_STAMPED = -1


async def work(orders: EventTicks, line: Line) -> Called:
    called_at_ns: list[int] = []
    answered_after_ms: list[float] = []
    names = Shape(orders.subjects).names()
    await line.ready()

    async def send(events: list[Event]) -> None:
        asked_at_ns = time.monotonic_ns()
        await app.publish_many(events)
        answered_after_ms.append((time.monotonic_ns() - asked_at_ns) / 1e6)

    async with asyncio.TaskGroup() as calls:
        async for count in due(orders.per_s, line, orders.events):
            first = orders.first + len(called_at_ns)
            quiet = [Event(STREAM, next(names), TYPE, n) for n in range(first, first + count)]
            called_at_ns.extend([time.monotonic_ns()] * count)
            calls.create_task(send(quiet))
            if orders.has_hot:
                calls.create_task(send([Event(STREAM, HOT, TYPE, NOT_STAMPED)] * count))
    return Called(called_at_ns, answered_after_ms, 0.0)
