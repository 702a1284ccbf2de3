"""Sweeps. A step does its work and notes it in one transaction, under the sweep's row lock."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.adapters.postgres.sweep_rows import COLUMNS, begin_arguments, sweep_of
from penstock.adapters.postgres.sweep_steps import Position, handle_page
from penstock.model.errors import NotFound
from penstock.model.sweep import Sweep, step_rows
from penstock.ports.sweeps import SweepStep

_BEGIN: Final = statement("sweep_begin")
_READ: Final = statement("sweeps_read")
_STOP: Final = statement("sweep_stop")
_WAIT: Final = statement("sweep_wait")
_TAKE: Final = statement("sweep_take")
_NOTE: Final = statement("sweep_note")


class PostgresSweeps:
    """See `ports.sweeps.Sweeps`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, sweep: Sweep) -> Sweep:
        """Write the order down."""
        async with self._pool.transaction() as connection:
            await connection.execute(_BEGIN, *await begin_arguments(connection, sweep))
            return await _one(connection, sweep.namespace_id, sweep.id)

    async def stop(self, namespace_id: int, sweep_id: bytes, stopped_by: str) -> Sweep:
        """No further step is done."""
        async with self._pool.connection() as connection:
            await connection.execute(_STOP, namespace_id, sweep_id, stopped_by)
            return await _one(connection, namespace_id, sweep_id)

    async def newest(self, namespace_id: int, limit: int) -> Sequence[Sweep]:
        """The audit, the newest first."""
        return [sweep_of(row) for row in await self._pool.fetch(_READ, namespace_id, None, limit)]

    async def next_step_in_s(self) -> float | None:
        """When some running sweep may take its next step."""
        wait_us: int | None = await self._pool.value(_WAIT)
        return None if wait_us is None else wait_us / 1_000_000

    async def step(self) -> SweepStep | None:
        """Lead one running sweep on."""
        async with self._pool.transaction() as connection:
            taken = await connection.fetchrow(_TAKE)
            return None if taken is None else await _step(connection, taken)


async def _step(connection: Connection, taken: Sequence[Any]) -> SweepStep:
    values = tuple(taken)
    sweep, at = sweep_of(values[:COLUMNS]), Position(*values[COLUMNS:])
    rows_max = step_rows(sweep.rate_per_s)
    done = await handle_page(connection, sweep, at, rows_max)
    pause_us = microseconds(len(done.page) / sweep.rate_per_s)
    is_last = len(done.page) < rows_max
    await connection.execute(_NOTE, sweep.id, done.page[-1] if done.page else None, done.handled, pause_us, is_last)
    return SweepStep(
        await _one(connection, sweep.namespace_id, sweep.id), done.lanes, done.ended, done.asked, done.children
    )


async def _one(connection: Connection, namespace_id: int, sweep_id: bytes) -> Sweep:
    row = await connection.fetchrow(_READ, namespace_id, sweep_id, 1)
    if row is None:
        raise NotFound("no sweep with this id in this namespace")
    return sweep_of(row)
