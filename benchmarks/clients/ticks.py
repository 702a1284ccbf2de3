"""What is due of an open loop at each look, however late the look is."""

import asyncio
from collections.abc import AsyncIterator

from benchmarks.clients.line import Line

TICK_S = 0.01


async def due(per_s: float, line: Line, most: float = float("inf")) -> AsyncIterator[int]:
    """How many more are due, again and again, until told to stop or `most` have been."""
    loop = asyncio.get_running_loop()
    started_at_s, sent = loop.time(), 0
    while not line.stopped.is_set() and sent < most:
        count = int(min(most, (loop.time() - started_at_s) * per_s)) - sent
        if count > 0:
            sent += count
            yield count
        await asyncio.sleep(TICK_S)
