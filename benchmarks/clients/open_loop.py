"""Single calls at a steady rate, whether or not earlier ones were answered: waiting cannot hide."""

import asyncio
import time

from benchmarks.clients.calls import STAMP_FILLER
from benchmarks.clients.line import Line
from benchmarks.lambdas.stamp import stamp
from benchmarks.orders import Called, OpenLoop


async def work(orders: OpenLoop, line: Line) -> Called:
    await line.ready()
    called_at_ns = [0] * orders.tasks
    answered_after_ms = [0.0] * orders.tasks
    behind_s_max = 0.0

    async def call(n: int) -> None:
        called_at_ns[n] = time.monotonic_ns()
        await stamp.schedule(orders.first + n, STAMP_FILLER)
        answered_after_ms[n] = (time.monotonic_ns() - called_at_ns[n]) / 1e6

    loop = asyncio.get_running_loop()
    started_at_s = loop.time()
    async with asyncio.TaskGroup() as calls:
        for n in range(orders.tasks):
            ahead_s = started_at_s + n / orders.per_s - loop.time()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            behind_s_max = max(behind_s_max, loop.time() - started_at_s - n / orders.per_s)
            calls.create_task(call(n))
    return Called(called_at_ns, answered_after_ms, behind_s_max * 1000)
