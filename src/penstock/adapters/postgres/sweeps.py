"""Sweeps over dead letters. A step does its work and notes it in one transaction, under the sweep's row lock."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.letter_filter import lanes_wanted, until_us
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import NotFound
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind, SweepStatus, step_rows
from penstock.ports.sweeps import SweepStep

_BEGIN: Final = statement("sweep_begin")
_READ: Final = statement("sweeps_read")
_STOP: Final = statement("sweep_stop")
_WAIT: Final = statement("sweep_wait")
_TAKE: Final = statement("sweep_take")
_PAGE: Final = statement("sweep_page")
_REDRIVE: Final = statement("sweep_redrive")
_EDGES_COPY: Final = statement("edges_copy")
_PURGE: Final = statement("sweep_purge")
_NOTE: Final = statement("sweep_note")


class PostgresSweeps:
    """See `ports.sweeps.Sweeps`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, sweep: Sweep) -> Sweep:
        """Write the order down."""
        wanted = sweep.wanted
        async with self._pool.transaction() as connection:
            lanes = await lanes_wanted(connection, sweep.namespace_id, wanted)
            await connection.execute(
                _BEGIN,
                sweep.id,
                sweep.namespace_id,
                sweep.kind,
                sweep.rate_per_s,
                lanes,
                wanted.lambda_name,
                wanted.collection,
                wanted.error_type,
                wanted.cause,
                wanted.from_us,
                until_us(wanted),
                sweep.asked_by,
                sweep.reason,
            )
            return await _one(connection, sweep.namespace_id, sweep.id)

    async def stop(self, namespace_id: int, sweep_id: bytes, stopped_by: str) -> Sweep:
        """No further step is done."""
        async with self._pool.connection() as connection:
            await connection.execute(_STOP, namespace_id, sweep_id, stopped_by)
            return await _one(connection, namespace_id, sweep_id)

    async def newest(self, namespace_id: int, limit: int) -> Sequence[Sweep]:
        """The audit, the newest first."""
        return [_sweep_of(row) for row in await self._pool.fetch(_READ, namespace_id, None, limit)]

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
    sweep_id, namespace_id, kind, rate_per_s, reached, lanes, *wanted, now_us = taken
    rows_max = step_rows(rate_per_s)
    letters = [TaskId(row[0]) for row in await connection.fetch(_PAGE, namespace_id, reached, lanes, *wanted, rows_max)]
    handled: list[LaneId] = []
    if letters and kind == SweepKind.REDRIVE:
        new_ids = make_ids(now_us // 1000, sweep_id + letters[0], len(letters))
        handled = [row[0] for row in await connection.fetch(_REDRIVE, letters, new_ids)]
        await connection.execute(_EDGES_COPY, letters, new_ids)
    elif letters:
        handled = [row[0] for row in await connection.fetch(_PURGE, letters, *wanted[-2:])]
    pause_us = microseconds(len(letters) / rate_per_s)
    is_last = len(letters) < rows_max
    await connection.execute(_NOTE, sweep_id, letters[-1] if letters else None, len(handled), pause_us, is_last)
    lanes_due = frozenset(handled) if kind == SweepKind.REDRIVE else frozenset[LaneId]()
    return SweepStep(await _one(connection, namespace_id, sweep_id), lanes_due)


async def _one(connection: Connection, namespace_id: int, sweep_id: bytes) -> Sweep:
    row = await connection.fetchrow(_READ, namespace_id, sweep_id, 1)
    if row is None:
        raise NotFound("no sweep with this id in this namespace")
    return _sweep_of(row)


def _sweep_of(row: Sequence[Any]) -> Sweep:
    """As `sweeps_read` has it."""
    sweep_id, namespace_id, kind, name, collection, error_type, cause, from_us, until, *rest = row
    rate_per_s, asked_by, reason, status, handled, created_us, ended_us, stopped_by = rest
    return Sweep(
        id=sweep_id,
        namespace_id=namespace_id,
        kind=SweepKind(kind),
        wanted=DeadLetterFilter(name, collection, error_type, cause, from_us, until),
        rate_per_s=rate_per_s,
        asked_by=asked_by,
        reason=reason,
        status=SweepStatus(status),
        handled=handled,
        created_at_us=created_us,
        ended_at_us=ended_us or 0,
        stopped_by=stopped_by,
    )
