"""Loops that run beside the calls of a server process."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from penstock.flow.gauges import Gauges
from penstock.model.errors import PenstockError

log = logging.getLogger(__name__)


@asynccontextmanager
async def crew() -> AsyncIterator[Callable[[Coroutine[Any, Any, None]], None]]:
    """Starts background loops and cancels them at the end. A loop that fails is logged, never silent."""
    tasks: list[asyncio.Task[None]] = []

    def start(work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        task.add_done_callback(_log_failure)
        tasks.append(task)

    try:
        yield start
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def quietly(work: Coroutine[Any, Any, Any]) -> None:
    """For what is done again soon anyway."""
    try:
        await work
    except PenstockError as error:
        log.debug("%s", error)


def forget(gauges: Gauges) -> Callable[[], Coroutine[Any, Any, None]]:
    """What gauges do when the queue was lost."""

    async def callback() -> None:
        gauges.forget()

    return callback


def _log_failure(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("a background loop has failed", exc_info=task.exception())
