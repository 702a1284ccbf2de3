"""The memory store under test."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.testing.contracts import StoreUnderTest

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from penstock.model.identity import TaskId
    from penstock.model.progress import Progress
    from penstock.model.task import Attempt


class MemoryStoreUnderTest(StoreUnderTest):
    def __init__(self) -> None:
        self._time = LoopStoreTime()
        self._cluster = MemoryCluster(self._time)
        self._store = MemoryStore(self._cluster, enqueue_timeout_s=self.enqueue_timeout_s)

    @property
    def store(self) -> MemoryStore:
        return self._store

    async def advance(self, seconds: float) -> None:
        self._time.jump(seconds)

    async def dump(self) -> object:
        cluster = self._cluster
        tables = (cluster.tasks, cluster.live, cluster.outcomes, cluster.history, cluster.keys, cluster.tokens)
        later = (cluster.sweeps, cluster.schedules, cluster.ticks_made, cluster.progress, cluster.children)
        return [repr(sorted(table.items())) for table in (*tables, *later)]

    async def history(self, task_id: TaskId) -> Sequence[Attempt]:
        return list(self._cluster.history.get(task_id, []))

    async def progress(self, task_id: TaskId) -> Progress | None:
        return self._cluster.progress.get(task_id)


@asynccontextmanager
async def fresh_memory_store() -> AsyncIterator[StoreUnderTest]:
    yield MemoryStoreUnderTest()
