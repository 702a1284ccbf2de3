"""Tasks of nine lambdas in turn, or of one at high priority, at a steady rate; a stamp before each request."""

import asyncio
import time

from benchmarks.clients.calls import STAMP_FILLER
from benchmarks.clients.line import Line
from benchmarks.clients.ticks import due
from benchmarks.lambdas.ten import QUIET, app
from benchmarks.orders import Called, Quiet


async def work(orders: Quiet, line: Line) -> Called:
    await line.ready()
    called_at_ns: list[int] = []
    answered_after_ms: list[float] = []
    lambdas = QUIET[:1] if orders.one_lambda else QUIET
    priority = "high" if orders.one_lambda else "normal"

    async def send(numbers: range) -> None:
        asked_at_ns = time.monotonic_ns()
        calls = [
            lambdas[n % len(lambdas)].options(priority=priority).call(orders.first + n, STAMP_FILLER) for n in numbers
        ]
        await app.schedule_many(calls)
        answered_after_ms.append((time.monotonic_ns() - asked_at_ns) / 1e6)

    async with asyncio.TaskGroup() as requests:
        async for count in due(orders.per_s, line, orders.tasks):
            numbers = range(len(called_at_ns), len(called_at_ns) + count)
            called_at_ns.extend([time.monotonic_ns()] * count)
            requests.create_task(send(numbers))
    return Called(called_at_ns, answered_after_ms, 0.0)
