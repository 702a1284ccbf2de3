"""Troubles that last are told once, not each time that somebody meets them."""

from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)


class News(Generic[Key]):
    """Remembers what was said last of each key that is in trouble."""

    def __init__(self) -> None:
        self._told: dict[Key, str] = {}

    def is_new(self, key: Key, trouble: str) -> bool:
        """Whether this has to be said: nothing was, or something else."""
        if self._told.get(key) == trouble:
            return False
        self._told[key] = trouble
        return True

    def is_over(self, key: Key) -> bool:
        """Whether a trouble was told that is no more; it will be news when it comes again."""
        return self._told.pop(key, None) is not None
