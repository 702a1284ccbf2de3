"""What one step of a sweep does to its tasks. The caller holds the transaction and the sweep's row lock."""

from collections.abc import Sequence
from typing import Any, Final

from msgspec import Struct

from penstock.adapters.postgres.families import FamilyEnds
from penstock.adapters.postgres.letter_filter import EVER_US
from penstock.adapters.postgres.mixed_changes import apply_in_order
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.retrying import join_parents
from penstock.adapters.postgres.rows import trigger_of
from penstock.adapters.postgres.selection import task_terms
from penstock.adapters.postgres.statements import statement
from penstock.model import verdict
from penstock.model.changes import Finish
from penstock.model.family import NO_CHILDREN, ChildrenMoved
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Status
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind

_ENDED: Final = statement("sweep_ended")
_LIVE: Final = statement("sweep_live")
_REDRIVE: Final = statement("sweep_redrive")
_PURGE: Final = statement("sweep_purge")


class Position(Struct, frozen=True):
    """Where a sweep stands."""

    reached: TaskId | None
    """the last id that was looked at"""
    lanes: list[LaneId] | None
    """None: all"""
    last_id: TaskId | None
    """of the live tasks that stood at the order"""
    now_us: int


class Done(Struct, frozen=True):
    """What became of one page."""

    page: Sequence[TaskId]
    handled: int
    lanes: frozenset[LaneId] = frozenset()
    ended: Sequence[TaskId] = ()
    asked: Sequence[TaskId] = ()
    children: ChildrenMoved = NO_CHILDREN


async def handle_page(connection: Connection, sweep: Sweep, at: Position, rows_max: int) -> Done:
    """Take the next tasks, and do to them what the order says."""
    if sweep.kind is SweepKind.CANCEL:
        return await _cancel(connection, sweep, at, rows_max)
    page = await _ended_page(connection, sweep, at, rows_max)
    if not page:
        return Done(page, 0)
    if sweep.kind is SweepKind.PURGE:
        assert isinstance(sweep.wanted, DeadLetterFilter)
        gone = await connection.fetch(_PURGE, page, sweep.wanted.from_us, sweep.wanted.until_us)
        return Done(page, len(gone))
    new_ids = make_ids(at.now_us // 1000, sweep.id + page[0], len(page))
    made = await connection.fetch(_REDRIVE, page, new_ids)
    taken_back = await join_parents(connection, sweep.namespace_id, page, new_ids)
    return Done(page, len(made) - taken_back, lanes=frozenset(LaneId(row[0]) for row in made))


async def _ended_page(connection: Connection, sweep: Sweep, at: Position, rows_max: int) -> list[TaskId]:
    wanted = sweep.wanted
    if isinstance(wanted, DeadLetterFilter):
        letters = [wanted.error_type, wanted.cause, wanted.from_us, wanted.until_us]
        statuses, collection, terms = [Status.DEAD], wanted.collection, [None, None, None]
    else:
        letters = ["", "", 0, sweep.created_at_us or EVER_US]
        statuses = list(wanted.statuses)
        collection, *terms = task_terms(wanted)
    rows = await connection.fetch(
        _ENDED, sweep.namespace_id, at.reached, at.lanes, collection, *letters, rows_max, statuses, *terms
    )
    return [TaskId(row[0]) for row in rows]


async def _cancel(connection: Connection, sweep: Sweep, at: Position, rows_max: int) -> Done:
    wanted: Any = sweep.wanted
    statuses, terms = list(wanted.statuses), task_terms(wanted)
    rows = await connection.fetch(
        _LIVE, sweep.namespace_id, at.reached, at.lanes, statuses, *terms, at.last_id, rows_max
    )
    if not rows:
        return Done((), 0)
    changes = [verdict.cancel(trigger_of(row)) for row in rows]
    ends = FamilyEnds()
    held = await apply_in_order(connection, changes, ends.end)
    done = [change for change, applied in zip(changes, held, strict=True) if applied]
    return Done(
        page=[change.id for change in changes],
        handled=len(done),
        ended=[change.id for change in done if isinstance(change, Finish)],
        asked=[change.id for change in done if not isinstance(change, Finish)],
        children=ends.moved,
    )
