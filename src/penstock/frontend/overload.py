"""When to refuse, and what first: rules over how long calls wait. Pure: time and measures come from outside.

Waiting for a moment is what a queue is for. A wait that stays over its bound for a second is a queue that does not go
away by itself. Then lists are refused, half a second later schedules of low priority, and half a second later
schedules as far as more come in than go out; that at once when the queue is longer than can be served in a second.
Nothing else is ever refused: heartbeats, results, cancels, gates.
"""

from enum import IntEnum, unique
from typing import Final

WAIT_S: Final = 0.1
"""a longer wait, if it stays, is too long"""
STAYS_S: Final = 1.0
NEXT_S: Final = 0.5
"""until the next stage, while it is no better"""
FULL_S: Final = 1.0
"""a queue that takes so long is long enough"""
CALM_S: Final = 5.0
"""without a long wait and without a refusal of the last stage, until one stage is taken back"""
REFUSED_STEP: Final = 0.05
"""by how much the part of calls that are refused rises and falls with each look, while the process itself is late"""
REFUSED_MAX: Final = 0.9


@unique
class Stage(IntEnum):
    """What is refused; each stage with those before it."""

    NOTHING = 0
    LISTS = 1
    LOW = 2
    """schedules of low priority"""
    SCHEDULES = 3
    """as far as they would have to wait"""


class Overload:
    """`look` is called every few hundredths of a second."""

    def __init__(self, now_s: float) -> None:
        self.stage = Stage.NOTHING
        self.part_refused = 0.0
        """of schedules, whoever they are from: it follows how late the process is"""
        self._long_since_s: float | None = None
        self._raised_at_s = self._troubled_at_s = now_s
        self._owed = 0.0

    def look(self, wait_s: float, expected_s: float, late_s: float, now_s: float) -> None:
        """`wait_s`: how long the oldest call waits for the store; `expected_s`: how long one that came now would;
        `late_s`: how late the process is at its work.
        """
        if max(wait_s, late_s) > WAIT_S:
            self._troubled_at_s = now_s
            self._long_since_s = now_s if self._long_since_s is None else self._long_since_s
            self._rise(now_s, flooded=expected_s > FULL_S)
        else:
            self._long_since_s = None
            self._fall(now_s)
        step = REFUSED_STEP if late_s > WAIT_S and self.stage is Stage.SCHEDULES else -REFUSED_STEP / 2
        self.part_refused = min(REFUSED_MAX, max(0.0, self.part_refused + step))

    def refused(self, now_s: float) -> None:
        """A schedule had to be refused: it is not over yet."""
        self._troubled_at_s = now_s

    def takes_its_part(self) -> bool:
        """Whether this call is one of the part that is refused: evenly, without chance."""
        if not self.part_refused:
            return False
        self._owed += self.part_refused
        if self._owed < 1:
            return False
        self._owed -= 1
        return True

    def _rise(self, now_s: float, flooded: bool) -> None:
        if self.stage is Stage.SCHEDULES or self._long_since_s is None:
            return
        since_s = now_s - self._long_since_s
        if flooded:
            self.stage = Stage.SCHEDULES
            return
        due = since_s >= STAYS_S if self.stage is Stage.NOTHING else now_s - self._raised_at_s >= NEXT_S
        if due:
            self.stage, self._raised_at_s = Stage(self.stage + 1), now_s

    def _fall(self, now_s: float) -> None:
        if self.stage is not Stage.NOTHING and now_s - self._troubled_at_s >= CALM_S:
            self.stage, self._troubled_at_s = Stage(self.stage - 1), now_s


def fits(waiting: int, own: int, lanes: int, more: int, bound: float) -> bool:
    """Whether a call of `more` tasks may wait, where `waiting` do, `own` of them of its lane, one of `lanes`.

    Who has nothing waiting is let in, and everybody up to an even part: one lane's flood refuses no other's calls.
    """
    return waiting + more <= bound or not own or own + more <= bound / (lanes + 1)
