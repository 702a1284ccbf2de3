"""Changes of all kinds in one transaction. A task that is named twice gets its changes one after the other."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from penstock.adapters.postgres.codecs import optional_column
from penstock.adapters.postgres.guards import legal_sources
from penstock.adapters.postgres.pools import Connection
from penstock.adapters.postgres.statements import statement
from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.identity import TaskId
from penstock.model.task import Attempt

_MOVE: Final = statement("move")
_ASK_TO_CANCEL: Final = statement("ask_to_cancel")
_ADD_ATTEMPTS: Final = statement("add_attempts")


End = Callable[[Connection, Sequence[Finish]], Awaitable[Sequence[TaskId]]]
"""Ends tasks, each of them another one, and answers whose guard held."""


async def apply_in_order(connection: Connection, changes: Sequence[Change], end: End) -> list[bool]:
    """Applies what its guard lets through; says which. The caller holds the transaction."""
    held = [False] * len(changes)
    for positions in _rounds(changes):
        applied = await _apply_round(connection, [changes[position] for position in positions], end)
        for position in positions:
            held[position] = changes[position].id in applied
    return held


def _rounds(changes: Sequence[Change]) -> list[list[int]]:
    """Positions, split so that no round names a task twice."""
    rounds: list[list[int]] = []
    seen: dict[TaskId, int] = {}
    for position, change in enumerate(changes):
        turn = seen[change.id] = seen.get(change.id, -1) + 1
        if turn == len(rounds):
            rounds.append([])
        rounds[turn].append(position)
    return rounds


async def _apply_round(connection: Connection, changes: Sequence[Change], end: End) -> frozenset[TaskId]:
    finishes = [change for change in changes if isinstance(change, Finish)]
    moves = [change for change in changes if isinstance(change, Move)]
    cancels = [change for change in changes if isinstance(change, AskToCancel)]
    applied: list[TaskId] = []
    if finishes:
        applied += await end(connection, finishes)
    if moves:
        applied += await _move(connection, moves)
    if cancels:
        applied += await connection.fetchval(_ASK_TO_CANCEL, [cancel.id for cancel in cancels]) or []
    ids = frozenset(applied)
    ended: list[Finish | Move] = [*finishes, *moves]
    await add_attempts(connection, [change.history for change in ended if change.history and change.id in ids])
    return ids


async def _move(connection: Connection, moves: Sequence[Move]) -> list[TaskId]:
    in_order = sorted(moves, key=lambda move: move.id)
    moved = await connection.fetchval(
        _MOVE,
        [m.id for m in in_order],
        [m.claim for m in in_order],
        [legal_sources(m.event, m.status) for m in in_order],
        [m.status for m in in_order],
        [m.delay_us for m in in_order],
        [m.add_attempts for m in in_order],
        [m.add_crashes for m in in_order],
        [m.add_lapses for m in in_order],
        [m.suspect for m in in_order],
        [m.seen_trigger_at_us for m in in_order],
        optional_column([m.namespace_id for m in in_order]),
    )
    return moved or []


async def add_attempts(connection: Connection, lines: Sequence[Attempt]) -> None:
    """Lines of history."""
    if lines:
        await connection.execute(
            _ADD_ATTEMPTS,
            [line.id for line in lines],
            [line.run_us for line in lines],
            [line.claim for line in lines],
            [line.ending for line in lines],
            [line.failure.type for line in lines],
            [line.failure.message for line in lines],
            [line.failure.traceback for line in lines],
            [line.executor for line in lines],
        )
