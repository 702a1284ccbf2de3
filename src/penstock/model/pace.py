"""At most so many starts in a second, one process for itself. Pure."""

import math


class Pace:
    """`per_s` 0: no limit. A second's worth may start at once, after a second of quiet."""

    def __init__(self, per_s: float) -> None:
        self._per_s = per_s
        self._burst = max(1.0, per_s)
        self._tokens = self._burst
        self._at_s: float | None = None

    @property
    def per_second(self) -> int:
        """How many may begin in a second, at least one; 0: no limit."""
        return math.ceil(self._per_s)

    def wait_s(self, now_s: float) -> float:
        """For how long nothing may start; 0: one may, now."""
        if not self._per_s:
            return 0.0
        self._fill(now_s)
        return 0.0 if self._tokens >= 1.0 else (1.0 - self._tokens) / self._per_s

    def start(self, now_s: float) -> None:
        """One starts; for who has looked at `wait_s`."""
        if self._per_s:
            self._fill(now_s)
            self._tokens -= 1.0

    def _fill(self, now_s: float) -> None:
        at_s = now_s if self._at_s is None else self._at_s
        self._tokens = min(self._burst, self._tokens + max(0.0, now_s - at_s) * self._per_s)
        self._at_s = max(at_s, now_s)
