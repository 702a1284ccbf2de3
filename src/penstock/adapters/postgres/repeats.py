"""Refused, or applied before? A caller who does not know whether its call committed makes it again."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.outcomes import ended_since_us
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import AskToCancel, Change, Finish
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event, Status

_APPLIED_BEFORE: Final = statement("applied_before")


async def applied_before(pool: Pool, changes: Sequence[Change], held: Sequence[bool]) -> list[bool]:
    """`held`, with what was refused only because it stands already counted as held."""
    ids = sorted({change.id for change, holds in zip(changes, held, strict=True) if not holds})
    rows = await pool.fetch(_APPLIED_BEFORE, ids, ids[0], ids[-1], ended_since_us(ids))
    outcomes = {(row[0], row[1], Status(row[2])): row[4] for row in rows if row[2] is not None}
    lines = {(row[0], row[1], Event(row[3])): row[4] for row in rows if row[3] is not None}
    return [holds or _stands(change, outcomes, lines) for change, holds in zip(changes, held, strict=True)]


def _stands(
    change: Change, outcomes: dict[tuple[TaskId, int, Status], int], lines: dict[tuple[TaskId, int, Any], int]
) -> bool:
    """Both by what they say, each with its namespace."""
    if isinstance(change, AskToCancel):
        return False
    if isinstance(change, Finish):
        if change.claim is None:
            return any(task == change.id and status is change.status for task, _, status in outcomes)
        key = (change.id, change.claim, change.status)
        return key in outcomes and change.namespace_id in {None, outcomes[key]}
    line = change.history
    if line is None:
        return False
    said = (line.id, line.claim, line.ending)
    return said in lines and change.namespace_id in {None, lines[said]}
