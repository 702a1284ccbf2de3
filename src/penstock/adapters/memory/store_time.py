"""A store's clock that follows the event loop's time and can be made to jump."""

import asyncio
from collections.abc import Callable
from typing import Final

EPOCH_US: Final = 1_767_225_600_000_000
"""2026-01-01 UTC: where the clock stands when the loop's time is 0"""


class LoopStoreTime:
    """`now_us` for a `MemoryCluster`: the running loop's time plus an offset."""

    def __init__(self, epoch_us: int = EPOCH_US, monotonic_s: Callable[[], float] | None = None) -> None:
        self._offset_us = epoch_us
        self._monotonic_s = monotonic_s or (lambda: asyncio.get_running_loop().time())

    def __call__(self) -> int:
        """Microseconds since 1970."""
        return self._offset_us + round(self._monotonic_s() * 1_000_000)

    def jump(self, seconds: float) -> None:
        """Move the store's clock, forwards or backwards, while the loop's time stays."""
        self._offset_us += round(seconds * 1_000_000)
