"""Single calls, many at once: each caller awaits its answer before it calls again."""

import asyncio
import time

from benchmarks.clients.calls import NOOP_FILLER
from benchmarks.clients.line import Line
from benchmarks.lambdas.noop import noop
from benchmarks.orders import Sent, Single


async def work(orders: Single, line: Line) -> Sent:
    await line.ready()
    started_at_s = time.time()
    counts = await asyncio.gather(*(_call_again_and_again(line) for _ in range(orders.callers)))
    return Sent(sum(counts), started_at_s, time.time())


async def _call_again_and_again(line: Line) -> int:
    count = 0
    while not line.stopped.is_set():
        await noop.schedule(NOOP_FILLER)
        count += 1
    return count
