"""When an endpoint that fails is left alone, and how it is tried again. Pure: who asks says what time it is.

Closed, all may go. After some failures in a row it opens: nothing goes for a while, longer each time. Then it is half
open: one request goes, and what becomes of it decides.
"""

from enum import Enum, unique
from typing import Final

FAILURES_TO_OPEN: Final = 5
OPEN_FIRST_S: Final = 5.0
OPEN_MAX_S: Final = 300.0
_GROWTH: Final = 2.0


@unique
class BreakerState(Enum):
    """What may go."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class Breaker:
    """Of one endpoint in one process. `now_s`: any clock that only rises; `chance`: 0 to 1, for jitter."""

    def __init__(self) -> None:
        self._failures = 0
        self._openings = 0
        self._until_s = 0.0
        self.state = BreakerState.CLOSED
        self.since_s = 0.0

    @property
    def probe_at_s(self) -> float:
        """When one request goes to see; of meaning while it is open."""
        return self._until_s

    def look(self, now_s: float) -> None:
        """An opening may be over."""
        if self.state is BreakerState.OPEN and now_s >= self._until_s:
            self.state, self.since_s = BreakerState.HALF_OPEN, now_s

    def room(self, in_flight: int, now_s: float) -> int | None:
        """How many more may start; None: as many as you like."""
        self.look(now_s)
        if self.state is BreakerState.CLOSED:
            return None
        return 1 if self.state is BreakerState.HALF_OPEN and not in_flight else 0

    def succeeded(self, now_s: float) -> None:
        """It answered as one that is well does. What began before it opened proves nothing: it stays open."""
        self.look(now_s)
        if self.state is BreakerState.OPEN:
            return
        self._failures = 0
        if self.state is BreakerState.HALF_OPEN:
            self._openings = 0
            self.state, self.since_s = BreakerState.CLOSED, now_s

    def failed(self, now_s: float, chance: float) -> None:
        """It did not."""
        self.look(now_s)
        if self.state is BreakerState.OPEN:
            return
        self._failures += 1
        if self.state is BreakerState.HALF_OPEN or self._failures >= FAILURES_TO_OPEN:
            self._open(now_s, chance)

    def _open(self, now_s: float, chance: float) -> None:
        full_s = min(OPEN_MAX_S, OPEN_FIRST_S * _GROWTH ** min(self._openings, 30))
        self._openings += 1
        self._failures = 0
        self._until_s = now_s + full_s * (0.5 + 0.5 * chance)
        self.state, self.since_s = BreakerState.OPEN, now_s
