"""Claims whose lease has run out: their holders have stopped by now, whoever they were."""

import logging
from collections.abc import Callable, Sequence

from penstock.model import verdict
from penstock.model.changes import Change, Finish
from penstock.model.delivery import is_delivery
from penstock.model.lane import LaneId
from penstock.model.task import Trigger
from penstock.ports.due_work import DueWork
from penstock.ports.signals import Signals, Topic
from penstock.ports.transitions import Transitions
from penstock.scheduler.clock_guard import ClockGuard
from penstock.scheduler.lambda_list import LambdaList
from penstock.scheduler.lost_deliveries import LostDeliveries

log = logging.getLogger(__name__)


class LostLeases:
    """`hear` is told of tasks that are due again."""

    def __init__(
        self,
        due_work: DueWork,
        transitions: Transitions,
        signals: Signals,
        lambdas: LambdaList,
        guard: ClockGuard,
        chance: Callable[[], float],
        hear: Callable[[LaneId, int], None],
        lease_s: float,
        deliveries: LostDeliveries,
    ) -> None:
        self._deliveries = deliveries
        self._due_work = due_work
        self._transitions = transitions
        self._signals = signals
        self._lambdas = lambdas
        self._guard = guard
        self._chance = chance
        self._hear = hear
        self._lease_s = lease_s

    async def look_after(self, rows: Sequence[Trigger]) -> None:
        """Claimed and processing rows, overdue; raises `Unavailable`: then the same rows come again."""
        if not rows:
            return
        # Once more, after the rows were read: the clock may have jumped since the last look, and then
        # it is only the jump that makes them overdue.
        await self._guard.look()
        rows = await self._of_this_clock(rows)
        if self._guard.may_end_leases():
            ended = await self._end([row for row in rows if not is_delivery(row.id)])
            of_subjects = [row for row in rows if is_delivery(row.id)]
            ended += await self._deliveries.end_leases(of_subjects) if of_subjects else 0
            log.warning("%d leases have run out; %d were ended", len(rows), ended)
        elif rows:
            await self._due_work.look_later(rows, self._guard.opens_in_s())

    async def _of_this_clock(self, rows: Sequence[Trigger]) -> Sequence[Trigger]:
        """Whoever holds one of the others may have renewed it just now: it has a whole lease to do so again."""
        good = [row for row in rows if self._guard.is_of_this_clock(row.trigger_at_us)]
        odd = [row for row in rows if row not in good] if len(good) < len(rows) else []
        if not odd:
            return rows
        log.error("%d leases ran out before they could have: the clock was elsewhere when they were renewed", len(odd))
        await self._due_work.look_later(odd, self._lease_s)
        return good

    async def cancel(self, rows: Sequence[Trigger]) -> None:
        """Waiting rows whose cancel was requested while they ran; raises `Unavailable`."""
        if rows:
            await self._apply(rows, [verdict.cancel(row) for row in rows])

    async def _end(self, rows: Sequence[Trigger]) -> int:
        return await self._apply(rows, [self._lapse(row) for row in rows]) if rows else 0

    def _lapse(self, row: Trigger) -> Change:
        return verdict.lapse(row, self._lambdas.policy(row.lane), self._chance())

    async def _apply(self, rows: Sequence[Trigger], changes: Sequence[Change]) -> int:
        held = await self._transitions.apply(changes)
        done = [(row, change) for row, change, holds in zip(rows, changes, held, strict=True) if holds]
        ended = [change.id for _, change in done if isinstance(change, Finish)]
        if ended:
            self._signals.send(Topic.ENDED, b"".join(ended))
        for row, change in done:
            if not isinstance(change, Finish):
                self._hear(row.lane, row.trigger_at_us)
        return len(done)
