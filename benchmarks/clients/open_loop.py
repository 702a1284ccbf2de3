"""Single calls at a steady rate, whether or not earlier ones were answered: waiting cannot hide."""

import asyncio
import time
from collections.abc import Awaitable, Callable

from benchmarks.clients.calls import STAMP_FILLER
from benchmarks.clients.line import Line
from benchmarks.lambdas.stamp import stamp
from benchmarks.orders import Called, OpenLoop


async def work(orders: OpenLoop, line: Line) -> Called:
    await line.ready()

    async def call(n: int) -> None:
        await stamp.schedule(orders.first + n, STAMP_FILLER)

    return await at_a_rate(orders.tasks, orders.per_s, call)


async def at_a_rate(count: int, per_s: float, make: Callable[[int], Awaitable[None]]) -> Called:
    """So many calls, each with a stamp just before it."""
    called_at_ns = [0] * count
    answered_after_ms = [0.0] * count
    behind_s_max = 0.0

    async def call(n: int) -> None:
        called_at_ns[n] = time.monotonic_ns()
        await make(n)
        answered_after_ms[n] = (time.monotonic_ns() - called_at_ns[n]) / 1e6

    loop = asyncio.get_running_loop()
    started_at_s = loop.time()
    async with asyncio.TaskGroup() as calls:
        for n in range(count):
            ahead_s = started_at_s + n / per_s - loop.time()
            if ahead_s > 0:
                await asyncio.sleep(ahead_s)
            behind_s_max = max(behind_s_max, loop.time() - started_at_s - n / per_s)
            calls.create_task(call(n))
    return Called(called_at_ns, answered_after_ms, behind_s_max * 1000)
