"""Migrations, and what is refused at the door."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest

from penstock.adapters.postgres import PostgresStore, inspect, migrate
from penstock.adapters.postgres.inspection import problems_of
from penstock.adapters.postgres.migration import migrations, newest_version
from penstock.model.errors import InvalidInput, Unavailable


@pytest.fixture(scope="session")
def template_database() -> str:
    """Empty: here the migrations themselves are under test."""
    return "template0"


async def run(dsn: str, statement: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statement)
    await connection.close()


async def connect(dsn: str) -> None:
    async with PostgresStore.connect(dsn):
        pass


def test_migrations_are_numbered_without_a_gap() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, newest_version() + 1))


async def test_two_migrators_at_once(postgres_dsn: str) -> None:
    first, second = await asyncio.gather(migrate(postgres_dsn), migrate(postgres_dsn))
    assert sorted([*first, *second]) == [f"{m.version:04} {m.name}" for m in migrations()], "each once, by either"
    assert await migrate(postgres_dsn) == []
    assert await inspect(postgres_dsn) == []


async def test_a_missing_schema_is_refused_with_the_cure(postgres_dsn: str) -> None:
    with pytest.raises(InvalidInput, match="penstock migrate"):
        await connect(postgres_dsn)


async def test_a_newer_schema(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    await run(postgres_dsn, f"insert into penstock.migration values ({newest_version() + 1}, 'next')")
    await connect(postgres_dsn)
    assert await migrate(postgres_dsn) == []
    await run(postgres_dsn, f"insert into penstock.migration values ({newest_version() + 2}, 'after next')")
    with pytest.raises(InvalidInput, match="newer Penstock"):
        await connect(postgres_dsn)
    with pytest.raises(InvalidInput, match="newer Penstock"):
        await migrate(postgres_dsn)


async def test_an_older_schema(postgres_dsn: str) -> None:
    await migrate(postgres_dsn)
    await run(postgres_dsn, "delete from penstock.migration")
    await run(postgres_dsn, "insert into penstock.migration values (0, 'nothing')")
    assert any("penstock migrate" in problem for problem in await inspect(postgres_dsn))


async def test_all_problems_are_told_at_once(postgres_dsn: str) -> None:
    setting = "synchronous_commit = off"
    await run(postgres_dsn, f"do $$ begin execute 'alter database ' || current_database() || ' set {setting}'; end $$")
    problems = await inspect(postgres_dsn)
    assert any("synchronous_commit is off" in problem for problem in problems)
    assert any("penstock migrate" in problem for problem in problems)
    with pytest.raises(InvalidInput) as refused:
        await connect(postgres_dsn)
    for problem in problems:
        assert problem in str(refused.value)


class Unsafe:
    """A server that is wrong in every way."""

    async def fetchval(self, statement: str, *arguments: object) -> object:
        if "current_setting" in statement:
            return "off"
        return True if "recovery" in statement else "SQL_ASCII" if "encoding" in statement else False

    def get_server_version(self) -> asyncpg.ServerVersion:
        return asyncpg.ServerVersion(15, 0, 0, "final", 0)


async def test_every_problem_has_its_line() -> None:
    problems = await problems_of(Unsafe())
    for words in ("15 is too old", "fsync is off", "full_page_writes is off", "synchronous_commit is off", "standby"):
        assert any(words in problem for problem in problems), words


async def test_nobody_answers() -> None:
    with pytest.raises(Unavailable):
        await inspect("postgresql://penstock@127.0.0.1:1/penstock")
    with pytest.raises(Unavailable):
        await connect("postgresql://penstock@127.0.0.1:1/penstock")
