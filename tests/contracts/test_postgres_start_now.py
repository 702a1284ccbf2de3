"""A subscription that starts now over a journal with a past: nothing of it is handed over, and nothing is written."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

from penstock.adapters.memory import LaneBus, MemoryPingQueue, MemorySignals, MemoryWorkQueue, PingBus, SignalBus
from penstock.adapters.postgres import PostgresStore, migrate
from penstock.compose.sources import DeclaredSources
from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.flow.gauges import Gauges
from penstock.model.refresh import RefreshLoop
from penstock.model.subscription import SubscriptionSpec
from penstock.ports.journal import AppendRequest
from penstock.ports.pings import Ping
from penstock.scheduler.dispatcher import Dispatcher
from penstock.scheduler.lane_publisher import LanePublisher
from penstock.scheduler.refresh_rounds import RefreshPace, RefreshRounds
from penstock.scheduler.subscription_list import SubscriptionList
from penstock.testing.contracts.event_scene import event

if TYPE_CHECKING:
    from penstock.model.event import StreamId
    from penstock.model.refresh import RefreshState

FAST = RefreshPace(recent_every_s=0.1, recent_per_s=1e9, full_every_s=3_600.0, full_per_s=1e9)
SECOND_US = 1_000_000
PAST = """
with made as (
    insert into penstock.subject_head
        (head, appended, appended_at, stream_id, namespace_id, subject_hash, bucket, subject)
    select $3::bigint, 1, clock.at - interval '1 hour', $1, $2, md5('s' || n)::uuid, n % 1024, 's' || n
    from (select penstock.clock() as at) clock, generate_series(1, $4::int) n
    returning *
)
insert into penstock.event (sequence, appended_at, stream_id, namespace_id, subject_hash, bucket, subject, type, data)
select head, appended_at, stream_id, namespace_id, subject_hash, bucket, subject, 'changed', '{}' from made
"""


@pytest.mark.parametrize("subjects", [2_500, pytest.param(1_000_000, marks=pytest.mark.slow)])
async def test_who_starts_now_is_given_nothing_of_before(postgres_dsn: str, subjects: int) -> None:
    await migrate(postgres_dsn)
    async with PostgresStore.connect(postgres_dsn) as store:
        platform = await Platform.over(store, await asyncpg.connect(postgres_dsn))
        old = await platform.publish("old")
        await platform.sql.execute(PAST, platform.stream_id, platform.namespace_id, old - 3_600 * SECOND_US, subjects)
        search = (await store.registry.resolve(platform.namespace_id, ["app.search"]))["app.search"].id
        await store.subscriptions.declare(platform.namespace_id, {search: SubscriptionSpec("files")}, [])
        full = await platform.pass_over_everything()
        assert (full.last_count.subjects, full.last_count.behind) == (subjects + 1, 0)
        assert await platform.rows() == [], "what is of the past has no row, so it costs nothing"

        new = await platform.publish("old"), await platform.publish("new")
        for subject, sequence in zip(("old", "new"), new, strict=True):
            await platform.dispatcher.dispatch([Ping(platform.stream_id, subject, sequence)])
        assert await platform.rows() == [("new", 0, new[1]), ("old", old, new[0])]
        await platform.sql.close()


class Platform:
    """Layer 2 over a store of PostgreSQL, and direct SQL."""

    def __init__(self, store: PostgresStore, sql: asyncpg.Connection, namespace_id: int, stream_id: StreamId) -> None:
        self.store, self.sql, self.namespace_id, self.stream_id = store, sql, namespace_id, stream_id
        signals = MemorySignals(SignalBus())
        gauges, sources = Gauges(signals, "test"), DeclaredSources({}, store.journal_source)
        publisher = LanePublisher(MemoryWorkQueue(LaneBus()), gauges)
        known = SubscriptionList(store.subscriptions, signals)
        self.dispatcher = Dispatcher(
            store.deliveries, known, sources, MemoryPingQueue(PingBus()), publisher, gauges, lambda *_: None
        )
        check = SourcesAgainstCursors(store.cursors, sources)
        self._rounds = RefreshRounds(store.refreshes, check, sources, known, self.dispatcher, store.clock, "test", FAST)

    @classmethod
    async def over(cls, store: PostgresStore, sql: asyncpg.Connection) -> Platform:
        namespace_id = await store.registry.namespace("default")
        stream_id = (await store.streams.resolve(namespace_id, ["files"]))["files"]
        return cls(store, sql, namespace_id, stream_id)

    async def publish(self, subject: str) -> int:
        (reply,) = await self.store.journal.append([AppendRequest(self.namespace_id, [event(self.stream_id, subject)])])
        return reply.sequences[0]

    async def pass_over_everything(self) -> RefreshState:
        """Recent looks go on for ever beside it."""
        looking = asyncio.ensure_future(self._rounds.look())
        try:
            while not looking.done():
                for state in await self.store.refreshes.standing([self.stream_id]):
                    if state.loop is RefreshLoop.FULL and state.last_ended_at_us:
                        return state
                await asyncio.sleep(0.05)
            raise AssertionError(f"refresh has ended: {looking.exception()}")
        finally:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)

    async def rows(self) -> list[tuple[str, int, int]]:
        """Subject, cursor, head."""
        return [
            tuple(row) for row in await self.sql.fetch("select subject, cursor, head from penstock.delivery order by 1")
        ]
