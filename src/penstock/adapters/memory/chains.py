"""Children and parents in memory."""

from collections.abc import Sequence

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.due_work import covered
from penstock.adapters.memory.families import latest, look_again
from penstock.adapters.memory.trip import Trip
from penstock.model.family import ChildrenMoved, Condemned, FamilyCounts
from penstock.model.identity import TaskId
from penstock.model.kin import How, Link
from penstock.model.lifecycle import HELD_FOR_FAILED_PARENT, condemns
from penstock.model.limits import FAMILY_COUNT_MAX
from penstock.ports.chains import ParentAt
from penstock.ports.due_work import BucketShare


class MemoryChains:
    """`Chains` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def latest(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, TaskId]:
        return await self._trip(
            "chains.latest",
            lambda: {each: latest(self._cluster, each) for each in ids if self._is_of(namespace_id, each)},
        )

    async def parents(self, namespace_id: int, child: TaskId, after_place: int, limit: int) -> Sequence[ParentAt]:
        return await self._trip("chains.parents", lambda: self._parents(namespace_id, child)[after_place + 1 :][:limit])

    async def counts(self, namespace_id: int, task_id: TaskId) -> FamilyCounts:
        return await self._trip("chains.counts", lambda: self._counts(namespace_id, task_id))

    async def kin(self, namespace_id: int, ids: Sequence[TaskId], limit: int) -> Sequence[Link]:
        return await self._trip("chains.kin", lambda: self._kin(namespace_id, frozenset(ids)))

    async def condemned(self, buckets: BucketShare, limit: int) -> Sequence[Condemned]:
        return await self._trip("chains.condemned", lambda: self._condemned(buckets, limit))

    async def look_again(self, children: Sequence[TaskId]) -> ChildrenMoved:
        return await self._trip("chains.look_again", lambda: look_again(self._cluster, children))

    def _is_of(self, namespace_id: int, task_id: TaskId) -> bool:
        task = self._cluster.tasks.get(task_id)
        return task is not None and task.namespace_id == namespace_id

    def _parents(self, namespace_id: int, child: TaskId) -> list[ParentAt]:
        task = self._cluster.tasks.get(child)
        if task is None or task.family is None or task.namespace_id != namespace_id:
            return []
        return [ParentAt(place, parent) for place, parent in enumerate(task.family.parents)]

    def _counts(self, namespace_id: int, task_id: TaskId) -> FamilyCounts:
        cluster = self._cluster
        if not self._is_of(namespace_id, task_id):
            return FamilyCounts()
        parents = [each.id for each in self._parents(namespace_id, task_id)]
        unfinished = [parent for parent in parents if parent in cluster.live]
        spawned = [row for row in cluster.tasks.values() if row.parent_id == task_id]
        first = unfinished[0] if unfinished else None
        return FamilyCounts(
            parents=len(parents),
            children=min(len(cluster.children.get(task_id, ())), FAMILY_COUNT_MAX),
            spawned=min(len(spawned), FAMILY_COUNT_MAX),
            unfinished=len(unfinished),
            first_unfinished=first,
            first_status=None if first is None else cluster.live[first].status,
        )

    def _kin(self, namespace_id: int, ids: frozenset[TaskId]) -> list[Link]:
        links = [
            Link(how, upper, row.id)
            for row in self._cluster.tasks.values()
            if row.namespace_id == namespace_id
            for how, uppers in (
                (How.PARENT, row.family.parents if row.family else ()),
                (How.SPAWNED, (row.parent_id,)),
                (How.RETRY, (row.retry_of,)),
            )
            for upper in uppers
            if upper is not None and (upper in ids or row.id in ids)
        ]
        return sorted(links)

    def _condemned(self, buckets: BucketShare, limit: int) -> list[Condemned]:
        covers = covered(buckets)
        found: list[Condemned] = []
        for lambda_id in self._cluster.lambdas:
            held = self._cluster.held(HELD_FOR_FAILED_PARENT, lambda_id).upcoming(None, limit - len(found), covers)
            found += [self._judged(task_id) for _, task_id in held]
        return found

    def _judged(self, child: TaskId) -> Condemned:
        family = self._cluster.tasks[child].family
        assert family is not None
        for parent in family.parents:
            outcome = self._cluster.outcomes.get(parent)
            if outcome is not None and condemns(outcome.status, family.on_failure):
                return Condemned(child, parent, outcome.status)
        return Condemned(child, None, None)
