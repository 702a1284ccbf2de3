"""What stands in lanes, counted over all rows."""

from collections import Counter
from collections.abc import Iterable

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.lane import LambdaId, LaneId, lanes_of
from penstock.model.lane_count import LaneCount, LanesSeen
from penstock.model.lifecycle import Status, waits_for_time
from penstock.model.limits import LANE_COUNT_MAX
from penstock.model.task import Trigger


class MemoryLaneCounts:
    """`LaneCounts` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def lanes(self, namespace_id: int, lambda_name: str, after: str, limit: int, _lease_s: float) -> LanesSeen:
        return await self._trip("lane_counts.lanes", lambda: self._lanes(namespace_id, lambda_name, after, limit))

    async def older_due(self, lane: LaneId, before_us: int, limit: int) -> int:
        return await self._trip("lane_counts.older_due", lambda: self._older_due(lane, before_us, limit))

    def _lanes(self, namespace_id: int, lambda_name: str, after: str, limit: int) -> LanesSeen:
        names = sorted(
            (name, lambda_id)
            for (of, name), lambda_id in self._cluster.lambda_ids.items()
            if of == namespace_id and lambda_name in {"", name} and name > after
        )
        rows: dict[LaneId, list[Trigger]] = {}
        for row in self._cluster.live.values():
            rows.setdefault(row.lane, []).append(row)
        lanes = [
            self._count(lambda_id, lane, rows.get(lane, ()))
            for _, lambda_id in names[:limit]
            for lane in lanes_of(lambda_id)
        ]
        return LanesSeen(lanes, self._cluster.now_us(), whole=True)

    def _count(self, lambda_id: LambdaId, lane: LaneId, rows: Iterable[Trigger]) -> LaneCount:
        record, now_us = self._cluster.lambdas[lambda_id], self._cluster.now_us()
        waits = [row for row in rows if waits_for_time(row.status) and not row.cancel_requested]
        due = [row for row in waits if row.trigger_at_us <= now_us]
        failed = sum(row.status is Status.RETRIABLE_FAILURE and row.trigger_at_us > now_us for row in waits)
        by_status = Counter(row.status for row in rows)
        enqueued = [row for row in rows if row.status is Status.ENQUEUED]
        since_us = [row.trigger_at_us for row in due]
        since_us += [self._cluster.tasks[row.id].scheduled_at_us for row in enqueued if row.id in self._cluster.tasks]
        return LaneCount(
            lane=lane,
            lambda_name=record.name,
            registered=record.registered,
            due=min(len(due), LANE_COUNT_MAX),
            later=min(len(waits) - len(due) - failed, LANE_COUNT_MAX),
            backing_off=min(failed, LANE_COUNT_MAX),
            held=Counter(row.held_for for row in rows if row.status is Status.HELD),
            enqueued=by_status[Status.ENQUEUED],
            claimed=by_status[Status.CLAIMED],
            processing=by_status[Status.PROCESSING],
            suspects=sum(row.suspect for row in enqueued),
            oldest_due_us=min(since_us, default=0),
        )

    def _older_due(self, lane: LaneId, before_us: int, limit: int) -> int:
        waits = (row for row in self._cluster.live.values() if row.lane == lane and not row.cancel_requested)
        return min(limit, sum(waits_for_time(row.status) and row.trigger_at_us < before_us for row in waits))
