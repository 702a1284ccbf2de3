"""The cursors of subscriptions in memory, looked at from aside."""

from collections.abc import Sequence

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.identity import TaskId
from penstock.model.refresh import Behind


class MemoryCursors:
    """`Cursors` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster, self._trip = cluster, trip

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        return await self._trip("cursors.behind", lambda: self._behind(ids, heads))

    def _behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        found = []
        for number, (task_id, head) in enumerate(zip(ids, heads, strict=True)):
            place = self._cluster.deliveries.get(task_id)
            if place is None:
                found.append(Behind(number, -1))
            elif place.cursor < head:
                found.append(self._standing(number, task_id))
        return found

    def _standing(self, number: int, task_id: TaskId) -> Behind:
        place = self._cluster.deliveries[task_id]
        row = self._cluster.live.get(task_id) or self._cluster.idle[task_id]
        return Behind(
            number,
            place.cursor,
            place.head,
            row.status,
            row.held_for,
            row.attempts,
            row.crashes,
            row.lapses,
            self._cluster.now_us() - place.since_us,
        )
