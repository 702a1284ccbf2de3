"""Who serves which lambda and how fast lanes drain, as far as this process has heard."""

from typing import Protocol

from penstock.model.attendance import Attendance
from penstock.model.lane import LambdaId, LaneId


class Attendances(Protocol):
    """From orchestrators, by signals: a second or a few behind, and for people only. No decision is made on it."""

    def of(self, lambda_id: LambdaId) -> Attendance | None:
        """Who is there for a lambda; None: nobody has said anything lately, so it is not known."""


class Drains(Protocol):
    """From orchestrators, by signals."""

    def drain_per_s(self, lane: LaneId) -> float:
        """Tasks of the lane that were claimed in a second, by all orchestrators; 0: none that anybody spoke of."""
