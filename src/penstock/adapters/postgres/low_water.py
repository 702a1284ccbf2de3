"""Where the live rows of an index begin.

A foreign transaction that stays open keeps dead entries at the front of an index, and every probe would walk them
all. So a probe starts where the last one saw the first live row. A row that comes below the mark, because it was
committed very late, is found by a full probe, made anew as soon as the last one's cost allows: while there are no
dead entries that is nearly always, and a mark is hardly ever used.
"""

from collections.abc import Callable
from typing import Final

from penstock.adapters.postgres.codecs import LONG_AGO_US

LATE_US: Final = 1_000_000
"""The mark stays this far behind the clock: hardly any commit is later than that, on a busy machine either."""
REST: Final = 50
"""a full probe is followed by a rest of this many times its length: 1 ms allows 20 a second"""
REST_S_MAX: Final = 5.0
"""but never longer than this: it is how late a row can be found that came below the mark"""


class LowWater:
    """One mark for each key (a lane, or one for all)."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._marks: dict[int, int] = {}
        self._full_at: dict[int, float] = {}

    def since(self, key: int) -> int:
        """Where to start, in microseconds; from the very beginning when a full probe is due."""
        if self._monotonic() >= self._full_at.get(key, 0.0):
            return LONG_AGO_US
        return self._marks.get(key, LONG_AGO_US)

    def seen(self, key: int, since_us: int, oldest_us: int | None, now_us: int, took_s: float) -> None:
        """A probe from `since_us` at the store's `now_us` left its oldest live row at `oldest_us`, or none."""
        mark = now_us - LATE_US
        self._marks[key] = mark if oldest_us is None else min(mark, oldest_us)
        if since_us == LONG_AGO_US:
            self._full_at[key] = self._monotonic() + min(REST * took_s, REST_S_MAX)

    def forget(self) -> None:
        """Start anew: rows may have appeared below every mark."""
        self._marks.clear()
        self._full_at.clear()
