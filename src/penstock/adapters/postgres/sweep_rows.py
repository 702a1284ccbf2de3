"""Sweeps as the store keeps them."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.letter_filter import EVER_US, known_lanes, until_us
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.selection import attributes_json, attributes_of
from penstock.model.lifecycle import Status
from penstock.model.selection import TaskSelection
from penstock.model.sweep import OVER_LETTERS, DeadLetterFilter, Sweep, SweepKind, SweepStatus

COLUMNS: Final = 21
"""of a sweep, where more follows"""


async def begin_arguments(connection: Connection, sweep: Sweep) -> list[Any]:
    """As `sweep_begin` takes them; raises `NotFound` for a lambda that nobody has heard of."""
    wanted = sweep.wanted
    lanes = await known_lanes(connection, sweep.namespace_id, wanted.lambda_name)
    if isinstance(wanted, DeadLetterFilter):
        letters = [wanted.error_type, wanted.cause, wanted.from_us, until_us(wanted)]
        tasks: list[Any] = [None, None, None, None]
    else:
        letters = ["", "", 0, EVER_US]
        tasks = [
            list(wanted.statuses),
            wanted.scheduled_from_us or None,
            wanted.scheduled_until_us or None,
            attributes_json(wanted.attributes),
        ]
    order = [sweep.id, sweep.namespace_id, sweep.kind, sweep.rate_per_s, lanes, wanted.lambda_name, wanted.collection]
    return [*order, *letters, sweep.asked_by, sweep.reason, *tasks, sweep.kind is SweepKind.CANCEL]


def sweep_of(row: Sequence[Any]) -> Sweep:
    """As `sweeps_read` has it."""
    sweep_id, namespace_id, kind, name, collection, error_type, cause, from_us, until, *rest = row
    rate_per_s, asked_by, reason, status, handled, created_us, ended_us, stopped_by, *tasks = rest
    letters = DeadLetterFilter(name, collection, error_type, cause, from_us, until)
    return Sweep(
        id=sweep_id,
        namespace_id=namespace_id,
        kind=SweepKind(kind),
        wanted=letters if kind in OVER_LETTERS else _selection_of(name, collection, tasks),
        rate_per_s=rate_per_s,
        asked_by=asked_by,
        reason=reason,
        status=SweepStatus(status),
        handled=handled,
        created_at_us=created_us,
        ended_at_us=ended_us or 0,
        stopped_by=stopped_by,
    )


def _selection_of(name: str, collection: str, tasks: Sequence[Any]) -> TaskSelection:
    statuses, from_us, until, attributes = tasks
    named = tuple(Status(status) for status in statuses)
    return TaskSelection(name, collection, named, from_us or 0, until or 0, attributes_of(attributes))
