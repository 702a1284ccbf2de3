"""Changes of live rows: claims, heartbeats, endings. Ids travel sorted, so that two batches never wait in a ring."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import column, microseconds, optional_column
from penstock.adapters.postgres.families import FamilyEnds
from penstock.adapters.postgres.finishing import MayHaveChildren, are_plain, finish_childless, finish_successes
from penstock.adapters.postgres.mixed_changes import apply_in_order
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.progress import note_progress
from penstock.adapters.postgres.quarantine import sort_out
from penstock.adapters.postgres.repeats import applied_before
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import Change
from penstock.model.family import ChildrenMoved
from penstock.model.identity import TaskId, text_of
from penstock.model.limits import GATE_LOOK_S
from penstock.model.task import Claimed, Trigger
from penstock.model.work import Beat, HeartbeatAnswer

_CLAIM: Final = statement("claim")
_HEARTBEAT: Final = statement("heartbeat")
_READ: Final = statement("read_triggers")


_PAYLOAD: Final = 3
_GATE_LOOK_US: Final = microseconds(GATE_LOOK_S)
_log: Final = logging.getLogger(__name__)


class PostgresTransitions:
    """See `ports.transitions.Transitions`."""

    def __init__(self, pool: Pool, successes: Pool) -> None:
        self._pool = pool
        self._successes = successes
        self._tell: Callable[[ChildrenMoved], None] = _nobody

    def on_children(self, tell: Callable[[ChildrenMoved], None]) -> None:
        """Have it told what an `apply` did to children of what it ended."""
        self._tell = tell

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[Claimed]:
        """Claim those that are enqueued."""
        if not ids:
            return []
        rows = await self._pool.fetch(_CLAIM, ids, min(ids), max(ids), microseconds(lease_s), _GATE_LOOK_US)
        if any(row[_PAYLOAD] is None for row in rows):
            rows = _with_payloads(rows)
        return [Claimed(*row) for row in rows]

    async def heartbeat(self, beats: Sequence[Beat], lease_s: float) -> HeartbeatAnswer:
        """Renew the leases of current claims."""
        if not beats:
            return HeartbeatAnswer()
        told: dict[tuple[TaskId, int], Beat] = {}
        for beat in beats:
            stands = told.get((beat.id, beat.claim))
            if stands is None or (beat.started and not stands.started):
                told[beat.id, beat.claim] = beat
        in_order = [told[key] for key in sorted(told)]
        rows = await self._pool.fetch(
            _HEARTBEAT,
            [beat.id for beat in in_order],
            [beat.claim for beat in in_order],
            [beat.started for beat in in_order],
            microseconds(lease_s),
            [beat.run_us for beat in in_order],
            column([beat.executor for beat in in_order]),
            optional_column([beat.namespace_id for beat in in_order]),
        )
        current = {row[0]: row[1] for row in rows}
        await note_progress(self._pool, [beat for beat in in_order if beat.progress and beat.id in current])
        return HeartbeatAnswer(
            refused=frozenset(beat.id for beat in beats if beat.id not in current),
            cancel_requested=frozenset(task_id for task_id, requested in current.items() if requested),
        )

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, Trigger]:
        """The live rows among these ids."""
        rows = await self._pool.fetch(_READ, ids) if ids else []
        known, _ = sort_out(rows)
        return {row.id: row for row in known}

    async def apply(self, changes: Sequence[Change]) -> list[bool]:
        """Apply each change whose guard holds."""
        if not changes:
            return []
        if are_plain(changes):
            async with self._successes.connection() as connection:
                held = await finish_successes(connection, changes)
        else:
            held = await self._apply_to_childless(changes)
        if not all(held):
            held = await self._apply_to_families(changes, held)
        if all(held):
            return held
        return await applied_before(self._pool, changes, held)

    async def _apply_to_childless(self, changes: Sequence[Change]) -> list[bool]:
        """All or none: one of them may have children, and their locks come first."""
        try:
            async with self._pool.transaction() as connection:
                return await apply_in_order(connection, changes, finish_childless)
        except MayHaveChildren:
            return [False] * len(changes)

    async def _apply_to_families(self, changes: Sequence[Change], held: Sequence[bool]) -> list[bool]:
        """What is left, with a word to the children of what ends."""
        rest = [change for change, holds in zip(changes, held, strict=True) if not holds]
        ends = FamilyEnds()
        async with self._pool.transaction() as connection:
            answers = iter(await apply_in_order(connection, rest, ends.end))
        if ends.moved:
            self._tell(ends.moved)
        return [holds or next(answers) for holds in held]


def _nobody(_: ChildrenMoved) -> None:
    """Who is not told finds it by looking."""


def _with_payloads(rows: Sequence[Any]) -> list[Any]:
    """A live row without its task cannot be run: it keeps its claim until its leases end it, and harms no other."""
    for row in rows:
        if row[_PAYLOAD] is None:
            _log.error("task %s has a live row and no task: delete its row in penstock.trigger", text_of(row[0]))
    return [row for row in rows if row[_PAYLOAD] is not None]
