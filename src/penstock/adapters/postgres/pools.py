"""Connections by role, so that a flood of one kind of call never starves another.

Statements are prepared once and planned once, for any arguments. The planner is told to walk indexes: a plan
made while a table was empty must still be right when it holds a million rows. PgBouncer in transaction mode
needs `prepared_statements=0`, or its own `max_prepared_statements`, and to let these settings pass.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final, TypeAlias

import asyncpg
from msgspec import Struct

from penstock.adapters.postgres.codecs import teach
from penstock.adapters.postgres.connections import Connections
from penstock.adapters.postgres.faults import translated
from penstock.model.errors import InvalidInput, Unavailable

Connection: TypeAlias = asyncpg.Connection
_BY_INDEX: Final = {
    "plan_cache_mode": "force_generic_plan",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_hashjoin": "off",
    "enable_mergejoin": "off",
}

_BY_KEY: Final = _BY_INDEX | {"enable_indexscan": "off", "enable_bitmapscan": "on"}
"""For statements that bring the keys of their rows: an index is looked into with them, never walked. A plan made
while the table was empty would else walk it row by row, whatever it has grown to since."""


class Role(Struct, frozen=True):
    """What a pool is for: how many connections at most, how long a statement may take, how it is planned."""

    name: str
    connections_max: int
    statement_timeout_s: float
    planner: dict[str, str]
    commit: dict[str, str] = {}
    """Not empty: for what may be lost with the last moment before a crash. Others see it before it is on
    disk, and what builds on it comes to disk after it."""


ADMISSION: Final = Role("admission", 2, 10, _BY_INDEX)
TRANSITIONS: Final = Role("transitions", 3, 10, _BY_KEY)
SUCCESSES: Final = Role("successes", 2, 10, _BY_INDEX)
DUE_WORK: Final = Role("due_work", 2, 10, _BY_INDEX)
RESULTS: Final = Role("results", 2, 5, _BY_INDEX)
SEARCH: Final = Role("search", 2, 2, {})
COUNTS: Final = Role("counts", 1, 5, _BY_INDEX)
UPKEEP: Final = Role("upkeep", 2, 30, {})
ACCESS: Final = Role("access", 1, 5, _BY_INDEX)
QUOTAS: Final = Role("quotas", 1, 5, _BY_KEY)
JOURNAL: Final = Role("journal", 2, 10, _BY_INDEX)
DELIVERIES: Final = Role("deliveries", 3, 10, _BY_INDEX)
RAISES: Final = Role("raises", 2, 10, _BY_INDEX, {"synchronous_commit": "off"})
JOURNAL_READS: Final = Role("journal_reads", 2, 5, _BY_INDEX)
SOURCES: Final = Role("sources", 2, 10, _BY_INDEX)
"""also to a foreign database, with a table in it that is read as events"""
REFRESH: Final = Role("refresh", 1, 10, _BY_INDEX)
REFRESH_STEPS: Final = Role("refresh_steps", 1, 10, _BY_INDEX, {"synchronous_commit": "off"})
SCHEMAS: Final = Role("schemas", 2, 5, _BY_INDEX)


class Pool:
    """The connections of one role. Every method raises `Unavailable` or `InvalidInput` for the store's errors."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    async def fetch(self, statement: str, *arguments: Any) -> list[Any]:
        """All rows of one statement that is its own transaction."""
        async with self.connection() as connection:
            rows: list[Any] = await connection.fetch(statement, *arguments)
            return rows

    async def row(self, statement: str, *arguments: Any) -> Any:
        """The first row, or None."""
        async with self.connection() as connection:
            return await connection.fetchrow(statement, *arguments)

    async def value(self, statement: str, *arguments: Any) -> Any:
        """The first column of the first row."""
        async with self.connection() as connection:
            return await connection.fetchval(statement, *arguments)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """One connection, without a transaction."""
        with translated():
            connection = await self._connections.take()
            try:
                yield connection
            except asyncpg.ReadOnlySQLTransactionError:
                self._connections.renew()  # the primary moved: find the new one
                self._connections.give_back(connection)
                raise
            except (asyncio.CancelledError, GeneratorExit, TimeoutError):
                self._connections.drop(connection)  # its caller has gone in the middle of whatever it was doing
                raise
            except BaseException:
                self._connections.give_back(connection)
                raise
            else:
                self._connections.give_back(connection)

    @asynccontextmanager
    async def transaction(self, isolation: str = "read_committed") -> AsyncIterator[Connection]:
        """One connection inside a transaction."""
        async with self.connection() as connection, connection.transaction(isolation=isolation):
            yield connection


@asynccontextmanager
async def open_pool(dsn: str, role: Role, prepared_statements: int) -> AsyncIterator[Pool]:
    """A pool that opens connections as they are needed and keeps them."""

    async def connect() -> Connection:
        connection = await asyncpg.connect(
            dsn,
            timeout=10,
            statement_cache_size=prepared_statements,
            max_cached_statement_lifetime=0,
            command_timeout=role.statement_timeout_s + 1,  # the store's own answer to a timeout comes first
            server_settings=session(f"penstock {role.name}", role.statement_timeout_s) | role.planner | role.commit,
        )
        try:
            await teach(connection)
        except BaseException:
            connection.terminate()
            raise
        return connection

    connections = Connections(connect, role.connections_max)
    try:
        yield Pool(connections)
    finally:
        connections.terminate()


async def connect_alone(dsn: str, application_name: str, statement_timeout_s: float) -> asyncpg.Connection:
    """A connection outside of any pool. Raises `InvalidInput` for a `dsn` that is no address."""
    told = session(application_name, statement_timeout_s)
    try:
        with translated():
            return await _connect(dsn, told)
    except Unavailable as error:
        raise Unavailable(
            f"{error}; check postgres_url (PENSTOCK_POSTGRES_URL, or in penstock.toml) and that PostgreSQL runs there"
        ) from error


async def _connect(dsn: str, told: dict[str, str]) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(dsn, timeout=10, server_settings=told)
    except ValueError:  # not told further: what the parser stumbled over may be a password
        raise InvalidInput(
            "postgres_url",
            "is no address of a PostgreSQL; write postgresql://user:password@host:5432/database, "
            "with %XX for what is special in a password",
        ) from None


def session(application_name: str, statement_timeout_s: float) -> dict[str, str]:
    """What every connection of ours is told when it starts."""
    return {
        "application_name": application_name,
        "statement_timeout": f"{round(statement_timeout_s * 1000)}ms",
        "idle_in_transaction_session_timeout": "15s",
        "jit": "off",
        "timezone": "UTC",
    }
