"""One claim's turn: the steps around a lambda's code that coroutines and threads share."""

from collections.abc import Callable

from penstock.execution.endings import cancelled_before_start, handed_back
from penstock.execution.held import Held, Stage
from penstock.execution.tuning import Terms
from penstock.ports.seat import Seat


class Turn:
    """Opens and closes turns, on the side that runs users' code."""

    __slots__ = ("_ended", "_now_s", "_started", "_terms", "_to_platform")

    def __init__(self, seat: Seat, terms: Terms, to_platform: Callable[[Held], None]) -> None:
        self._now_s = seat.monotonic_s
        self._started = seat.board.started
        self._ended = seat.board.ended
        self._terms = terms
        self._to_platform = to_platform

    def begins(self, held: Held) -> bool:
        """Whether its code may run. False: the turn is over already."""
        # First on the board, then the look at the deadline and the gates: stopped in between and continued
        # much later, the supervisor has seen a started claim past its deadline and killed this process.
        now_s = held.started_s = self._now_s()
        held.stage = Stage.RUNNING
        self._started(held.slot, int(now_s * 1_000_000))
        now_us = int(self._now_s() * 1_000_000)
        if now_us > held.deadline_us - self._terms.start_margin_us or held.refused:
            self.is_over(held)
            return False
        if held.cancelled:
            held.report = cancelled_before_start(held)
            self.is_over(held)
            return False
        if not held.sight.lets(held, now_us):
            held.report = handed_back(held)
            self.is_over(held)
            return False
        return True

    def run_us(self, held: Held) -> int:
        """How long its code has run; at least 1."""
        return int((self._now_s() - held.started_s) * 1_000_000) or 1

    def is_over(self, held: Held) -> None:
        """No code of it runs any more."""
        # The slot first: once the stage says so, the platform's side may give the slot to another claim.
        self._ended(held.slot)
        held.stage = Stage.ENDED
        self._to_platform(held)
