"""Ending a background task for certain."""

import asyncio
from typing import Final

_AGAIN_S: Final = 0.05


async def end(task: asyncio.Task[None]) -> None:
    """Cancel until it is over.

    Once is not enough: before Python 3.12 `asyncio.wait_for`, which nats-py uses everywhere, swallows a
    cancellation that arrives together with the result.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=_AGAIN_S)
