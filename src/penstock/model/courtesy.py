"""How long the trips of heavy lines rest, so that those of light ones stay quick. Pure: time comes from outside.

A store has so much speed. Where one line's flood takes all of it, nobody waits in line behind the flood, but every trip
of the others takes several times as long. So the flood rests after each of its trips while others have work and
suffer from it; by its weight it keeps at least an even share of the time.
"""

from collections.abc import Collection
from typing import Final

from penstock.model.lane import LaneId, Priority, priority_of

ACTIVE_S: Final = 0.25
"""a line that had a trip within this time has work"""
REST_TIMES_MAX: Final = 8.0
"""as long as its trip took"""
REST_S_MAX: Final = 0.5
"""a store that stood still makes long trips"""
SUFFERS_TIMES: Final = 1.5
"""as long as without heavy lines: what a light trip may take beside one"""
SUFFERS_S: Final = 0.002
"""and so much more at least"""
SMOOTHING: Final = 0.1
FORGETTING: Final = 0.002
"""a flood slows light trips down even while it rests: that they may be quick is not forgotten so soon"""
WEIGHTS: Final = {Priority.HIGH: 16.0, Priority.NORMAL: 4.0, Priority.LOW: 1.0}


class Courtesy:
    """Told of each trip that has returned; `resumes_at_s` is when the next trip of heavy lines may go."""

    def __init__(self) -> None:
        self.resumes_at_s = 0.0
        self._active: dict[LaneId | None, float] = {}
        self._alone_s: float | None = None
        self._beside_s = 0.0

    def has_others(self, now_s: float) -> bool:
        """Whether light lines have work."""
        return any(seen_s >= now_s - ACTIVE_S for seen_s in self._active.values())

    def light_returned(self, lines: Collection[LaneId | None], took_s: float, beside_heavy: bool, now_s: float) -> None:
        """`beside_heavy`: whether a trip of heavy lines was under way at its end."""
        for line in lines:
            self._active[line] = now_s
        if beside_heavy:
            self._beside_s += SMOOTHING * (took_s - self._beside_s)
        elif self._alone_s is None:
            self._alone_s = took_s
        else:
            smoothing = SMOOTHING if took_s < self._alone_s else FORGETTING
            self._alone_s += smoothing * (took_s - self._alone_s)

    def heavy_returned(self, lines: Collection[LaneId | None], took_s: float, now_s: float) -> None:
        """The next one rests as long as others have work, suffer, and their part of the time asks."""
        if not self._active:
            return
        since_s = now_s - ACTIVE_S
        self._active = {line: seen_s for line, seen_s in self._active.items() if seen_s >= since_s}
        others = sum(map(_weight, self._active.keys() - set(lines)))
        if others and self._suffer():
            times = min(REST_TIMES_MAX, others / sum(map(_weight, lines)))
            self.resumes_at_s = now_s + min(REST_S_MAX, took_s * times)

    def _suffer(self) -> bool:
        alone_s = self._alone_s or 0.0
        return self._beside_s > max(alone_s * SUFFERS_TIMES, alone_s + SUFFERS_S)


def _weight(line: LaneId | None) -> float:
    return WEIGHTS[Priority.NORMAL if line is None else priority_of(line)]
