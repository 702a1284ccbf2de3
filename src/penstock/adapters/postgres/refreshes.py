"""How far refresh has come. A step is held by a lease of its own, in the row that says how far it is."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import StreamId
from penstock.model.refresh import Finding, PassCount, RefreshLoop, RefreshState, RefreshWish, StepDone, Trouble

_MAKE: Final = statement("refresh_make")
_WAIT: Final = statement("refresh_wait")
_TAKE: Final = statement("refresh_take")
_NOTE: Final = statement("refresh_note")
_ASK: Final = statement("refresh_ask")
_STANDING: Final = statement("refresh_standing")
_FOUND: Final = statement("refresh_found")
_FORGET: Final = statement("refresh_forget")
_FINDINGS: Final = statement("refresh_findings")


class PostgresRefreshes:
    """See `ports.refreshes.Refreshes`.

    A step that is lost with the last moment before a crash is made once more: so `steps` need not wait for the disk.
    """

    def __init__(self, pool: Pool, steps: Pool) -> None:
        self._pool = pool
        self._steps = steps

    async def next_step_in_s(self, wishes: Sequence[RefreshWish]) -> float | None:
        """When the first step of any of these may begin."""
        if not wishes:
            return None
        wait_us: int | None = await self._pool.value(_WAIT, *_columns(wishes))
        if wait_us is None:
            await self._pool.fetch(_MAKE, *_columns(wishes)[:2])
        return (wait_us or 0) / 1_000_000

    async def take(self, wishes: Sequence[RefreshWish], holder: str, lease_s: float) -> RefreshState | None:
        """The step that has waited longest."""
        row = await self._steps.row(_TAKE, *_columns(wishes), holder, microseconds(lease_s))
        return None if row is None else _state(row)

    async def note(self, step: RefreshState, holder: str, done: StepDone) -> bool:
        """Keep what a step has come to."""
        async with self._steps.transaction() as connection:
            place = (step.stream_id, step.loop, holder, done.mark, microseconds(done.pause_s), done.is_end)
            counts = (done.seen.subjects, done.seen.behind, done.seen.troubled)
            held = await connection.fetchval(_NOTE, *place, *counts, step.asked_by or None)
            if not held:
                return False
            await _write(connection, step.stream_id, done.found)
            if done.is_end and step.loop is RefreshLoop.FULL:
                await connection.execute(_FORGET, step.stream_id)
        return True

    async def ask(self, stream_id: StreamId, loop: RefreshLoop, asked_by: str) -> RefreshState:
        """Have a pass begin now."""
        return _state(await self._pool.row(_ASK, stream_id, loop, asked_by or None))

    async def standing(self, stream_ids: Sequence[StreamId]) -> list[RefreshState]:
        """The loops of these streams that have begun."""
        return [_state(row) for row in await self._pool.fetch(_STANDING, list(stream_ids))]

    async def findings(self, stream_id: StreamId, limit: int) -> list[Finding]:
        """What has stood longest first."""
        rows = await self._pool.fetch(_FINDINGS, stream_id, limit)
        return [_finding(row) for row in rows]


async def _write(connection: Connection, stream_id: StreamId, found: Sequence[Finding]) -> None:
    lines = sorted(found, key=lambda each: each.delivery_id)
    if not lines:
        return
    await connection.execute(
        _FOUND,
        stream_id,
        [each.delivery_id for each in lines],
        [each.lambda_id for each in lines],
        [each.trouble for each in lines],
        [each.attempts for each in lines],
        [each.crashes for each in lines],
        [each.cursor for each in lines],
        [each.head for each in lines],
        [each.stands_us for each in lines],
        [each.subject for each in lines],
    )


def _columns(wishes: Sequence[RefreshWish]) -> tuple[list[StreamId], list[RefreshLoop], list[int]]:
    return (
        [wish.stream_id for wish in wishes],
        [wish.loop for wish in wishes],
        [wish.edition for wish in wishes],
    )


def _state(row: Any) -> RefreshState:
    return RefreshState(
        row[0],
        RefreshLoop(row[1]),
        row[2],
        row[3],
        row[4] or 0,
        PassCount(*row[5:8]),
        row[8] or 0,
        row[9] or 0,
        PassCount(*row[10:13]),
        row[13],
        row[14] or "",
    )


def _finding(row: Any) -> Finding:
    values = list(row)
    values[4] = Trouble(values[4])
    return Finding(*values)
