"""The contract suites of the store's ports, on PostgreSQL."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.postgres import PostgresStore
from penstock.adapters.postgres.rows import attempt_of
from penstock.adapters.postgres.statements import statement
from penstock.model.progress import Progress
from penstock.testing.contracts import STORE_IDEAS, Fresh, Idea, StoreUnderTest
from tests.contracts.emptied_database import EmptiedDatabase
from tests.contracts.postgres_store import SECOND_US, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    import asyncpg

    from penstock.adapters.embedded import EmbeddedEngines
    from penstock.model.identity import TaskId
    from penstock.model.task import Attempt

MOVABLE_CLOCK = """
create table penstock.test_clock (ahead interval not null);
insert into penstock.test_clock values ('0');
create or replace function penstock.clock() returns timestamptz
    language sql volatile parallel safe as 'select clock_timestamp() + ahead from penstock.test_clock'
"""
TABLES = (
    "task",
    "trigger",
    "outcome",
    "attempt",
    "idempotency_key",
    "request_token",
    "retry_link",
    "periodic_schedule",
    "periodic_tick",
    "sweep_order",
    "progress",
    "edge",
)


class PostgresUnderTest(StoreUnderTest):
    def __init__(self, store: PostgresStore, sql: asyncpg.Connection) -> None:
        self._store, self._sql = store, sql

    @property
    def store(self) -> PostgresStore:
        return self._store

    async def advance(self, seconds: float) -> None:
        await self._sql.execute("update penstock.test_clock set ahead = ahead + $1", round(seconds * SECOND_US))

    async def dump(self) -> object:
        return {table: sorted(map(str, await self._sql.fetch(f"select * from penstock.{table}"))) for table in TABLES}

    async def history(self, task_id: TaskId) -> Sequence[Attempt]:
        return [attempt_of(row) for row in await self._sql.fetch(statement("task_history"), task_id, 0)]

    async def progress(self, task_id: TaskId) -> Progress | None:
        row = await self._sql.fetchrow(
            "select done, total, message, at, claim from penstock.progress where id = $1", task_id
        )
        return None if row is None else Progress(*row)


@pytest.fixture(scope="module")
def database(engines: EmbeddedEngines, template_database: str) -> Iterator[EmptiedDatabase]:
    database = EmptiedDatabase(engines, template_database, MOVABLE_CLOCK)
    yield database
    database.drop()


@pytest.fixture
def fresh(database: EmptiedDatabase) -> Iterator[Fresh[StoreUnderTest]]:
    dsn = database.dsn

    @asynccontextmanager
    async def open_store() -> AsyncIterator[StoreUnderTest]:
        sql = await sql_connection(dsn)
        async with PostgresStore.connect(dsn) as store:
            yield PostgresUnderTest(store, sql)
        await sql.close()

    def opened() -> AbstractAsyncContextManager[StoreUnderTest]:
        return open_store()

    yield opened
    database.empty()


@pytest.mark.parametrize("idea", STORE_IDEAS, ids=str)
async def test_contract(idea: Idea[StoreUnderTest, Any], fresh: Fresh[StoreUnderTest]) -> None:
    await idea.check(fresh)
