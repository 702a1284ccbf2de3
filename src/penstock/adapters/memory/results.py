"""Ended tasks in memory."""

from collections.abc import Sequence

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.identity import TaskId
from penstock.model.lane import lambda_of
from penstock.ports.results import Ended


class MemoryResults:
    """`Results` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def ended(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, Ended]:
        return await self._trip(
            "results.ended",
            lambda: {
                task_id: self._ended(task_id)
                for task_id in ids
                if task_id in self._cluster.outcomes and self._is_of(namespace_id, task_id)
            },
        )

    async def unknown(self, namespace_id: int, ids: Sequence[TaskId]) -> list[TaskId]:
        return await self._trip(
            "results.unknown",
            lambda: [task_id for task_id in ids if not self._is_of(namespace_id, task_id)],
        )

    def _is_of(self, namespace_id: int, task_id: TaskId) -> bool:
        task = self._cluster.tasks.get(task_id)
        return task is not None and task.namespace_id == namespace_id

    def _ended(self, task_id: TaskId) -> Ended:
        task = self._cluster.tasks[task_id]
        name = self._cluster.lambdas[lambda_of(task.lane)].name
        return Ended(self._cluster.outcomes[task_id], name, task.retried_as)
