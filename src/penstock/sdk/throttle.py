"""Calls that are refused here, because a platform that is overloaded would refuse them: that costs it nothing."""

import threading
from collections.abc import Callable
from typing import Final

HALF_LIFE_S: Final = 10.0
"""how fast what happened counts for less"""


class Throttle:
    """Of n calls of which m were taken, the next is refused with a chance of (n - 2 m) / (n + 1). From any thread."""

    def __init__(self, now_s: Callable[[], float], chance: Callable[[], float]) -> None:
        self._now_s, self._chance = now_s, chance
        self._asked = self._taken = 0.0
        self._counted_at_s = now_s()
        self._lock = threading.Lock()

    def refuses(self) -> bool:
        """Whether the next call is not to be sent: then it counts as refused. Calls under way count for nothing yet."""
        with self._lock:
            self._fade()
            chance = (self._asked - 2 * self._taken) / (self._asked + 1)
            refused = chance > 0 and self._chance() < chance
            self._asked += refused
            return refused

    def taken(self) -> None:
        """A call was answered by a platform that had the time for it, whatever the answer."""
        with self._lock:
            self._asked += 1
            self._taken += 1

    def refused(self) -> None:
        """The platform is overloaded."""
        with self._lock:
            self._asked += 1

    def _fade(self) -> None:
        now_s = self._now_s()
        left = 0.5 ** ((now_s - self._counted_at_s) / HALF_LIFE_S)
        self._asked, self._taken, self._counted_at_s = self._asked * left, self._taken * left, now_s
