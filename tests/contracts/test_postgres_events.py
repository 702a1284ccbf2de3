"""The journal in PostgreSQL: how events leave it, and that its plans look where they should."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.adapters.postgres.partitions import EVENT, days_of, make_partitions
from penstock.adapters.postgres.pools import JOURNAL_READS
from penstock.adapters.postgres.statements import statement
from penstock.model.event import hash_of_subject
from penstock.model.stream_hold import HoldChange
from penstock.ports.journal import AppendRequest
from penstock.testing.contracts.event_scene import ALL_BYTES, event
from tests.contracts.postgres_store import CLOCK_TABLE, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.event import StreamId

DAY_S = 86_400
KEEP_S = 5 * DAY_S


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def stream(bench: Bench, name: str, keep_s: float = 0.0) -> StreamId:
    return (await bench.store.streams.keep(bench.namespace_id, name, keep_s)).id


async def publish(bench: Bench, stream_id: StreamId, subject: str = "a", count: int = 1, **fields: Any) -> list[int]:
    request = AppendRequest(bench.namespace_id, [event(stream_id, subject, **fields) for _ in range(count)], b"", b"")
    (reply,) = await bench.store.journal.append([request])
    return reply.sequences


async def standing(bench: Bench, stream_id: StreamId, subject: str = "a") -> list[int]:
    read = await bench.store.journal.read(stream_id, hash_of_subject(subject), 0, 1_000, ALL_BYTES)
    return [each.sequence for each in read]


async def days_pass(bench: Bench, days: float) -> None:
    while days > 0:
        await bench.move_clock(min(days, 1) * DAY_S)
        await bench.store.retention.tend(KEEP_S, KEEP_S)
        await bench.store.event_retention.tend(KEEP_S)
        days -= 1


async def test_days_are_dropped_when_no_stream_keeps_them(bench: Bench) -> None:
    plain, short, long = [
        await stream(bench, name, keep_s) for name, keep_s in (("p", 0), ("s", 2 * DAY_S), ("l", 9 * DAY_S))
    ]
    given = {stream_id: await publish(bench, stream_id) for stream_id in (plain, short, long)}
    first_day = min(await days_of(bench.sql, EVENT))
    await days_pass(bench, 1.9)
    for stream_id, sequences in given.items():
        assert await standing(bench, stream_id) == sequences
    await days_pass(bench, 1)
    assert await standing(bench, short) == []
    assert await standing(bench, plain) == given[plain]
    await days_pass(bench, 3)
    assert await standing(bench, plain) == []
    assert await standing(bench, long) == given[long]
    assert first_day in await days_of(bench.sql, EVENT)
    await days_pass(bench, 6)
    assert await standing(bench, long) == []
    assert first_day not in await days_of(bench.sql, EVENT)


async def test_a_stream_that_keeps_less_loses_its_own_only(bench: Bench) -> None:
    short, plain = await stream(bench, "s", 3_600), await stream(bench, "p")
    for _ in range(12):
        await publish(bench, short, count=1_000)
        await bench.move_clock(1)
    kept = await publish(bench, plain, count=10)
    await bench.move_clock(3_595)
    done = await bench.store.event_retention.tend(KEEP_S)
    assert done.events_deleted == 7_000, "more than one batch, and not those of the last hour"
    left = await bench.sql.fetchval("select count(*) from penstock.event where stream_id = $1", short)
    assert left == 12_000 - done.events_deleted
    youngest_gone = await bench.sql.fetchval("select min(appended_at) from penstock.event where stream_id = $1", short)
    assert await bench.now_us() - youngest_gone <= 3_600 * 1_000_000
    assert await standing(bench, plain) == kept


async def test_a_stream_that_waits_for_cursors_keeps_what_it_is_told_to(bench: Bench) -> None:
    await bench.sql.execute("update penstock.test_clock set at = date_trunc('day', at, 'UTC') + interval '18 hours'")
    held, plain = await stream(bench, "h"), await stream(bench, "p")
    await bench.store.streams.keep(bench.namespace_id, "h", 0, HoldChange(20 * DAY_S))
    before, others = await publish(bench, held), await publish(bench, plain)
    first_day = min(await days_of(bench.sql, EVENT))
    await bench.move_clock(DAY_S / 2)
    needed_us = await bench.now_us()
    needed = await publish(bench, held)
    await bench.move_clock(8 * DAY_S)
    await bench.store.event_retention.tend(KEEP_S, {held: needed_us})
    assert await standing(bench, held) == needed
    assert await standing(bench, plain) == []
    assert await bench.store.journal.head(held, hash_of_subject("a")) == needed[0], "its head stays with it"
    await bench.move_clock(8 * DAY_S)
    await bench.store.event_retention.tend(KEEP_S)
    assert await standing(bench, held) == needed, "nothing was said of it"
    await bench.move_clock(6 * DAY_S)
    await bench.store.event_retention.tend(KEEP_S)
    assert await standing(bench, held) == []
    assert first_day not in await days_of(bench.sql, EVENT)
    assert before < needed
    assert others


async def test_events_of_days_without_a_partition_go_too(bench: Bench) -> None:
    await bench.move_clock(400 * DAY_S)
    stream_id = await stream(bench, "p")
    sequences = await publish(bench, stream_id)
    assert await bench.sql.fetchval("select count(*) from penstock.event_default") == 1
    assert await standing(bench, stream_id) == sequences
    await bench.move_clock(KEEP_S + 1)
    await bench.store.event_retention.tend(KEEP_S)
    assert await bench.sql.fetchval("select count(*) from penstock.event_default") == 0


async def test_a_subject_that_was_forgotten_comes_back_above(bench: Bench) -> None:
    stream_id = await stream(bench, "p")
    before = await publish(bench, stream_id, count=100)
    await bench.move_clock(KEEP_S + DAY_S)
    assert (await bench.store.event_retention.tend(KEEP_S)).heads_forgotten == 0, "events of its last day may stand"
    await bench.move_clock(1.5 * DAY_S)
    busy = await publish(bench, stream_id, "busy")
    assert (await bench.store.event_retention.tend(KEEP_S)).heads_forgotten == 1
    assert await bench.store.journal.head(stream_id, hash_of_subject("a")) == 0
    assert await bench.store.journal.head(stream_id, hash_of_subject("busy")) == busy[0]
    (after,) = await publish(bench, stream_id)
    assert after > before[-1]


async def test_keys_and_tokens_go_past_their_life(bench: Bench) -> None:
    stream_id = await stream(bench, "p")
    await bench.store.journal.append(
        [AppendRequest(bench.namespace_id, [event(stream_id, id="1")], b"t" * 16, b"", id_window_s=60)]
    )
    done = await bench.store.event_retention.tend(KEEP_S)
    assert (done.keys_expired, done.tokens_expired) == (0, 0)
    await bench.move_clock(DAY_S)
    done = await bench.store.event_retention.tend(KEEP_S)
    assert (done.keys_expired, done.tokens_expired) == (1, 1)


async def test_a_transaction_that_is_held_open_hides_no_lower_sequence(bench: Bench) -> None:
    """Whoever sees a sequence sees all lower ones: the next one is given when the one before it stands or has gone."""
    stream_id = await stream(bench, "p")
    (first,) = await publish(bench, stream_id)
    blocked = "select count(*) from pg_locks l where not l.granted and pg_backend_pid() = any (pg_blocking_pids(l.pid))"
    for ending, given in (("commit", first + 2), ("rollback", first + 3)):
        await bench.sql.execute("begin")
        await bench.sql.execute("update penstock.subject_head set head = head + 1 where subject = 'a'")
        later = asyncio.ensure_future(publish(bench, stream_id))
        other = await publish(bench, stream_id, "other")
        assert other, "another subject waits for nobody"
        while not await bench.sql.fetchval(blocked):
            await asyncio.sleep(0)
        assert not later.done()
        await bench.sql.execute(ending)
        assert await later == [given]


async def test_days_ahead_are_made_for_events(bench: Bench) -> None:
    assert len(await days_of(bench.sql, EVENT)) == 8
    assert await make_partitions(bench.sql) == 0


PLANNED = [
    ("journal_read", "1, '00000000-0000-0000-0000-000000000000', 0, 10, 1000", "subject_hash_sequence_idx"),
    (
        "journal_latest",
        "1, '2026-01-01', '00000000-0000-0000-0000-000000000000', 0, 10, 1000",
        "stream_id_appended_at_idx",
    ),
    ("journal_head", "1, '00000000-0000-0000-0000-000000000000'", "subject_head_pkey"),
]


@pytest.mark.parametrize(("name", "arguments", "index"), PLANNED, ids=[name for name, _, _ in PLANNED])
async def test_plans_made_while_the_journal_is_empty_walk_its_indexes(
    postgres_dsn: str, name: str, arguments: str, index: str
) -> None:
    await migrate(postgres_dsn)
    connection = await asyncpg.connect(postgres_dsn, server_settings=JOURNAL_READS.planner)
    await connection.execute(f"prepare it as {statement(name)}")
    lines = [row[0].strip() for row in await connection.fetch(f"explain (costs off) execute it({arguments})")]
    await connection.close()
    assert [line for line in lines if "Seq Scan" in line] == []
    looks = [line for line in lines if "Index" in line and "Scan" in line]
    assert looks
    assert all(index in look or "event_default" in look for look in looks), lines
