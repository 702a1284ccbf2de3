"""The cursors of subscriptions, looked at from aside."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from penstock.model.refresh import Behind

_BEHIND: Final = statement("cursors_behind")


class PostgresCursors:
    """See `ports.cursors.Cursors`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        """Those whose cursors are below these heads, or which are missing."""
        rows = await self._pool.fetch(_BEHIND, ids, heads) if ids else []
        return [_behind(row) for row in rows]


def _behind(row: Any) -> Behind:
    number, cursor, head, status, held_for, *more = row
    return Behind(number, -1) if cursor is None else Behind(number, cursor, head, Status(status), held_for or "", *more)
