"""`schedule_many`, as much as its pace allows."""

import asyncio
import time

from benchmarks.cells import Cells
from benchmarks.clients.calls import KINDS
from benchmarks.clients.line import Line
from benchmarks.orders import Bulk, Sent, Total

LOOK_EVERY_S = 0.002


class _Sender:
    def __init__(self, orders: Bulk, line: Line) -> None:
        self.sent = 0
        self._orders, self._line = orders, line
        self._executed = Cells.inherited().values
        self._executed_before = self._executed[0]

    async def run(self) -> None:
        app, make_call = KINDS[self._orders.task]
        call = make_call(self._orders.delay_s, self._orders.collection)
        while not self._line.stopped.is_set():
            count = self._next_count()
            if count <= 0:
                if self._is_done():
                    return
                await asyncio.sleep(LOOK_EVERY_S)
                continue
            first = self._orders.first + self.sent
            self.sent += count
            await app.schedule_many([call(n) for n in range(first, first + count)])

    def _next_count(self) -> int:
        allowed = self._orders.pace.allowed(self._executed[0] - self._executed_before)
        room = allowed - self.sent
        if room < self._orders.calls_each and not isinstance(self._orders.pace, Total):
            return 0  # a full batch soon rather than a small one now: this client measures the bulk path
        return min(self._orders.calls_each, room)

    def _is_done(self) -> bool:
        return isinstance(self._orders.pace, Total) and self.sent >= self._orders.pace.tasks


async def work(orders: Bulk, line: Line) -> Sent:
    await line.ready()
    sender = _Sender(orders, line)
    started_at_s = time.time()
    async with asyncio.TaskGroup() as group:
        for _ in range(orders.senders):
            group.create_task(sender.run())
    return Sent(sender.sent, started_at_s, time.time())
