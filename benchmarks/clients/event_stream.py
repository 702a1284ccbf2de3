"""`publish_many`, as much as two subscriptions take: the slower one is so many events behind, and no more."""

import asyncio
import itertools
import time
from collections.abc import Iterator

from benchmarks.cells import Cells
from benchmarks.clients.line import Line
from benchmarks.lambdas.event_layout import SUBSCRIPTIONS, given
from benchmarks.orders import EventStream, Sent
from penstock import App, Event

STREAM = "bench"
TYPE = "bench.changed"
DATA = "x" * (200 - len('""'))
LOOK_EVERY_S = 0.005
WARM_EVERY_S = 0.2
app = App("bench")


class _Sender:
    def __init__(self, orders: EventStream, line: Line) -> None:
        self.sent = 0
        self._orders, self._line = orders, line
        self._names = orders.shape.names()
        self._cells = Cells.inherited().values

    async def warm_up(self) -> None:
        """Publishes about one subject until both have heard of it: what is published from now on reaches them."""
        subject = next(self._names)
        while not self._least_given():
            await app.publish(STREAM, subject=subject, type=TYPE, data=DATA)
            self.sent += 1
            await asyncio.sleep(WARM_EVERY_S)

    async def run(self) -> None:
        while not self._line.stopped.is_set():
            if self.sent + self._orders.events_each > self._least_given() + self._orders.in_flight:
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            self.sent += self._orders.events_each
            await app.publish_many(self._next(self._names))

    def _next(self, names: Iterator[str]) -> list[Event]:
        return [Event(STREAM, name, TYPE, DATA) for name in itertools.islice(names, self._orders.events_each)]

    def _least_given(self) -> int:
        return min(given(self._cells, number).events for number in range(SUBSCRIPTIONS))


async def work(orders: EventStream, line: Line) -> Sent:
    sender = _Sender(orders, line)
    await sender.warm_up()
    await line.ready()
    started_at_s = time.time()
    async with asyncio.TaskGroup() as group:
        for _ in range(orders.senders):
            group.create_task(sender.run())
    return Sent(sender.sent, started_at_s, time.time())
