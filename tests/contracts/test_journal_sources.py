"""The native journal keeps the contracts of a source, in both stores."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.adapters.postgres import PostgresStore
from penstock.ports.journal import AppendRequest
from penstock.testing.contracts import TIMED_HISTORY_IDEAS, Idea, SourceScene, SourceUnderTest
from penstock.testing.contracts.event_scene import event
from penstock.testing.virtual_loop import run_virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from penstock.model.event import StreamId
    from penstock.ports.event_source import EventSource


class JournalUnderTest(SourceUnderTest):
    def __init__(
        self, store: PostgresStore | MemoryStore, namespace_id: int, stream_id: StreamId, pass_time: Callable[[], None]
    ) -> None:
        self._store, self._namespace_id, self._stream_id = store, namespace_id, stream_id
        self._pass_time = pass_time

    @property
    def source(self) -> EventSource:
        return self._store.journal_source(self._stream_id)

    async def put(self, *changes: tuple[str, bytes]) -> None:
        events = [event(self._stream_id, subject, data) for subject, data in changes]
        await self._store.journal.append([AppendRequest(self._namespace_id, events)])

    async def moment(self) -> int:
        self._pass_time()
        now_us = (await self._store.clock.compare()).store_us
        self._pass_time()
        return now_us


async def _journal(store: PostgresStore | MemoryStore, pass_time: Callable[[], None]) -> JournalUnderTest:
    namespace_id = await store.registry.namespace("default")
    streams = await store.streams.resolve(namespace_id, ["files", "others"])
    other = JournalUnderTest(store, namespace_id, streams["others"], pass_time)
    await other.put(("a", b"of another stream"), ("foreign", b"1"))
    return JournalUnderTest(store, namespace_id, streams["files"], pass_time)


@pytest.mark.parametrize("idea", TIMED_HISTORY_IDEAS, ids=str)
async def test_in_postgresql(idea: Idea[SourceUnderTest, SourceScene], postgres_dsn: str) -> None:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[SourceUnderTest]:
        async with PostgresStore.connect(postgres_dsn) as store:
            yield await _journal(store, lambda: None)

    await idea.check(fresh)


@pytest.mark.parametrize("idea", TIMED_HISTORY_IDEAS, ids=str)
def test_in_memory(idea: Idea[SourceUnderTest, SourceScene]) -> None:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[SourceUnderTest]:
        time = LoopStoreTime()
        yield await _journal(MemoryStore(MemoryCluster(time)), lambda: time.jump(1))

    run_virtual(idea.check(fresh), seed=1)
