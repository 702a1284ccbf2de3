"""What the store says of the tasks, asked before or after a measured phase, never during it."""

from types import TracebackType
from typing import Any

import asyncpg
from msgspec import Struct

from benchmarks.row import RowFailed

SUCCESS = 7
FULL = 2
"""the loop of refresh that goes over every subject"""


class FullPass(Struct, frozen=True):
    """How refresh has come over all subjects of the one stream that there is."""

    compared: int = 0
    """by the pass that is under way"""
    is_over: bool = False
    """none is under way, and there was one"""
    passes: int = 0
    """a number that changes when one is over"""
    subjects: int = 0
    """of the last one that is over"""
    behind: int = 0
    took_s: float = 0.0

    def compared_since(self, earlier: "FullPass") -> int:
        """How many subjects, if one pass was over meanwhile at most."""
        if self.passes == earlier.passes:
            return self.compared - earlier.compared
        return self.subjects - earlier.compared + self.compared


class StoreReading:
    """One connection to the platform's database."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn

    async def __aenter__(self) -> "StoreReading":
        self.connection: Any = await asyncpg.connect(self._dsn)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.connection.close()

    async def now_s(self) -> float:
        """The store's clock, seconds since 1970."""
        return float(await self.connection.fetchval("select extract(epoch from penstock.clock())"))

    async def lambdas_registered(self) -> int:
        """How many lambdas a worker has registered."""
        return int(await self.connection.fetchval("select count(*) from penstock.lambda where registered"))

    async def live(self) -> int:
        """How many tasks have not ended."""
        return int(await self.connection.fetchval("select count(*) from penstock.trigger"))

    async def subjects_behind(self) -> int:
        """How many subjects have events that a cursor of theirs has not passed."""
        query = (
            "select count(*) from penstock.subject_head h"
            " join penstock.delivery d using (stream_id, subject_hash) where d.cursor <> h.head"
        )
        return int(await self.connection.fetchval(query))

    async def full_pass(self) -> FullPass:
        """Of refresh."""
        row = await self.connection.fetchrow(
            "select subjects, began_at is null and last_ended_at is not null,"
            " (extract(epoch from coalesce(last_ended_at, 'epoch')) * 1000000)::bigint, last_subjects, last_behind,"
            " coalesce(extract(epoch from last_ended_at - last_began_at), 0)::float8"
            f" from penstock.refresh where loop = {FULL}"
        )
        return FullPass(*row) if row else FullPass()

    async def have_full_pass(self) -> None:
        """Now, as `penstock refresh STREAM --now` does."""
        await self.connection.execute(
            f"update penstock.refresh set next_at = least(next_at, penstock.clock()) where loop = {FULL}"
        )

    async def settle(self) -> None:
        """Have what a large load left to be done over: pages to write out, and the vacuum that would come by itself."""
        await self.connection.execute("checkpoint")
        await self.connection.execute("vacuum (analyze) penstock.task, penstock.trigger")

    async def finished_per_s(self, from_s: float, until_s: float, window_s: float) -> list[float]:
        """Tasks ended a second, in each whole window of that time, by the times in their outcomes."""
        counts = dict(
            await self.connection.fetch(
                "select floor((extract(epoch from finished_at) - $1::float8) / $3::float8)::int, count(*)"
                " from penstock.outcome where finished_at >= to_timestamp($1::float8)"
                " and finished_at < to_timestamp($2::float8) group by 1",
                from_s,
                until_s,
                window_s,
            )
        )
        return [counts.get(window, 0) / window_s for window in range(int((until_s - from_s) / window_s + 1e-6))]

    async def last_finished_at_s(self) -> float:
        """Seconds since 1970."""
        return float(
            await self.connection.fetchval("select extract(epoch from max(finished_at)) from penstock.outcome")
        )

    async def require_all_done(self, tasks: int) -> None:
        """Every task has one outcome, a success, at the first attempt or later; raises `RowFailed` otherwise."""
        rows = await self.connection.fetch("select status, count(*) from penstock.outcome group by status")
        ended = {int(status): int(count) for status, count in rows}
        if ended != {SUCCESS: tasks}:
            raise RowFailed(f"{tasks} tasks were scheduled, but the outcomes by status are {ended}")

    async def more_than_one_claim(self) -> int:
        """How many ended tasks were claimed more than once."""
        return int(await self.connection.fetchval("select count(*) from penstock.outcome where claim > 1"))

    async def moved_by_store_consumer(self) -> float:
        """About which share of the tasks was written as new and moved to its lane later; by PostgreSQL's counters."""
        query = "select n_tup_upd::float8 / n_tup_ins from pg_stat_user_tables where relname = 'trigger'"
        return max(0.0, float(await self.connection.fetchval(query)) - 1)

    async def due_at_ns(self, tasks: int) -> list[int]:
        """When the n-th stamp task was due, nanoseconds since 1970; 0 for one that isn't there."""
        due = [0] * tasks
        rows = await self.connection.fetch(
            "select (convert_from(payload, 'utf8')::json ->> 'n')::int,"
            " (extract(epoch from scheduled_at) * 1000000)::bigint from penstock.task"
        )
        for n, at_us in rows:
            if n < tasks:
                due[n] = at_us * 1000
        return due
