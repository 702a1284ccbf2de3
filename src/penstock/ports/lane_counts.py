"""What stands in lanes, for people who ask. Off the path of work, on a connection of its own."""

from typing import Protocol

from penstock.model.lane import LaneId
from penstock.model.lane_count import LanesSeen


class LaneCounts(Protocol):
    """No method changes anything, and none takes longer for a longer lane than its limits. All raise `Unavailable`."""

    async def lanes(self, namespace_id: int, lambda_name: str, after: str, limit: int, lease_s: float) -> LanesSeen:
        """All three lanes of one lambda; for "" those of `limit` lambdas by rising name, beginning after `after`.

        What is enqueued or runs is counted as far as its next look is due within `lease_s` and a minute.
        """

    async def older_due(self, lane: LaneId, before_us: int, limit: int) -> int:
        """How many tasks of the lane wait in the store and were due before that time; counted up to `limit`."""
