"""Tables as their owners have them, with names that need quotes."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import asyncpg
from msgspec import structs

from penstock.adapters.postgres.pools import SOURCES, open_pool
from penstock.adapters.postgres.tables import TableOrder, TableShape, TableSource
from penstock.testing.contracts import SourceUnderTest
from penstock.testing.contracts.source_scene import key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ROLE = SOURCES
TABLE = 'select "{head}" from'
SHAPE = TableShape(
    table=f"shop.{TABLE}",
    subject="who; --",
    sequence='n"o',
    data="{data}",
    type_column="kind",
    time="at",
    recent="id",
    content_type="text/plain",
)
MAKE = """
drop schema if exists shop cascade;
create schema shop;
create table shop."select ""{head}"" from" (
    id bigint generated always as identity,
    "who; --" SUBJECT,
    "n""o" bigint not null,
    "{data}" bytea,
    kind text not null default 'changed',
    at timestamptz not null default clock_timestamp()
);
create index on shop."select ""{head}"" from" (id);
create table shop.entity (
    id text primary key, revision bigint not null, body bytea, changed timestamptz not null default clock_timestamp()
);
create index on shop.entity (changed);
create sequence shop.numbers;
"""
KEY = 'create unique index on shop."select ""{head}"" from" ("who; --", "n""o")'
INSERT = 'insert into shop."select ""{head}"" from" ("who; --", "n""o", "{data}")'
NEXT = f"""{INSERT} select $1, coalesce(max("n""o"), 0) + 1, $2
from shop."select ""{{head}}"" from" where "who; --" = $1"""
NEWEST = 'select max("n""o") from shop."select ""{head}"" from" where "who; --" = $1'
DRAWN = f"{INSERT} values ($1, nextval('shop.numbers'), $2)"
ENTITY = TableShape(
    table="shop.entity",
    subject="id",
    sequence="revision",
    keeps_each=False,
    data="body",
    time="changed",
    recent="changed",
)
UPSERT = """insert into shop.entity values ($1, 1, $2)
on conflict (id) do update set revision = entity.revision + 1, body = excluded.body, changed = clock_timestamp()"""
WRITES = {TableOrder.LOCKED: NEXT, TableOrder.DENSE: NEXT, TableOrder.HORIZON: DRAWN}


class TableUnderTest(SourceUnderTest):
    def __init__(self, source: TableSource, sql: asyncpg.Connection, write: str) -> None:
        self._source, self.sql, self._write = source, sql, write

    @property
    def source(self) -> TableSource:
        return self._source

    async def put(self, *changes: tuple[str, bytes]) -> None:
        await self.sql.executemany(self._write, changes)

    async def moment(self) -> int:
        at: Any = await self.sql.fetchval("select (extract(epoch from clock_timestamp()) * 1000000)::bigint")
        return int(at)


class SettlingTable(TableUnderTest):
    """Whatever else is done in the databases of this server may hold the horizon back for a moment."""

    async def put(self, *changes: tuple[str, bytes]) -> None:
        await super().put(*changes)
        for subject in {subject for subject, _ in changes}:
            newest = await self.sql.fetchval(NEWEST, subject)
            while (await self.source.heads([key(subject)]))[0] < newest:
                await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(
    dsn: str, shape: TableShape, write: str, subject: str = "text", kind: type[TableUnderTest] = TableUnderTest
) -> AsyncIterator[TableUnderTest]:
    """The tables, empty, and one of them as a source."""
    sql = await asyncpg.connect(dsn)
    await sql.execute(MAKE.replace("SUBJECT", subject))
    await sql.execute(KEY)
    try:
        async with open_pool(dsn, ROLE, 100) as pool:
            yield kind(TableSource("shop", pool, shape.check()), sql, write)
    finally:
        await sql.close()


def journal(order: TableOrder, **fields: Any) -> TableShape:
    return structs.replace(SHAPE, order=order, **fields)
