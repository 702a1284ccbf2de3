"""The life of partitions. Off the path of work; no memory twin."""

from typing import Protocol

from msgspec import Struct


class Retired(Struct, frozen=True):
    """What one round of retention did."""

    partitions_made: int
    partitions_dropped: int
    tasks_moved_aside: int
    outcomes_moved_aside: int
    keys_expired: int
    tokens_expired: int


class Retention(Protocol):
    """Duties: nothing live, and nothing dead that is younger than `dead_keep_s`, is ever dropped with its partition."""

    async def tend(self, keep_s: float, dead_keep_s: float) -> Retired:
        """Make the partitions of the days ahead, retire those whose rows are all older than `keep_s`."""
