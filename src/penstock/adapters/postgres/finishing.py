"""Endings: the hot row goes, the outcome comes, in one statement."""

from collections.abc import Sequence
from typing import Final, TypeGuard

from penstock.adapters.postgres.codecs import column, even_column, optional_column
from penstock.adapters.postgres.guards import legal_sources
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import Change, Finish
from penstock.model.identity import TaskId
from penstock.model.lifecycle import ENDINGS, Event, Status

_FINISH_SUCCESSES: Final = statement("finish_successes")
_FINISH: Final = statement("finish")
assert ENDINGS[Event.SUCCEEDED].costs_attempt  # finish_successes.sql adds that one


def are_plain(changes: Sequence[Change]) -> TypeGuard[Sequence[Finish]]:
    """Whether all are successes under a claim, each of another task."""
    succeeded, success = Event.SUCCEEDED, Status.SUCCESS
    for change in changes:
        if (
            type(change) is not Finish
            or change.event is not succeeded
            or change.status is not success
            or change.claim is None
            or change.history is not None
            or change.reason
            or change.seen_trigger_at_us is not None
        ):
            return False
    return len({change.id for change in changes}) == len(changes)


async def finish_successes(connection: Connection, finishes: Sequence[Finish]) -> list[bool]:
    """The plain case: one statement, few columns."""
    in_order = sorted(finishes, key=_id)
    count, ended = await connection.fetchrow(
        _FINISH_SUCCESSES,
        [finish.id for finish in in_order],
        even_column([finish.claim for finish in in_order]),
        column([finish.run_us for finish in in_order]),
        column([finish.result for finish in in_order]),
        column([finish.result_left_out for finish in in_order]),
        even_column([finish.executor for finish in in_order]),
        optional_column([finish.namespace_id for finish in in_order]),
    )
    return [True] * len(finishes) if count == len(finishes) else _which(finishes, ended)


class MayHaveChildren(Exception):
    """Some of the tasks did not end: refused, or somebody waits for them. The transaction is to be begun anew."""


async def finish_childless(connection: Connection, finishes: Sequence[Finish]) -> list[TaskId]:
    """Any endings, each of another task; answers the ids, which are all. Raises `MayHaveChildren` otherwise."""
    ended, _ = await finish(connection, finishes, locked=False)
    if len(ended) < len(finishes):
        raise MayHaveChildren
    return ended


async def finish(
    connection: Connection, finishes: Sequence[Finish], *, locked: bool
) -> tuple[list[TaskId], list[TaskId]]:
    """Any endings, each of another task; answers the ids whose guard held, and those of them that have children.

    Without `locked`, which says that the caller holds the locks of the children, too, those are left as they are.
    """
    in_order = sorted(finishes, key=_id)
    ended, with_children = await connection.fetchrow(
        _FINISH,
        [f.id for f in in_order],
        [f.claim for f in in_order],
        [legal_sources(f.event, f.status) for f in in_order],
        [f.status for f in in_order],
        [f.add_attempts for f in in_order],
        [f.add_crashes for f in in_order],
        [f.add_lapses for f in in_order],
        [f.run_us for f in in_order],
        [f.result for f in in_order],
        [f.result_left_out for f in in_order],
        [f.failure.type for f in in_order],
        [f.failure.message for f in in_order],
        [f.failure.traceback for f in in_order],
        [f.executor for f in in_order],
        [f.reason for f in in_order],
        [f.seen_trigger_at_us for f in in_order],
        optional_column([f.namespace_id for f in in_order]),
        locked,
    )
    return ended or [], with_children or []


def _which(finishes: Sequence[Finish], ended: Sequence[bytes] | None) -> list[bool]:
    among = frozenset(ended or ())
    return [finish.id in among for finish in finishes]


def _id(change: Change) -> TaskId:
    return change.id
