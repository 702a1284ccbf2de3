"""Replays: their rows beside those of their subjects, and who holds the place that both share.

Locks go from a subject's row to its replay's where a replay is claimed. Where a claim ends they go the other way; that
one is owned then, and who claims does not touch it.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.pools import Connection, Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.cursors import CursorOrderKind, ReplayOrder
from penstock.model.delivery import replay_id, replayed_id
from penstock.model.delivery_row import DeliveryChange, Part, Settle
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.limits import GATE_LOOK_S, REPLAY_LOOK_S

_BEGIN: Final = statement("replays_begin")
_LEND: Final = statement("replay_lend")
_DEFER: Final = statement("replay_defer")
_LOCK: Final = statement("replay_lock")
_GIVE_BACK: Final = statement("replay_give_back")
_END: Final = statement("replay_end")
_LETTERS: Final = statement("replay_letters")


class PostgresReplays:
    """See `ports.replays.Replays`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def begin(self, orders: Sequence[ReplayOrder]) -> list[bool]:
        """One statement; ids travel sorted."""
        if not orders:
            return []
        in_order = sorted(orders, key=lambda order: order.id)
        rows = await self._pool.fetch(
            _BEGIN,
            [order.id for order in in_order],
            [replay_id(order.id) for order in in_order],
            [order.after for order in in_order],
            [order.upto for order in in_order],
            [order.kind for order in in_order],
            [order.who for order in in_order],
            [order.reason for order in in_order],
            CursorOrderKind.REDRIVE,
        )
        made = {row[0] for row in rows}
        return [replay_id(order.id) in made for order in orders]


class Places:
    """The places that replays take and give back, within the transaction of `connection`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lend(self, replays: Sequence[TaskId]) -> list[TaskId]:
        """Those of the replays that may be claimed now: nobody runs their subjects. The others come later."""
        ids = sorted(set(replays))
        subjects = [replayed_id(each) for each in ids]
        rows = await self._connection.fetch(_LEND, subjects, ids, microseconds(GATE_LOOK_S))
        lent = {replay_id(TaskId(row[0])) for row in rows}
        busy = [each for each in ids if each not in lent]
        if busy:
            later = microseconds(REPLAY_LOOK_S)
            await self._connection.execute(_DEFER, busy, [replayed_id(each) for each in busy], later)
        return [each for each in ids if each in lent]

    async def give_back(self, replays: Sequence[TaskId]) -> set[LaneId]:
        """Answers the lanes in which something is due."""
        if not replays:
            return set()
        rows = await self._connection.fetch(_GIVE_BACK, sorted(map(replayed_id, replays)))
        return {LaneId(lane) for lane, is_due in rows if is_due}

    async def stood(self, changes: Sequence[DeliveryChange]) -> dict[TaskId, tuple[int, int]]:
        """The cursors and heads of those that the changes are about, locked."""
        rows = await self._connection.fetch(_LOCK, [each.id for each in changes], [each.claim for each in changes])
        return {TaskId(row[0]): (row[1], row[2]) for row in rows}

    async def tellers(self, settles: Sequence[Settle]) -> Mapping[TaskId, TaskId]:
        """By which row a dead event of a replay is told: its subject's, when it was dead for that one, too."""
        dead = {replayed_id(each.id): each.letter.event.sequence for each in settles if each.letter is not None}
        rows: list[Any] = await self._connection.fetch(_LETTERS, list(dead), list(dead.values())) if dead else []
        return {replay_id(TaskId(row[0])): TaskId(row[0]) for row in rows}

    async def end(self, done: Sequence[Part]) -> set[LaneId]:
        """Claims that are over, and what each has done. Answers the lanes in which something is due."""
        if not done:
            return set()
        ids, after, upto = zip(*((part.id, part.after, part.upto) for part in done), strict=True)
        await self._connection.execute(_END, ids, [replayed_id(each) for each in ids], after, upto)
        return await self.give_back(ids)
