"""How events leave the journal: whole days when no stream keeps them, row by row where one keeps less than others.

Every step may be repeated or cut off, and none is a long transaction.
"""

from collections.abc import Mapping
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.partitions import EVENT, ONE_DAY, day_us, days_of, drop_partition
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import HASH_BYTES, StreamId
from penstock.ports.event_retention import EventsRetired

_BATCH: Final = 5_000
_HEADS: Final = 10_000
_DAY_US: Final = microseconds(86_400)
_NONE: Final[Mapping[StreamId, int]] = {}


class PostgresEventRetention:
    """See `ports.event_retention.EventRetention`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def tend(self, keep_s: float, held_until_us: Mapping[StreamId, int] = _NONE) -> EventsRetired:
        """Retire what is older than its stream keeps it."""
        async with self._pool.connection() as connection:
            now_us: int = await connection.fetchval("select penstock.clock()")
            kept_us = await _kept_us(connection, microseconds(keep_s), now_us, held_until_us)
            longest_us = max([microseconds(keep_s), *kept_us.values()])
            days = await _drop_days(connection, now_us - longest_us)
            deleted = await _in_batches(connection, "drop_stray_events", now_us - longest_us)
            for stream_id, keep_us in kept_us.items():
                if keep_us < longest_us:
                    deleted += await _in_batches(connection, "drop_old_events", stream_id, now_us - keep_us)
            return EventsRetired(
                days_dropped=days,
                events_deleted=deleted,
                # Two days more: events go by the day, and clocks are set back.
                heads_forgotten=await _forget_heads(connection, now_us - longest_us - 2 * _DAY_US),
                keys_expired=await _in_batches(connection, "expire_event_keys"),
                tokens_expired=await _in_batches(connection, "expire_publish_tokens"),
            )


async def _kept_us(
    connection: Connection, default_us: int, now_us: int, held_until_us: Mapping[StreamId, int]
) -> dict[StreamId, int]:
    """How long each stream keeps its events. One that waits for cursors of which nothing is said keeps them longest."""
    kept: dict[StreamId, int] = {}
    for stream_id, keep_us, longest_us in await connection.fetch(statement("streams_keeping")):
        kept[stream_id] = default_us if keep_us is None else keep_us
        if longest_us is not None:
            known_us = held_until_us.get(stream_id, now_us - longest_us)
            kept[stream_id] = max(kept[stream_id], now_us - known_us)
    return kept


async def _drop_days(connection: Connection, until_us: int) -> int:
    """The days that had ended by then."""
    dropped = 0
    for day in sorted(await days_of(connection, EVENT)):
        if day_us(day + ONE_DAY) <= until_us:
            dropped += await drop_partition(connection, EVENT, day)
    return dropped


async def _forget_heads(connection: Connection, idle_since_us: int) -> int:
    forgotten = 0
    reached = (0, bytes(HASH_BYTES))
    while row := await connection.fetchrow(statement("forget_idle_heads"), *reached, idle_since_us, _HEADS):
        reached, forgotten = (row[0], row[1]), forgotten + row[2]
    return forgotten


async def _in_batches(connection: Connection, name: str, *arguments: Any) -> int:
    """Run a statement that takes away at most a batch until nothing is left; answers how many in all."""
    total, gone = 0, 1
    while gone:
        gone = await connection.fetchval(statement(name), *arguments, _BATCH)
        total += gone
    return total
