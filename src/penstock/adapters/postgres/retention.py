"""The life of partitions: made ahead, emptied of what must stay, dropped. Every step may be repeated or cut off.

A day of tasks is dropped by what was noted of it. A day after its end the ids that still live are noted; all others
have ended by then, so their outcomes are gone when the outcomes' days up to the noting are. Only the noted ones and
those of dead tasks are looked at, however many tasks the day had.
"""

import datetime as dt
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.partitions import (
    ATTEMPT,
    ONE_DAY,
    OUTCOME,
    TASK,
    Parted,
    day_of,
    day_us,
    days_of,
    drop_leftovers,
    drop_partition,
    first_id,
    make_partitions,
)
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.ports.retention import Retired

_BATCH: Final = 5_000
_NOTE_BATCH: Final = 50_000


class PostgresRetention:
    """See `ports.retention.Retention`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def tend(self, keep_s: float, dead_keep_s: float) -> Retired:
        """Make the partitions of the days ahead, retire those whose rows are all older than `keep_s`.

        Histories are kept as long as the dead, which are known by them.
        """
        keep_us, dead_keep_us = microseconds(keep_s), microseconds(max(keep_s, dead_keep_s))
        async with self._pool.connection() as connection:
            made = await make_partitions(connection)
            now_us = await connection.fetchval("select penstock.clock()")
            await drop_leftovers(connection)
            await _note_days(connection, now_us)
            outcomes_dropped, outcomes_kept = await _retire_outcomes(connection, now_us - keep_us, dead_keep_us)
            attempts_dropped = await _retire_attempts(connection, now_us - dead_keep_us)
            tasks_dropped, tasks_kept = await _retire_tasks(connection)
            await _drop_kept(connection, now_us - dead_keep_us, dead_keep_us)
            await _in_batches(connection, "expire_ticks", now_us - max(keep_us, dead_keep_us))
            await _in_batches(connection, "drop_progress", now_us - max(keep_us, dead_keep_us))
            return Retired(
                partitions_made=made,
                partitions_dropped=outcomes_dropped + attempts_dropped + tasks_dropped,
                tasks_moved_aside=tasks_kept,
                outcomes_moved_aside=outcomes_kept,
                keys_expired=await _in_batches(connection, "expire_keys"),
                tokens_expired=await _in_batches(connection, "expire_tokens"),
            )


async def _note_days(connection: Connection, now_us: int) -> None:
    noted = {row[0] for row in await connection.fetch(statement("task_days_noted"))}
    for day in sorted(await days_of(connection, TASK) - noted):
        if day_us(day + 2 * ONE_DAY) > now_us:
            continue
        await _note_living(connection, day)
        await connection.execute(statement("note_day"), day)


async def _note_living(connection: Connection, day: dt.date) -> None:
    last: bytes | None = first_id(day)
    while last is not None:
        last = await connection.fetchval(statement("note_outlived"), last, first_id(day + ONE_DAY), _NOTE_BATCH)


async def _retire_outcomes(connection: Connection, until_us: int, dead_keep_us: int) -> tuple[int, int]:
    dropped = kept = 0
    for day in await _days_before(connection, OUTCOME, until_us):
        kept += await connection.fetchval(statement("keep_dead"), day_us(day), day_us(day + ONE_DAY), dead_keep_us)
        kept += await connection.fetchval(statement("keep_parents"), day_us(day), day_us(day + ONE_DAY))
        dropped += await drop_partition(connection, OUTCOME, day)
    strays_until_us = day_us(day_of(until_us))
    kept += await connection.fetchval(statement("keep_dead"), 0, strays_until_us, dead_keep_us)
    kept += await connection.fetchval(statement("keep_parents"), 0, strays_until_us)
    await _in_batches(connection, "drop_stray_outcomes", strays_until_us)
    return dropped, kept


async def _retire_attempts(connection: Connection, until_us: int) -> int:
    dropped = 0
    for day in await _days_before(connection, ATTEMPT, until_us):
        dropped += await drop_partition(connection, ATTEMPT, day)
    await _in_batches(connection, "drop_stray_attempts", day_us(day_of(until_us)))
    return dropped


async def _retire_tasks(connection: Connection) -> tuple[int, int]:
    """Drop the days of which every task that was not noted has lost its outcome."""
    dropped = kept = 0
    oldest_outcomes = await _oldest_outcomes(connection)
    standing = await days_of(connection, TASK)
    for day, noted_at_us in await connection.fetch(statement("task_days_noted")):
        if day_of(noted_at_us) >= oldest_outcomes:
            continue
        if day in standing:
            kept += await _keep_tasks(connection, day)
            if not await drop_partition(connection, TASK, day):
                continue
            dropped += 1
        await connection.execute(statement("forget_day"), day)
    await _in_batches(connection, "drop_stray_tasks", first_id(oldest_outcomes))
    return dropped, kept


async def _oldest_outcomes(connection: Connection) -> dt.date:
    """The first day of which outcomes may stand."""
    stray_us = await connection.fetchval("select min(finished_at) from penstock.outcome_default")
    strays = [] if stray_us is None else [day_of(stray_us)]
    return min([*await days_of(connection, OUTCOME), *strays], default=dt.date.min)


async def _keep_tasks(connection: Connection, day: dt.date) -> int:
    low, high = first_id(day), first_id(day + ONE_DAY)
    await _note_living(connection, day)  # once more, for an id that came later than a day after it was made
    kept, looked_at = 0, 1
    while looked_at:
        looked_at, moved = await connection.fetchrow(statement("keep_outlived"), low, high, _BATCH)
        kept += moved
    of_dead: int = await connection.fetchval(statement("keep_tasks_of_dead"), low, high)
    return kept + of_dead


async def _drop_kept(connection: Connection, until_us: int, dead_keep_us: int) -> None:
    await _in_batches(connection, "drop_kept_outcomes", dead_keep_us)
    await _in_batches(connection, "drop_kept_tasks")
    await _in_batches(connection, "drop_retry_links", first_id(day_of(until_us) - 2 * ONE_DAY))
    await _in_batches(connection, "drop_edges", first_id(day_of(until_us) - 2 * ONE_DAY))


async def _days_before(connection: Connection, parted: Parted, until_us: int) -> list[dt.date]:
    """The days that had ended by then."""
    return sorted(day for day in await days_of(connection, parted) if day_us(day + ONE_DAY) <= until_us)


async def _in_batches(connection: Connection, name: str, *arguments: Any) -> int:
    """Run a statement that takes away at most a batch until nothing is left; answers how many in all."""
    total, gone = 0, 1
    while gone:
        gone = await connection.fetchval(statement(name), *arguments, _BATCH)
        total += gone
    return total
