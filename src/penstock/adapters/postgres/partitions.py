"""Day partitions: made ahead without blocking anybody. What has no day yet goes to the default partition."""

import datetime as dt
from typing import Any, Final

import asyncpg
from msgspec import Struct

DAYS_AHEAD: Final = 7
STRAYS_MAX: Final = 10_000
"""rows of the default partition that are moved under its lock; a day with more stays there"""
ONE_DAY: Final = dt.timedelta(days=1)
_LOCK_TIMEOUT: Final = "set local lock_timeout = '500ms'"
_MADE_BY_OTHERS: Final = (asyncpg.DuplicateTableError, asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError)
"""how two processes that make the same partition at the same moment may meet"""
_EPOCH: Final = dt.date(1970, 1, 1)


class Parted(Struct, frozen=True):
    """A table that is partitioned by day, and the column that tells the day."""

    name: str
    column: str
    by_id: bool = False

    def bounds(self, day: dt.date) -> tuple[str, str]:
        """The first value of a day and of the next one, as SQL literals."""
        return self._first(day), self._first(day + ONE_DAY)

    def _first(self, day: dt.date) -> str:
        if not self.by_id:
            return f"'{day} 00:00:00+00'::timestamptz"
        return f"'{first_id(day).hex()}'::uuid"

    def partition(self, day: dt.date) -> str:
        """The name of a day's partition, without the schema."""
        return f"{self.name}_{day:%Y%m%d}"


TASK: Final = Parted("task", "id", by_id=True)
OUTCOME: Final = Parted("outcome", "finished_at")
ATTEMPT: Final = Parted("attempt", "ended_at")
EVENT: Final = Parted("event", "appended_at")
PARTED: Final = (TASK, OUTCOME, ATTEMPT, EVENT)


def day_us(day: dt.date) -> int:
    """The first microsecond of a day."""
    return (day - _EPOCH).days * 86_400_000_000


def day_of(instant_us: int) -> dt.date:
    """The day, by UTC, of an instant."""
    return _EPOCH + dt.timedelta(days=instant_us // 86_400_000_000)


def first_id(day: dt.date) -> bytes:
    """The lowest 16 bytes that an id of that day can have."""
    return (day_us(day) // 1000).to_bytes(6, "big") + bytes(10)


async def days_of(connection: Any, parted: Parted) -> set[dt.date]:
    """The days that have a partition."""
    names = await connection.fetch(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid"
        " where i.inhparent = ('penstock.' || $1)::regclass",
        parted.name,
    )
    suffixes = (row[0].removeprefix(parted.name + "_") for row in names)
    return {dt.date(int(s[:4]), int(s[4:6]), int(s[6:])) for s in suffixes if s.isdecimal()}


async def make_partitions(connection: Any) -> int:
    """Make the missing partitions of today and the days ahead, by the store's clock; answers how many.

    A table that somebody works on for long is passed over; a later call makes its partitions.
    """
    today = day_of(await connection.fetchval("select penstock.clock()"))
    wanted = {today + n * ONE_DAY for n in range(DAYS_AHEAD + 1)}
    made = 0
    for parted in PARTED:
        for day in sorted(wanted - await days_of(connection, parted)):
            made += await _make(connection, parted, day)
    return made


async def drop_partition(connection: Any, parted: Parted, day: dt.date) -> bool:
    """Take a day away from its table and drop it; False when somebody works on it for long.

    Two steps: the table is locked only while the day is taken away, not while its files are deleted.
    """
    partition = f"penstock.{parted.partition(day)}"
    try:
        async with connection.transaction():
            await connection.execute(_LOCK_TIMEOUT)
            await connection.execute(f"alter table penstock.{parted.name} detach partition {partition}")
        await connection.execute(f"drop table if exists {partition}")
    except asyncpg.LockNotAvailableError:
        return False
    except asyncpg.UndefinedTableError:
        return False  # another process drops it at this moment
    return True


async def drop_leftovers(connection: Any) -> None:
    """Drop the days that were taken away by somebody who could not drop them."""
    names = await connection.fetch(
        "select c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace"
        " where n.nspname = 'penstock' and c.relkind = 'r' and not c.relispartition"
        " and c.relname ~ '^(task|outcome|attempt|event)_[0-9]{8}$'"
    )
    for row in names:
        try:
            async with connection.transaction():
                await connection.execute(_LOCK_TIMEOUT)
                await connection.execute(f"drop table if exists penstock.{row[0]}")
        except asyncpg.LockNotAvailableError:
            continue  # somebody makes it, or drops it, at this moment


async def _make(connection: Any, parted: Parted, day: dt.date) -> bool:
    table, default = f"penstock.{parted.partition(day)}", f"penstock.{parted.name}_default"
    low, high = parted.bounds(day)
    of_day = f"{parted.column} >= {low} and {parted.column} < {high}"
    if await _are_many(connection, default, of_day):
        return False
    try:
        async with connection.transaction():
            await connection.execute(_LOCK_TIMEOUT)
            # Made apart and attached, because that lets writers of the other days go on.
            await connection.execute(f"create table {table} (like penstock.{parted.name} including all)")
            await connection.execute(f"lock table {default} in access exclusive mode")
            await connection.execute(f"insert into {table} select * from {default} where {of_day}")  # noqa: S608 - our names
            await connection.execute(f"delete from {default} where {of_day}")  # noqa: S608 - our names
            await connection.execute(
                f"alter table penstock.{parted.name} attach partition {table} for values from ({low}) to ({high})"
            )
    except (*_MADE_BY_OTHERS, asyncpg.LockNotAvailableError):
        return False
    return True


async def _are_many(connection: Any, default: str, of_day: str) -> bool:
    strays = f"select count(*) from (select from {default} where {of_day} limit {STRAYS_MAX + 1}) strays"  # noqa: S608 - our names
    found: int = await connection.fetchval(strays)
    return found > STRAYS_MAX
