"""Tables of somebody's own keep the contracts of a source, whatever transactions are open."""

from __future__ import annotations

import json
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from penstock.adapters.postgres.pools import open_pool
from penstock.adapters.postgres.tables import TableOrder, TableShape, TableSource
from penstock.model.errors import InvalidInput, SourceUnreadable
from penstock.model.limits import EVENT_BYTES_MAX
from penstock.testing.contracts import HISTORY_IDEAS, SOURCE_IDEAS, TIMED_HISTORY_IDEAS, Idea, SourceScene
from penstock.testing.contracts.source_scene import ALL_BYTES, key, sequences, span
from penstock.testing.engines import run_apart
from tests.contracts.table_sources import (
    DRAWN,
    ENTITY,
    INSERT,
    NEXT,
    ROLE,
    UPSERT,
    WRITES,
    SettlingTable,
    TableUnderTest,
    journal,
    opened,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from penstock.adapters.embedded import EmbeddedEngines
    from penstock.testing.contracts import SourceUnderTest

ORDERS = list(TableOrder)


@pytest.fixture(scope="module")
def tables_dsn(engines: EmbeddedEngines) -> Iterator[str]:
    """One database for all: each test makes the tables anew."""

    async def execute(statement: str) -> None:
        sql = await asyncpg.connect(engines.postgres_dsn)
        await sql.execute(statement)
        await sql.close()

    run_apart(execute("create database somebodys"))
    yield engines.database_dsn("somebodys")
    run_apart(execute("drop database somebodys with (force)"))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("idea", HISTORY_IDEAS, ids=str)
async def test_a_journal(idea: Idea[SourceUnderTest, SourceScene], order: TableOrder, tables_dsn: str) -> None:
    kind = SettlingTable if order is TableOrder.HORIZON else TableUnderTest
    await idea.check(lambda: opened(tables_dsn, journal(order), WRITES[order], kind=kind))


CHANGES = [idea for idea in HISTORY_IDEAS if "chang" in str(idea) or "scan" in str(idea)]
TIMES = TIMED_HISTORY_IDEAS[len(HISTORY_IDEAS) :]


@pytest.mark.parametrize("idea", TIMES, ids=str)
async def test_a_journal_whose_times_are_those_of_the_commit(
    idea: Idea[SourceUnderTest, SourceScene], tables_dsn: str
) -> None:
    await idea.check(lambda: opened(tables_dsn, journal(TableOrder.LOCKED, time_lag_s=0.0), NEXT))


@pytest.mark.parametrize("idea", CHANGES, ids=str)
@pytest.mark.parametrize("recent", ["", "at"])
async def test_a_journal_without_a_number_for_all(
    idea: Idea[SourceUnderTest, SourceScene], recent: str, tables_dsn: str
) -> None:
    @asynccontextmanager
    async def fresh() -> AsyncIterator[TableUnderTest]:
        async with opened(tables_dsn, journal(TableOrder.HORIZON, recent=recent), DRAWN, kind=SettlingTable) as table:
            await table.sql.execute('create index on shop."select ""{head}"" from" (at)')
            yield table

    await idea.check(fresh)


@pytest.mark.parametrize("idea", SOURCE_IDEAS, ids=str)
async def test_entities(idea: Idea[SourceUnderTest, SourceScene], tables_dsn: str) -> None:
    await idea.check(lambda: opened(tables_dsn, ENTITY, UPSERT))


async def test_of_an_entity_the_latest_revision_is_delivered(tables_dsn: str) -> None:
    async with opened(tables_dsn, ENTITY, UPSERT) as table:
        scene = SourceScene(table)
        await table.put(("a", b"1"), ("a", b"2"), ("a", b"3"))
        for read in (await scene.read("a"), await scene.latest("a")):
            assert [(event.sequence, event.data) for event in read.events] == [(3, b"3")]
        replaced = await scene.read("a", 0, 2)
        assert (replaced.events, replaced.scanned) == ([], 2), "what was replaced will not come"
        await table.sql.execute("delete from shop.entity where id = 'a'")
        gone = await scene.read("a", 3)
        assert (gone.events, gone.scanned, await scene.head("a")) == ([], 3, 0)


class Writer:
    """A session of its own with a transaction that stays open until it is told."""

    def __init__(self, sql: asyncpg.Connection) -> None:
        self.sql = sql

    async def draws(self) -> int:
        """A number, and no row yet: the transaction has no number of its own."""
        number: int = await self.sql.fetchval("select nextval('shop.numbers')")
        assert await self.sql.fetchval("select pg_current_xact_id_if_assigned()") is None
        return number

    async def writes(self, subject: str, number: int, data: bytes = b"late") -> None:
        await self.sql.execute(f"{INSERT} values ($1, $2, $3)", subject, number, data)


@asynccontextmanager
async def writer(dsn: str) -> AsyncIterator[Writer]:
    sql = await asyncpg.connect(dsn)
    # So that drawing alone gives the transaction no number: the first draws of a sequence are written ahead of.
    await sql.fetchval("select nextval('shop.numbers')")
    await sql.execute("begin")
    try:
        yield Writer(sql)
    finally:
        await sql.close()


@pytest.mark.parametrize("ending", ["commit", "rollback"])
@pytest.mark.parametrize("has_written", [True, False], ids=["its row is written", "only its number is drawn"])
async def test_what_is_held_open_while_others_commit_is_not_passed(
    tables_dsn: str, has_written: bool, ending: str
) -> None:
    async with opened(tables_dsn, journal(TableOrder.HORIZON), DRAWN) as table, writer(tables_dsn) as late:
        scene = SourceScene(table)
        number = await late.draws()
        if has_written:
            await late.writes("a", number)
        _, mark = await scene.changed(b"")
        for _ in range(3):
            await table.put(("a", b"early"), ("b", b"early"))
        for read in (await scene.read("a"), await scene.latest("a")):
            assert (read.events, read.scanned) == ([], 0), "a lower number may still come"
        assert await scene.head("a") == 0
        assert "a" not in await scene.scan()
        _, mark = await scene.changed(mark)
        if not has_written:
            await late.writes("a", number)
        await late.sql.execute(ending)
        read = await scene.read("a")
        late_ones = [event.data for event in read.events if event.sequence == number]
        assert late_ones == ([b"late"] if ending == "commit" else [])
        assert [event.data for event in read.events if event.sequence != number] == [b"early"] * 3
        assert read.scanned == await scene.head("a") == read.events[-1].sequence
        told, _ = await scene.changed(mark)
        assert told["a"] == read.scanned, "what became visible after the mark is told"


async def test_what_was_settled_before_stays_readable_while_a_transaction_is_open(tables_dsn: str) -> None:
    async with opened(tables_dsn, journal(TableOrder.HORIZON), DRAWN) as table:
        scene = SourceScene(table)
        (before,) = await scene.put_one_by_one(("a", b"before"))
        async with writer(tables_dsn) as late:
            number = await late.draws()
            await table.put(("a", b"early"))
            read = await scene.read("a")
            assert (sequences(read.events), read.scanned) == ([before], before)
            await late.writes("a", number)
            await late.sql.execute("commit")
        assert [event.data for event in (await scene.read("a", before)).events] == [b"late", b"early"]


async def test_transactions_that_overlap_for_ever_hold_nobody_up_for_ever(tables_dsn: str) -> None:
    async with opened(tables_dsn, journal(TableOrder.HORIZON), DRAWN) as table, writer(tables_dsn) as first:
        scene = SourceScene(table)
        await first.draws()
        await table.put(("a", b"1"))
        assert await scene.head("a") == 0
        async with writer(tables_dsn) as second:
            await second.draws()
            assert await scene.head("a") == 0
            await first.sql.execute("commit")
            head = await scene.head("a")
            assert head > 0, "the second began when the row stood: its number is higher"


async def test_a_number_drawn_after_a_savepoint_counts_as_drawn_then(tables_dsn: str) -> None:
    """The row of a savepoint has a transaction number of its own, which looks older than the number drawn for it."""
    async with opened(tables_dsn, journal(TableOrder.HORIZON), DRAWN) as table, writer(tables_dsn) as first:
        scene = SourceScene(table)
        await first.sql.execute("savepoint s")
        await first.writes("other", 10_000_000)
        assert await scene.head("a") == 0
        async with writer(tables_dsn) as second:
            lower = await second.draws()
            await first.writes("a", await first.sql.fetchval("select nextval('shop.numbers')"))
            await first.sql.execute("commit")
            assert await scene.head("a") == 0
            await second.writes("a", lower)
            await second.sql.execute("commit")
        assert len((await scene.read("a")).events) == 2


async def test_a_gap_is_read_over_only_when_nobody_can_fill_it(tables_dsn: str) -> None:
    async with opened(tables_dsn, journal(TableOrder.DENSE), NEXT) as table, writer(tables_dsn) as late:
        scene = SourceScene(table)
        await late.sql.execute("select 1")
        insert = f"{INSERT} values ('a', $1, 'x')"
        for number in (1, 2, 4, 5):
            await table.sql.execute(insert, number)
        read = await scene.read("a")
        assert (sequences(read.events), read.scanned) == ([1, 2], 2)
        assert await scene.head("a") == 2
        read = await scene.read("a", 1)
        assert (sequences(read.events), read.scanned) == ([2], 2)
        await late.writes("a", 3)
        await late.sql.execute("commit")
        assert sequences((await scene.read("a", 2)).events) == [3, 4, 5]
        await table.sql.execute(insert, 7)
        read = await scene.read("a", 5)
        assert (sequences(read.events), read.scanned) == ([7], 7), "nobody is open: 6 was undone"


async def test_who_only_waits_in_another_database_holds_nobody_up(tables_dsn: str) -> None:
    other = await asyncpg.connect(tables_dsn, database="postgres")
    try:
        await other.execute("begin; select 1")
        async with opened(tables_dsn, journal(TableOrder.HORIZON), DRAWN) as table:
            assert all(await SourceScene(table).put_one_by_one(("a", b"1")))
    finally:
        await other.close()


@pytest.mark.parametrize(
    ("kind", "written", "subjects", "none"),
    [
        ("bigint", "7", ["7"], ["07", "+7", "7 ", "seven", "7.0", str(2**63), "٧"]),
        ("smallint", "-7", ["-7"], ["--7", str(2**31), "-07"]),
        ("uuid", "00000000-0000-4000-8000-00000000000A", ["00000000-0000-4000-8000-00000000000a"], ["A", "0" * 32]),
        ("varchar(9)", "a'b", ["a'b"], ["a", "a''b", "a\x00"]),
    ],
)
async def test_subjects_of_other_types(
    tables_dsn: str, kind: str, written: str, subjects: list[str], none: list[str]
) -> None:
    async with opened(tables_dsn, journal(TableOrder.DENSE), NEXT, kind) as table:
        scene = SourceScene(table)
        value = written.replace("'", "''")
        await table.sql.execute(f"{INSERT} values ('{value}', 1, 'x')")
        (subject,) = subjects
        assert await scene.scan() == {subject: 1}
        assert sequences((await scene.read(subject)).events) == [1]
        assert await table.source.heads([key(each) for each in none]) == [0] * len(none)
        answers = await table.source.read([*map(span, none), span(subject)], ALL_BYTES)
        assert [len(answer.events) for answer in answers] == [0] * len(none) + [1]
        _, mark = await scene.changed(b"")
        await table.sql.execute(f"{INSERT} values ('{value}', 2, 'x')")
        assert (await scene.changed(mark, 1))[0] == {subject: 2}


async def test_a_row_is_the_data_where_no_column_is_named(tables_dsn: str) -> None:
    shape = journal(TableOrder.LOCKED, data="", content_type="", type_column="", type="order.changed", time="")
    async with opened(tables_dsn, shape, NEXT) as table:
        await table.put(("a", b"1"))
        (event,) = (await SourceScene(table).read("a")).events
        row = json.loads(event.data)
        assert (row["who; --"], row['n"o'], row["kind"]) == ("a", 1, "changed")
        assert (event.type, event.time_us, event.content_type) == ("order.changed", 0, "")


async def test_data_that_is_too_large_is_left_out_and_said(tables_dsn: str) -> None:
    async with opened(tables_dsn, journal(TableOrder.LOCKED), NEXT) as table:
        await table.put(("a", b"x" * (EVENT_BYTES_MAX + 1)), ("a", b"2"))
        first, second = (await SourceScene(table).read("a")).events
        assert (first.data, first.extensions) == (b"", b'{"dataleftout":"262145"}')
        assert (second.data, second.extensions) == (b"2", b"")


async def test_rows_that_nobody_can_be_told_of_stop_nothing(tables_dsn: str, caplog: pytest.LogCaptureFixture) -> None:
    async with opened(tables_dsn, journal(TableOrder.LOCKED), NEXT) as table:
        scene = SourceScene(table)
        _, mark = await scene.changed(b"")
        await table.sql.execute(
            f"{INSERT} values (null, 1, 'x'), ('', 1, 'x'), (repeat('ä', 513), 1, 'x'), ('a', 0, 'x')"
        )
        await table.put(("b", b"1"))
        assert (await scene.scan())["b"] == 1
        assert (await scene.changed(mark, 1))[0]["b"] == 1
        assert table.source.strays >= 3
        assert "source shop: 1 rows without a subject cannot be told of" in caplog.text


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"table": "nowhere"}, "there is no table nowhere, or this user may not see it"),
    ({"table": "shop.seen"}, "shop.seen is a view; name the table that holds the rows"),
    ({"subject": "whom"}, "subject: shop.bare has no column 'whom'; it has at, body, kind, n, who"),
    ({"sequence": "kind"}, "sequence: the column 'kind' of shop.bare is text; it must be an integer"),
    ({"subject": "at"}, "subject: the column 'at' of shop.bare is timestamptz; it must be text, an integer or a uuid"),
    ({"data": "at"}, "data: the column 'at' of shop.bare is timestamptz; it must be text, json, jsonb or bytea"),
    ({"time": "n"}, "time: the column 'n' of shop.bare is int8; it must be timestamptz"),
    ({"recent": "body"}, "recent: the column 'body' of shop.bare is jsonb; it must be an integer or a timestamptz"),
    ({}, "shop.bare has no index on (who, n), so each look would read all of it; create one"),
    ({"keeps_each": False}, "shop.bare has no unique index on (who)"),
    ({"recent": "at"}, "shop.bare has no index on (at)"),
]


@pytest.mark.parametrize(("fields", "sentence"), WRONG, ids=[sentence[:40] for _, sentence in WRONG])
async def test_a_table_that_is_not_as_it_was_said_to_be(tables_dsn: str, fields: dict[str, Any], sentence: str) -> None:
    sql = await asyncpg.connect(tables_dsn)
    await sql.execute("drop schema if exists shop cascade; create schema shop")
    await sql.execute("create table shop.bare (who text, n bigint, body jsonb, at timestamptz, kind text)")
    await sql.execute("create view shop.seen as select * from shop.bare")
    await sql.execute("create index on shop.bare (n, who); create index on shop.bare (who, n) where n > 5")
    shape = TableShape(**({"table": "shop.bare", "subject": "who", "sequence": "n"} | fields)).check()
    async with open_pool(tables_dsn, ROLE, 100) as pool:
        source = TableSource("bare", pool, shape)
        (problem,) = await source.problems()
        assert problem.startswith("source bare: ")
        assert sentence in problem
        with pytest.raises(SourceUnreadable, match="source bare: "):
            await source.heads([key("a")])
        await sql.execute("create unique index on shop.bare (who, n)")
        if not fields:
            assert await source.problems() == []
            assert await source.heads([key("a")]) == [0]
            await sql.execute("alter table shop.bare rename n to m")
            with pytest.raises(SourceUnreadable, match="source bare: "):
                await source.heads([key("a")])
            assert "no column 'n'; it has" in (await source.problems())[0]
    await sql.close()


async def test_numbers_that_sessions_take_ahead_do_not_rise_as_rows_are_written(tables_dsn: str) -> None:
    async with opened(tables_dsn, journal(TableOrder.HORIZON, sequence="id"), DRAWN) as table:
        await table.sql.execute('create unique index on shop."select ""{head}"" from" ("who; --", id)')
        name = await table.sql.fetchval('select pg_get_serial_sequence(\'shop."select ""{head}"" from"\', \'id\')')
        assert await table.source.problems() == []
        await table.sql.execute(f"alter sequence {name} cache 20")
        async with open_pool(tables_dsn, ROLE, 0) as pool:
            (problem,) = await TableSource("shop", pool, journal(TableOrder.HORIZON, sequence="id")).problems()
            assert "sessions take 20 numbers" in problem
            assert await TableSource("shop", pool, journal(TableOrder.LOCKED, sequence="id")).problems() == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"table": ""}, "table: '' is no name"),
        ({"table": "a."}, "table: '' is no name"),
        ({"subject": ""}, "subject: '' is no name"),
        ({"sequence": "x" * 64}, "sequence: 'xxx"),
        ({"data": "a\nb"}, r"data: 'a\\nb' is no name"),
        ({"sequence": "who"}, "sequence: is 'who', the column of the subject; name another"),
        ({"type": ""}, "type: is empty"),
        ({"content_type": "json"}, "content_type: 'json' is no media type"),
    ],
)
def test_a_shape_that_no_table_can_have(fields: dict[str, Any], sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        TableShape(**({"table": "a", "subject": "who", "sequence": "n"} | fields)).check()
