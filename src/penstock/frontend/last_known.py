"""What the store said last, for while it does not answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from penstock.model.errors import Unavailable

Key = TypeVar("Key")
Value = TypeVar("Value")

PATIENCE_S: Final = 2.0
"""so long the store is waited for when there is something to say without it"""


class LastKnown(Generic[Key, Value]):
    """The store is asked each time; at most `kept_max` answers are kept, those that were asked for last."""

    def __init__(self, kept_max: int) -> None:
        self._kept_max = kept_max
        self._kept: dict[Key, Value] = {}

    async def ask(self, key: Key, fetch: Callable[[], Awaitable[Value]]) -> Value:
        """What `fetch` gives, or gave last; raises `Unavailable` when it never did."""
        try:
            async with asyncio.timeout(PATIENCE_S if key in self._kept else None):
                value = await fetch()
        except (Unavailable, TimeoutError):
            if key not in self._kept:
                raise
            value = self._kept[key]
        self.keep(key, value)
        return value

    def keep(self, key: Key, value: Value) -> None:
        """The latest word."""
        self._kept.pop(key, None)
        self._kept[key] = value
        if len(self._kept) > self._kept_max:
            del self._kept[next(iter(self._kept))]

    def kept(self, key: Key) -> Value | None:
        """Without asking."""
        return self._kept.get(key)

    def forget(self, key: Key) -> None:
        """It counts no longer."""
        self._kept.pop(key, None)
