"""How much of what all ask for is asked by one. Pure: time comes from outside."""

from collections.abc import Hashable
from math import exp
from typing import Final

MEMORY_S: Final = 1.0
"""what was asked so long ago counts a third"""
FORGOTTEN: Final = 0.05


class Usage:
    """Of those who have asked for something lately."""

    def __init__(self) -> None:
        self._asked: dict[Hashable, float] = {}
        self._at_s = 0.0

    def asked(self, who: Hashable, rows: int, now_s: float) -> None:
        """So many more."""
        if now_s - self._at_s > MEMORY_S / 20:
            self._fade(exp((self._at_s - now_s) / MEMORY_S))
            self._at_s = now_s
        self._asked[who] = self._asked.get(who, 0.0) + rows

    def times_others(self, who: Hashable) -> float:
        """How many times as much as one of the others on average; 0 when there are none."""
        own = self._asked.get(who, 0.0)
        others = len(self._asked) - (who in self._asked)
        rest = sum(self._asked.values()) - own
        return own * others / rest if rest else 0.0

    def _fade(self, kept: float) -> None:
        self._asked = {who: rows * kept for who, rows in self._asked.items() if rows * kept > FORGOTTEN}
