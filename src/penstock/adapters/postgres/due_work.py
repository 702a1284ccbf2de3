"""What is due and what is overdue. Probes start at low-water marks; see low_water.py."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Final

from asyncpg import Range

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.low_water import LowWater
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.quarantine import SET_ASIDE_S, sort_out
from penstock.adapters.postgres.rows import trigger_of
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lanes_of
from penstock.model.lifecycle import HELD_FOR_DROP
from penstock.model.limits import GATE_LOOK_S
from penstock.model.task import Reference, Trigger
from penstock.ports.due_work import ALL_BUCKETS, BucketShare, DueBatch

_NEXT_DUE: Final = statement("next_due")
_ENQUEUE_DUE: Final = statement("enqueue_due")
_OVERDUE: Final = statement("overdue")
_LOOK_LATER: Final = statement("look_later")
_ENQUEUED_PAGE: Final = statement("enqueued_page")
_FREE_HELD: Final = statement("free_held")
_ALL_LANES: Final = 0
_GATE_LOOK_US: Final = microseconds(GATE_LOOK_S)


class PostgresDueWork:
    """See `ports.due_work.DueWork`."""

    def __init__(self, pool: Pool, due_marks: LowWater, overdue_marks: LowWater) -> None:
        self._pool, self._due_marks, self._overdue_marks = pool, due_marks, overdue_marks
        self._buckets: BucketShare | None = None

    async def next_due(self, lanes: Sequence[LaneId], buckets: BucketShare) -> dict[LaneId, int]:
        """Lane -> the earliest `trigger_at` of its new or retriable rows."""
        if not lanes:
            return {}
        self._cover(buckets)
        since = [self._due_marks.since(lane) for lane in lanes]
        started = _monotonic()
        rows = await self._pool.fetch(_NEXT_DUE, lanes, since, share_of(buckets))
        for since_us, (lane, due_at_us, now_us) in zip(since, rows, strict=True):
            self._due_marks.seen(lane, since_us, due_at_us, now_us, _monotonic() - started)
        return {lane: due_at_us for lane, due_at_us, _ in rows if due_at_us is not None}

    async def enqueue_due(
        self, wants: Mapping[LaneId, int], buckets: BucketShare, enqueue_timeout_s: float
    ) -> DueBatch:
        """Move up to `wants[lane]` due rows of each lane to enqueued."""
        wanted = {lane: want for lane, want in wants.items() if want > 0}
        self._cover(buckets)
        since = {lane: self._due_marks.since(lane) for lane in wanted}
        started = _monotonic()
        rows = await self._pool.fetch(
            _ENQUEUE_DUE,
            list(wanted),
            list(wanted.values()),
            list(since.values()),
            share_of(buckets),
            microseconds(enqueue_timeout_s),
            _GATE_LOOK_US,
        )
        now_us, took_s = rows[0][0], _monotonic() - started
        references: dict[LaneId, list[Reference]] = {}
        held: dict[LaneId, int] = {}
        last_due_us: dict[LaneId, int] = {}
        condemned = False
        for _, lane, task_id, suspect, due_at_us, held_for in rows:
            if held_for is not None:
                held[lane] = held.get(lane, 0) + 1
                condemned = condemned or held_for == HELD_FOR_DROP
                last_due_us[lane] = due_at_us
            elif task_id is not None:
                references.setdefault(lane, []).append(Reference(task_id, suspect))
                last_due_us[lane] = due_at_us
        for lane, want in wanted.items():
            there_may_be_more = len(references.get(lane, ())) + held.get(lane, 0) == want
            oldest_us = last_due_us[lane] if there_may_be_more else None
            self._due_marks.seen(lane, since[lane], oldest_us, now_us, took_s)
        return DueBatch(references, now_us, held, condemned)

    async def overdue(self, buckets: BucketShare, limit: int) -> list[Trigger]:
        """Rows whose `trigger_at` has passed although nobody waits for their time, oldest first."""
        self._cover(buckets)
        since_us, started = self._overdue_marks.since(_ALL_LANES), _monotonic()
        rows = await self._pool.fetch(_OVERDUE, since_us, share_of(buckets), limit)
        found, strange = sort_out([row for row in rows if row[0] is not None])
        await self._set_aside(strange)
        oldest_us = found[0].trigger_at_us if found else None
        self._overdue_marks.seen(_ALL_LANES, since_us, oldest_us, rows[0][-1], _monotonic() - started)
        return found

    async def look_later(self, rows: Sequence[Trigger], delay_s: float) -> None:
        """Put off the next look at rows that are as they were read."""
        if not rows:
            return
        in_order = sorted(rows, key=lambda row: row.id)
        await self._look_later([(row.id, row.status, row.claim, row.trigger_at_us) for row in in_order], delay_s)

    async def enqueued_page(self, buckets: BucketShare, after: TaskId | None, limit: int) -> list[Trigger]:
        """Enqueued rows by rising id."""
        rows = await self._pool.fetch(_ENQUEUED_PAGE, after, share_of(buckets), limit)
        return [trigger_of(row) for row in rows]

    async def free_held(self, held_for: str, lambda_ids: Sequence[LambdaId], limit: int) -> int:
        """Move up to `limit` rows held for that reason to new, in due order."""
        lanes = [lane for lambda_id in lambda_ids for lane in lanes_of(lambda_id)]
        freed: int = await self._pool.value(_FREE_HELD, lanes, held_for, limit)
        return freed

    async def _set_aside(self, strange: Sequence[Sequence[Any]]) -> None:
        """Otherwise every look would find them again, and in time nothing else."""
        if strange:
            in_order = sorted(strange, key=lambda row: bytes(row[0]))
            await self._look_later([(row[0], row[2], row[4], row[3]) for row in in_order], SET_ASIDE_S)

    async def _look_later(self, rows: Sequence[tuple[TaskId, int, int, int]], delay_s: float) -> None:
        """Rows as (id, status, claim, trigger_at), sorted by id."""
        ids, statuses, claims, looks_us = zip(*rows, strict=True)
        await self._pool.fetch(_LOOK_LATER, ids, statuses, claims, looks_us, microseconds(delay_s))

    def _cover(self, buckets: BucketShare) -> None:
        """Other buckets have other oldest rows."""
        if buckets != self._buckets:
            self._buckets = buckets
            self._due_marks.forget()
            self._overdue_marks.forget()


def share_of(buckets: BucketShare) -> list[Range] | None:
    """None for the whole, so that it costs nothing."""
    if buckets == ALL_BUCKETS:
        return None
    return [Range(low, high, upper_inc=True) for low, high in buckets]


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
