"""What stands in a lane, counted."""

from collections.abc import Mapping

from msgspec import Struct

from penstock.model.lane import LaneId


class LaneCount(Struct, frozen=True):
    """Live tasks of one lane by what they wait for, each counted up to `limits.LANE_COUNT_MAX`. Microseconds."""

    lane: LaneId
    lambda_name: str
    registered: bool
    due: int = 0
    """wait in the store, and their time has come"""
    later: int = 0
    """for a time to come"""
    backing_off: int = 0
    """after a failure, until a time to come"""
    held: Mapping[str, int] = {}
    """by `held_for`"""
    enqueued: int = 0
    claimed: int = 0
    processing: int = 0
    suspects: int = 0
    """enqueued ones that wait for quarantine"""
    oldest_due_us: int = 0
    """since when the oldest waits that is due: when it became due, of an enqueued one when it was scheduled for.
    0: none"""

    @property
    def waiting(self) -> int:
        """Tasks that could run now if somebody took them."""
        return self.due + self.enqueued

    @property
    def running(self) -> int:
        """Tasks that an executor has."""
        return self.claimed + self.processing

    @property
    def is_empty(self) -> bool:
        """Whether nothing stands in it."""
        return not (self.waiting or self.running or self.later or self.backing_off or any(self.held.values()))


class LanesSeen(Struct, frozen=True):
    """One look."""

    lanes: list[LaneCount]
    """by name, the high lane of a lambda first"""
    now_us: int
    whole: bool
    """False: so much is enqueued or runs that not all of it was counted"""
