"""What is known of the store's small tables, and read again when it has changed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from penstock.model.errors import PenstockError

log = logging.getLogger(__name__)


async def keep_fresh(
    what: str, refresh: Callable[[], Awaitable[None]], changed: asyncio.Event, at_least_every_s: float
) -> None:
    """Refresh now, when `changed` is set, and now and then; until cancelled. What cannot be read stays as it was."""
    while True:
        try:
            await refresh()
        except PenstockError as error:
            log.warning("%s could not be read and stay as they were: %s", what, error)
        try:
            await asyncio.wait_for(changed.wait(), at_least_every_s)
        except TimeoutError:
            continue
        changed.clear()
