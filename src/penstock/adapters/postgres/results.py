"""Outcomes by id, from the primary."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.outcomes import ended_since_us
from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.rows import outcome_of
from penstock.adapters.postgres.statements import statement
from penstock.model.identity import TaskId
from penstock.ports.results import Ended

_ENDED: Final = statement("ended")
_UNKNOWN: Final = statement("unknown")


class PostgresResults:
    """See `ports.results.Results`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def ended(self, namespace_id: int, ids: Sequence[TaskId]) -> dict[TaskId, Ended]:
        """Those among the ids that have ended."""
        if not ids:
            return {}
        wanted = sorted(set(ids))
        rows = await self._pool.fetch(_ENDED, namespace_id, wanted, wanted[0], wanted[-1], ended_since_us(wanted))
        return {row[0]: Ended(outcome_of(row), row[16], row[17]) for row in rows}

    async def unknown(self, namespace_id: int, ids: Sequence[TaskId]) -> list[TaskId]:
        """Those among the ids that name no task of the namespace, live or ended."""
        if not ids:
            return []
        wanted = sorted(set(ids))
        rows = await self._pool.fetch(_UNKNOWN, namespace_id, wanted, wanted[0], wanted[-1])
        return [row[0] for row in rows]
