"""Delayed tasks, scheduled by single calls one after the other, as a request handler would."""

import time
from datetime import timedelta

from benchmarks.clients.calls import STAMP_FILLER
from benchmarks.clients.line import Line
from benchmarks.lambdas.stamp import stamp
from benchmarks.orders import Sent, Sequence


async def work(orders: Sequence, line: Line) -> Sent:
    await line.ready()
    delayed = stamp.options(delay=timedelta(seconds=orders.delay_s))
    started_at_s = time.time()
    for n in range(orders.first, orders.first + orders.tasks):
        await delayed.schedule(n, STAMP_FILLER)
    return Sent(orders.tasks, started_at_s, time.time())
