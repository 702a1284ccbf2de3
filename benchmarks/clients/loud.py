"""One lambda's flood, at a rate that it need not reach: what is refused is counted and forgotten."""

import asyncio
import contextlib
import time

from benchmarks.clients.calls import NOOP_FILLER
from benchmarks.clients.line import Line
from benchmarks.clients.ticks import due
from benchmarks.lambdas.ten import QUIET, app, loud
from benchmarks.orders import Loud, Sent
from penstock import PenstockError

UNDER_WAY_MAX = 4
CALLS_EACH_MAX = 1_000


async def work(orders: Loud, line: Line) -> Sent:
    await line.ready()
    started_at_s, sent = time.time(), 0
    under_way: set[asyncio.Task[None]] = set()

    async def send(count: int) -> None:
        nonlocal sent
        if orders.low_of_first_quiet:  # stamps that nobody reads: their cells come after all others
            calls = [QUIET[0].options(priority="low").call(orders.cell, NOOP_FILLER) for _ in range(count)]
        else:
            calls = [loud.call(orders.sleep_s, orders.fails, NOOP_FILLER) for _ in range(count)]
        with contextlib.suppress(PenstockError):
            sent += len(await app.schedule_many(calls))

    async for count in due(orders.per_s, line):
        if len(under_way) < UNDER_WAY_MAX:
            request = asyncio.create_task(send(min(count, CALLS_EACH_MAX)))
            under_way.add(request)
            request.add_done_callback(under_way.discard)
    await asyncio.gather(*under_way)
    return Sent(sent, started_at_s, time.time())
