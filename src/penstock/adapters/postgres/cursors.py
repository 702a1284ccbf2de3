"""The cursors of subscriptions, looked at from aside, and what is ordered about them."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.delivery_columns import row_of
from penstock.adapters.postgres.delivery_followers import Followers, Ranged
from penstock.adapters.postgres.delivery_room import Rooms
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.rows import failure_of
from penstock.adapters.postgres.statements import statement
from penstock.model.cursors import (
    CursorCount,
    CursorOrder,
    CursorOrderKind,
    CursorOrderLine,
    IdleRow,
    KeptLetter,
    StandingRow,
)
from penstock.model.delivery_row import EventLetter
from penstock.model.event import StoredEvent
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.lifecycle import HELD_FOR, Status
from penstock.model.limits import CURSORS_COUNT_MAX, CURSORS_IN_MOTION_MAX
from penstock.model.refresh import Behind
from penstock.ports.deliveries import no_room

_BEHIND: Final = statement("cursors_behind")
_COUNT: Final = statement("cursors_count")
_SLOWEST: Final = statement("cursors_slowest")
_ROWS: Final = statement("cursors_rows")
_LETTERS: Final = statement("cursors_letters")
_ORDERS: Final = statement("cursors_orders")
_OBEY: Final = {
    CursorOrderKind.SKIP: statement("cursors_skip"),
    CursorOrderKind.REDRIVE: statement("cursors_redrive"),
}
_NOTE: Final = statement("cursors_note")
_PAGE: Final = statement("cursors_page")
_FORGET: Final = statement("cursors_forget")


class PostgresCursors:
    """See `ports.cursors.Cursors`."""

    def __init__(self, pool: Pool, rooms: Rooms) -> None:
        self._pool = pool
        self._rooms = rooms

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        """Those whose cursors are below these heads, or which are missing."""
        rows = await self._pool.fetch(_BEHIND, ids, heads) if ids else []
        return [_behind(row) for row in rows]

    async def counts(self, lambda_ids: Sequence[LambdaId]) -> list[CursorCount]:
        """Of these subscriptions."""
        bounds = (CURSORS_COUNT_MAX, CURSORS_IN_MOTION_MAX, HELD_FOR)
        rows = await self._pool.fetch(_COUNT, list(lambda_ids), *bounds) if lambda_ids else []
        return [_count(row) for row in rows]

    async def slowest(self, lambda_id: LambdaId, limit: int) -> list[StandingRow]:
        """What has stood longest first."""
        bounds = (CURSORS_COUNT_MAX, CURSORS_IN_MOTION_MAX, HELD_FOR)
        return [_standing(row) for row in await self._pool.fetch(_SLOWEST, lambda_id, *bounds, limit)]

    async def rows(self, ids: Sequence[TaskId]) -> list[StandingRow]:
        """The rows among these."""
        return [_standing(row) for row in await self._pool.fetch(_ROWS, ids)] if ids else []

    async def letters(self, lambda_id: LambdaId, subject_hash: bytes, limit: int) -> list[KeptLetter]:
        """The latest first."""
        return [_letter(row) for row in await self._pool.fetch(_LETTERS, lambda_id, subject_hash or None, limit)]

    async def orders(self, lambda_id: LambdaId, limit: int) -> list[CursorOrderLine]:
        """The latest first."""
        rows = await self._pool.fetch(_ORDERS, lambda_id, limit)
        return [CursorOrderLine(CursorOrderKind(row[0]), *row[1:]) for row in rows]

    async def obey(self, order: CursorOrder) -> bool:
        """In one transaction, with what goes after the row."""
        async with self._pool.transaction() as connection:
            row = await connection.fetchrow(_OBEY[order.kind], order.id, order.sequence, order.cursor)
            if row is None:
                return False
            moved = Ranged(LaneId(row[1]), row[2], row[3], row[4], TaskId(row[0]))
            lambda_id = lambda_of(moved.lane)
            said = (order.kind, moved.subject, order.who, order.reason)
            await connection.execute(_NOTE, order.id, order.sequence, lambda_id, *said)
            await Followers(connection, self._rooms, no_room).lift_after([moved])
        return True

    async def page(self, after: TaskId, limit: int) -> list[IdleRow]:
        """Rows in the order of their ids."""
        rows = await self._pool.fetch(_PAGE, after, limit)
        return [IdleRow(row[0], row[1], row[2], row[3], row[4], -1 if row[5] is None else row[5]) for row in rows]

    async def forget(self, rows: Sequence[IdleRow]) -> int:
        """Remove those that are still idle where they were."""
        gone: int = await self._pool.value(_FORGET, [row.id for row in rows], [row.cursor for row in rows])
        return gone


def _behind(row: Any) -> Behind:
    number, cursor, head, status, held_for, *more = row
    return Behind(number, -1) if cursor is None else Behind(number, cursor, head, Status(status), held_for or "", *more)


def _standing(row: Any) -> StandingRow:
    return StandingRow(row_of(row[:-1]), row[-1])


def _count(row: Any) -> CursorCount:
    values = list(row)
    values[-1] = values[-1] or 0  # nothing stands
    return CursorCount(*values)


def _letter(row: Any) -> KeptLetter:
    values = list(row[:11])
    values[8] = values[8] or 0  # it happened when it was stored
    event = StoredEvent(*values)
    attempts, crashes, blocks, reason = row[11:15]
    letter = EventLetter(event, attempts, crashes, blocks, reason, failure_of(row[15:18]), row[18])
    return KeptLetter(letter, row[19])
