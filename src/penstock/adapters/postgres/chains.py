"""Children and parents: what nobody was told of, and questions."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.due_work import share_of
from penstock.adapters.postgres.families import count_again
from penstock.adapters.postgres.outcomes import ended_since_us
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.family import NO_CHILDREN, ChildrenMoved, Condemned, FamilyCounts
from penstock.model.identity import TaskId
from penstock.model.kin import How, Link
from penstock.model.lifecycle import Status
from penstock.model.limits import FAMILY_COUNT_MAX
from penstock.ports.chains import ParentAt
from penstock.ports.due_work import BucketShare

_LATEST: Final = statement("parents_latest")
_PARENTS: Final = statement("parents_page")
_COUNTS: Final = statement("family_counts")
_KIN: Final = statement("kin")
_CONDEMNED: Final = statement("children_condemned")


class PostgresChains:
    """See `ports.chains.Chains`. `batches` carries what moves tasks, `questions` what people ask."""

    def __init__(self, pool: Pool, batches: Pool, questions: Pool) -> None:
        self._pool, self._batches, self._questions = pool, batches, questions

    async def latest(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, TaskId]:
        """Those that name tasks -> the last task that retried it, or itself."""
        if not ids:
            return {}
        wanted = sorted(set(ids))
        rows = await self._pool.fetch(_LATEST, namespace_id, wanted, wanted[0], wanted[-1], ended_since_us(wanted))
        return {row[0]: row[1] for row in rows}

    async def parents(self, namespace_id: int, child: TaskId, after_place: int, limit: int) -> Sequence[ParentAt]:
        """Its parents in order."""
        return [ParentAt(*row) for row in await self._pool.fetch(_PARENTS, namespace_id, child, after_place, limit)]

    async def counts(self, namespace_id: int, task_id: TaskId) -> FamilyCounts:
        """How large the family of a task is."""
        row = await self._pool.row(_COUNTS, namespace_id, task_id, FAMILY_COUNT_MAX)
        parents, children, spawned, unfinished, first, status = row
        return FamilyCounts(parents, children, spawned, unfinished, first, None if status is None else Status(status))

    async def kin(self, namespace_id: int, ids: Sequence[TaskId], limit: int) -> Sequence[Link]:
        """Every link upwards, and so many downwards."""
        if not ids:
            return []
        rows = await self._questions.fetch(_KIN, namespace_id, ids, limit)
        return [Link(How(how), TaskId(upper), TaskId(lower)) for how, upper, lower in rows]

    async def condemned(self, buckets: BucketShare, limit: int) -> Sequence[Condemned]:
        """Children that are held for a failed parent."""
        rows = await self._batches.fetch(_CONDEMNED, share_of(buckets), limit)
        return [Condemned(row[0], row[1], None if row[2] is None else Status(row[2])) for row in rows]

    async def look_again(self, children: Sequence[TaskId]) -> ChildrenMoved:
        """Move those that are held for their parents by what the parents are now."""
        if not children:
            return NO_CHILDREN
        async with self._batches.transaction() as connection:
            return await count_again(connection, children)
