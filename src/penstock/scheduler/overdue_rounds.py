"""Overdue rows: whatever was expected to happen to them has not happened in time."""

from collections.abc import Callable
from typing import Final

from penstock.model.lifecycle import OWNED, Status
from penstock.model.task import Trigger
from penstock.ports.due_work import BucketShare, DueWork
from penstock.scheduler.clock_guard import ClockGuard
from penstock.scheduler.held_rows import HeldRows
from penstock.scheduler.lambda_list import LambdaList
from penstock.scheduler.lost_leases import LostLeases
from penstock.scheduler.lost_references import LostReferences

PAGE_ROWS: Final = 1_000
PAGES_MAX: Final = 50
"""in one round; rows that cannot be moved on must not keep it going for ever"""


class OverdueRounds:
    """Every status has a next look: this is it."""

    def __init__(
        self,
        due_work: DueWork,
        share: Callable[[], BucketShare],
        guard: ClockGuard,
        lambdas: LambdaList,
        references: LostReferences,
        leases: LostLeases,
        held: HeldRows,
    ) -> None:
        self._due_work = due_work
        self._share = share
        self._guard = guard
        self._lambdas = lambdas
        self._references = references
        self._leases = leases
        self._held = held

    async def look(self) -> int:
        """One round; answers how many rows were looked after. Raises `Unavailable`."""
        seen = 0
        for _ in range(PAGES_MAX):
            await self._guard.look()
            await self._lambdas.refresh()
            share = self._share()
            rows = await self._due_work.overdue(share, PAGE_ROWS) if share else []
            await self._look_after(rows)
            seen += len(rows)
            if len(rows) < PAGE_ROWS:
                break
        return seen

    async def _look_after(self, rows: list[Trigger]) -> None:
        """Leases first: somebody's work stands still."""
        await self._leases.look_after([row for row in rows if row.status in OWNED])
        waiting = [row for row in rows if row.status not in OWNED]
        await self._leases.cancel([row for row in waiting if row.cancel_requested])
        waiting = [row for row in waiting if not row.cancel_requested]
        await self._held.look_after([row for row in waiting if row.status is Status.HELD])
        await self._references.look_after([row for row in waiting if row.status is Status.ENQUEUED])
