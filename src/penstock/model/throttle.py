"""An endpoint that asks for less: how long it is left in peace, and how it is tried again. Pure.

What it asks for in `Retry-After` counts, up to a limit; who asks for nothing is given a wait that grows. When the wait
is over, one request goes first; the rest follow once it was taken.
"""

from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Final

WAIT_FIRST_S: Final = 1.0
WAIT_MAX_S: Final = 300.0
RETRY_AFTER_S_MAX: Final = 3600.0
_DIGITS_MAX: Final = 10


class Throttle:
    """Of one endpoint in one process. `now_s`: any clock that only rises."""

    def __init__(self) -> None:
        self._hits = 0
        self.since_s = 0.0
        self.until_s = 0.0

    def is_shut(self, now_s: float) -> bool:
        """Whether nothing may start."""
        return now_s < self.until_s

    def room(self, in_flight: int, now_s: float) -> int | None:
        """How many more may start; None: as many as you like."""
        if self.is_shut(now_s):
            return 0
        if not self._hits:
            return None
        return 0 if in_flight else 1

    def hit(self, asked_s: float | None, now_s: float, chance: float) -> float:
        """It asked for less, and for so many seconds of peace (None: it did not say). The wait, which never gets
        shorter by a later answer.
        """
        if self.is_shut(now_s):  # an answer to what began before: one burst counts once
            wait_s = asked_s or 0.0
        else:
            self._hits += 1
            self.since_s = now_s
            grown_s = min(WAIT_MAX_S, WAIT_FIRST_S * 2.0 ** min(self._hits - 1, 30)) * (0.5 + 0.5 * chance)
            wait_s = grown_s if asked_s is None else max(asked_s, 0.0)
        self.until_s = max(self.until_s, now_s + min(wait_s, RETRY_AFTER_S_MAX))
        return self.until_s - now_s

    def passed(self, now_s: float) -> None:
        """It took one, whatever it made of it."""
        if not self.is_shut(now_s):
            self._hits = 0


def retry_after_s(text: str, now_s: float) -> float | None:
    """Seconds that a `Retry-After` asks for, in seconds or as an HTTP date; 0 to `RETRY_AFTER_S_MAX`, None for what is
    neither. `now_s`: seconds since 1970.
    """
    text = text.strip()
    if text.isascii() and text.isdigit():
        return RETRY_AFTER_S_MAX if len(text) > _DIGITS_MAX else min(float(text), RETRY_AFTER_S_MAX)
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return min(max(moment.timestamp() - now_s, 0.0), RETRY_AFTER_S_MAX)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
