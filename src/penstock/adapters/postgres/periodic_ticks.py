"""Ticks of periodic schedules: what is due, and how it moves on."""

from collections.abc import Sequence
from itertools import accumulate
from typing import Final

from penstock.adapters.postgres.due_work import share_of
from penstock.adapters.postgres.periodic_rows import due_schedule_of
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.lane import LaneId
from penstock.model.periodic import Advance, task_id_of
from penstock.ports.due_work import BucketShare
from penstock.ports.periodic import Advanced, DueSchedules

_DUE: Final = statement("ticks_due")
_ADVANCE: Final = statement("ticks_advance")
_LOOK_NOW: Final = statement("ticks_look_now")


class PostgresTicks:
    """See `ports.periodic.Ticks`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def due(self, buckets: BucketShare, limit: int) -> DueSchedules:
        """Schedules whose `look_at` has come."""
        rows = await self._pool.fetch(_DUE, share_of(buckets), limit)
        now_us, next_look_us = rows[0][0], rows[0][1]
        return DueSchedules([due_schedule_of(row[2:]) for row in rows if row[2] is not None], next_look_us, now_us)

    async def advance(self, advances: Sequence[Advance], now_us: int) -> Advanced:
        """Write the tasks of ticks and move their schedules on."""
        ticks = [(each.id, tick_us) for each in advances for tick_us in each.ticks_us]
        counts = [len(each.ticks_us) for each in advances]
        written_us, moved, lanes = await self._pool.row(
            _ADVANCE,
            [each.id for each in advances],
            [each.edition for each in advances],
            [each.seen_tick_us for each in advances],
            [each.next_tick_us for each in advances],
            [each.look_at_us for each in advances],
            [each.waiting_since_us or None for each in advances],
            [each.passed_tick_us or None for each in advances],
            [each.passed for each in advances],
            [each.not_before_us or None for each in advances],
            list(accumulate(counts[:-1], initial=1)),
            counts,
            [tick_us for _, tick_us in ticks],
            [task_id_of(schedule_id, tick_us, now_us) for schedule_id, tick_us in ticks],
        )
        return Advanced(frozenset(moved), frozenset(map(LaneId, lanes)), written_us)

    async def look_now(self, schedule_ids: Sequence[int]) -> None:
        """Bring the look at queues forward."""
        await self._pool.fetch(_LOOK_NOW, schedule_ids)
