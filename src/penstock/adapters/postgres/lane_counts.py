"""What stands in lanes: two statements, each bounded whatever the lanes hold."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import structs

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.lane import LaneId
from penstock.model.lane_count import LaneCount, LanesSeen
from penstock.model.lifecycle import HELD_FOR, Status
from penstock.model.limits import LANE_COUNT_MAX, LANES_IN_MOTION_MAX

_WAITING: Final = statement("lane_waiting")
_MOTION: Final = statement("lane_motion")
_OLDER: Final = statement("lane_older")
_SLACK_S: Final = 60


class PostgresLaneCounts:
    """See `ports.lane_counts.LaneCounts`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def lanes(self, namespace_id: int, lambda_name: str, after: str, limit: int, lease_s: float) -> LanesSeen:
        """All three lanes of one lambda, or those of `limit` lambdas."""
        horizon_us = microseconds(lease_s + _SLACK_S)
        async with self._pool.transaction("repeatable_read") as connection:
            rows = await connection.fetch(
                _WAITING, namespace_id, lambda_name, after, limit, LANE_COUNT_MAX, list(HELD_FOR)
            )
            lanes = {LaneId(row[1]): _waiting(row) for row in rows if row[1] is not None}
            moving = await connection.fetch(_MOTION, list(lanes), LANES_IN_MOTION_MAX, horizon_us) if lanes else []
        for row in moving:
            lanes[LaneId(row[0])] = _with_motion(lanes[LaneId(row[0])], row)
        return LanesSeen(list(lanes.values()), rows[0][0], sum(row[2] for row in moving) < LANES_IN_MOTION_MAX)

    async def older_due(self, lane: LaneId, before_us: int, limit: int) -> int:
        """How many tasks of the lane wait in the store and were due before that time."""
        count: int = await self._pool.value(_OLDER, lane, before_us, limit)
        return count


def _waiting(row: Sequence[Any]) -> LaneCount:
    """now, lane, name, registered, due, oldest due, later, backing off, reasons, counts."""
    return LaneCount(
        lane=LaneId(row[1]),
        lambda_name=row[2],
        registered=row[3],
        due=row[4],
        later=row[6],
        backing_off=row[7],
        held=dict(zip(row[8] or (), row[9] or (), strict=True)),
        oldest_due_us=row[5] or 0,
    )


def _with_motion(lane: LaneCount, row: Sequence[Any]) -> LaneCount:
    """lane, status, count, suspects, earliest scheduled."""
    count = min(row[2], LANE_COUNT_MAX)
    match Status(row[1]):
        case Status.ENQUEUED:
            oldest_us = min((at_us for at_us in (lane.oldest_due_us, row[4]) if at_us), default=0)
            return structs.replace(lane, enqueued=count, suspects=row[3], oldest_due_us=oldest_us)
        case Status.CLAIMED:
            return structs.replace(lane, claimed=count)
        case _:
            return structs.replace(lane, processing=count)
