"""Due and overdue rows in memory."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from heapq import nsmallest

from msgspec import structs

from penstock.adapters.memory.agenda import Wanted
from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import HELD_FOR_DROP, Event, after
from penstock.model.task import Reference, Trigger
from penstock.ports.due_work import BucketShare, DueBatch


class MemoryDueWork:
    """`DueWork` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def next_due(self, lanes: Sequence[LaneId], buckets: BucketShare) -> dict[LaneId, int]:
        return await self._trip("due_work.next_due", lambda: self._next_due(lanes, covered(buckets)))

    async def enqueue_due(
        self, wants: Mapping[LaneId, int], buckets: BucketShare, enqueue_timeout_s: float
    ) -> DueBatch:
        timeout_us = round(enqueue_timeout_s * 1_000_000)
        return await self._trip("due_work.enqueue_due", lambda: self._enqueue_due(wants, covered(buckets), timeout_us))

    async def overdue(self, buckets: BucketShare, limit: int) -> list[Trigger]:
        return await self._trip("due_work.overdue", lambda: self._overdue(covered(buckets), limit))

    async def look_later(self, rows: Sequence[Trigger], delay_s: float) -> None:
        await self._trip("due_work.look_later", lambda: self._look_later(rows, round(delay_s * 1_000_000)))

    async def enqueued_page(self, buckets: BucketShare, after: TaskId | None, limit: int) -> list[Trigger]:
        covers = covered(buckets)
        return await self._trip(
            "due_work.enqueued_page", lambda: self._enqueued_page(covers, after or TaskId(b""), limit)
        )

    async def free_held(self, held_for: str, lambda_ids: Sequence[LambdaId], limit: int) -> int:
        return await self._trip("due_work.free_held", lambda: self._free_held(held_for, lambda_ids, limit))

    def _next_due(self, lanes: Sequence[LaneId], covers: Wanted) -> dict[LaneId, int]:
        firsts = ((lane, self._cluster.due(lane).first(covers)) for lane in lanes)
        return {lane: first for lane, first in firsts if first is not None}

    def _enqueue_due(self, wants: Mapping[LaneId, int], covers: Wanted, timeout_us: int) -> DueBatch:
        now_us = self._cluster.now_us()
        references: dict[LaneId, list[Reference]] = {}
        held: dict[LaneId, int] = {}
        condemned = False
        for lane, want in wants.items():
            for _, task_id in self._cluster.due(lane).upcoming(now_us, want, covers):
                reason = self._cluster.stopped_by(task_id)
                if reason:
                    self._cluster.hold(self._cluster.live[task_id], reason)
                    held[lane] = held.get(lane, 0) + 1
                    condemned = condemned or reason == HELD_FOR_DROP
                else:
                    references.setdefault(lane, []).append(self._enqueue(task_id, now_us + timeout_us))
        return DueBatch(references, now_us, held, condemned)

    def _enqueue(self, task_id: TaskId, trigger_at_us: int) -> Reference:
        row = self._cluster.live[task_id]
        status = after(row.status, Event.DUE)
        self._cluster.put(structs.replace(row, status=status, trigger_at_us=trigger_at_us))
        return Reference(task_id, alone=row.suspect)

    def _overdue(self, covers: Wanted, limit: int) -> list[Trigger]:
        passed = self._cluster.overdue.upcoming(self._cluster.now_us(), limit, covers)
        return [self._cluster.read(task_id) for _, task_id in passed]

    def _look_later(self, rows: Sequence[Trigger], delay_us: int) -> None:
        at_us = self._cluster.now_us() + delay_us
        for seen in rows:
            row = self._cluster.live.get(seen.id)
            if row is not None and _as_it_was_read(row, seen):
                self._cluster.put(structs.replace(row, trigger_at_us=at_us))

    def _enqueued_page(self, covers: Wanted, after_id: TaskId, limit: int) -> list[Trigger]:
        ids = (task_id for task_id in self._cluster.enqueued if task_id > after_id and covers(task_id))
        return [self._cluster.live[task_id] for task_id in nsmallest(limit, ids)]

    def _free_held(self, held_for: str, lambda_ids: Sequence[LambdaId], limit: int) -> int:
        held = sorted(
            entry
            for lambda_id in set(lambda_ids)
            for entry in self._cluster.held(held_for, lambda_id).upcoming(None, limit, _everywhere)
        )[:limit]
        now_us = self._cluster.now_us()
        for place, (scheduled_at_us, task_id) in enumerate(held):
            row = self._cluster.live[task_id]
            # What was due meanwhile is due now, a microsecond apart, as in PostgreSQL.
            trigger_at_us = max(scheduled_at_us, now_us - (len(held) - 1 - place))
            status = after(row.status, Event.FREE)
            self._cluster.put(structs.replace(row, status=status, trigger_at_us=trigger_at_us, held_for=""))
        return len(held)


def _as_it_was_read(row: Trigger, seen: Trigger) -> bool:
    return (row.status, row.claim, row.trigger_at_us) == (seen.status, seen.claim, seen.trigger_at_us)


def _everywhere(_: TaskId) -> bool:
    return True


@lru_cache(maxsize=256)
def covered(buckets: BucketShare) -> Callable[[TaskId], bool]:
    """Whether a task is of these buckets."""
    if buckets == ((0, 1023),):
        return _everywhere
    covered = frozenset(bucket for low, high in buckets for bucket in range(low, high + 1))
    return lambda task_id: bucket_of(task_id) in covered
