"""How full the lanes are and how fast they drain, as far as this process knows."""

from typing import Protocol

from penstock.model.lane import LaneId


class LaneGauges(Protocol):
    """Estimates, shared between processes by signals. A wrong one costs time, never a task."""

    def room(self, lane: LaneId) -> int:
        """How many more references fit into the lane's window (two seconds of its drain, at least 200)."""

    def published(self, lane: LaneId, count: int) -> None:
        """This process put references into the lane."""

    def drained(self, lane: LaneId, count: int, waiting: int) -> None:
        """Delivery claimed `count` of the lane and about `waiting` references are left in it."""

    def references_per_message(self, lane: LaneId) -> int:
        """How many to put into one message: many where the lane drains fast, few where it is slow."""
