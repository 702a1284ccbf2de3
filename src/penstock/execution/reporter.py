"""Brings reports to an orchestrator until they are accepted. Whatever waits goes in the next call."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from penstock.execution.backoff import Backoff
from penstock.execution.held import Held
from penstock.execution.tuning import REPORTS_IN_FLIGHT, Terms
from penstock.model.errors import PenstockError, Unavailable
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.model.task import Report
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.seat import Seat

_LOG = logging.getLogger("penstock.execution")
_ROW_BYTES = 64


class Reporter:
    """`refused` and `lost` count reports that were not current any more, or could not be brought in time."""

    def __init__(
        self,
        executor: str,
        orchestrators: Orchestrators,
        seat: Seat,
        terms: Terms,
        on_settled: Callable[[Held], None],
    ) -> None:
        self.refused = 0
        self.lost = 0
        self._executor = executor
        self._orchestrators = orchestrators
        self._seat = seat
        self._terms = terms
        self._on_settled = on_settled
        self._waiting: deque[Held] = deque()
        self._something = asyncio.Event()

    def add(self, held: Held) -> None:
        """A claim with its report; it stays held until `on_settled`."""
        self._waiting.append(held)
        self._something.set()

    async def run(self) -> None:
        """For ever, with a few calls in flight."""
        async with asyncio.TaskGroup() as couriers:
            for _ in range(REPORTS_IN_FLIGHT):
                couriers.create_task(self._carry())

    async def _carry(self) -> None:
        while True:
            await self._something.wait()
            batch = self._next_batch()
            if batch:
                await self._bring(batch)

    def _next_batch(self) -> list[Held]:
        batch: list[Held] = []
        size = 0
        waiting = self._waiting
        while waiting and len(batch) < BATCH_ROWS_MAX:
            size += _size_of(waiting[0].report)
            if batch and size > BATCH_BYTES_MAX:
                break
            batch.append(waiting.popleft())
        if not waiting:
            self._something.clear()
        return batch

    async def _bring(self, batch: list[Held]) -> None:
        backoff = Backoff(0.1, 2.0, self._seat.chance)
        while batch := self._still_ours(batch):
            reports = [held.report for held in batch if held.report is not None]
            timeout_s = self._terms.report_timeout_s
            try:
                refused = await self._orchestrators.set_results(self._executor, reports, timeout_s)
            except Unavailable as error:
                level = logging.WARNING if backoff.trouble_is_new else logging.DEBUG
                _LOG.log(level, "%s: %d reports wait: %s", self._executor, len(batch), error)
                await asyncio.sleep(backoff.next_s())
            except PenstockError as error:
                await self._isolate(batch, error)
                return
            else:
                self.refused += len(refused)
                for held in batch:
                    self._on_settled(held)
                return

    async def _isolate(self, batch: list[Held], error: PenstockError) -> None:
        """A shared call is refused as a whole: find the guilty report, bring the others."""
        if len(batch) == 1:
            _LOG.error("%s: a report was refused and is given up: %s", self._executor, error)
            self.lost += 1
            self._on_settled(batch[0])
            return
        half = len(batch) // 2
        await self._bring(batch[:half])
        await self._bring(batch[half:])

    def _still_ours(self, batch: list[Held]) -> list[Held]:
        now_us = self._seat.monotonic_s() * 1_000_000
        ours = [held for held in batch if held.deadline_us > now_us and not held.refused]
        if len(ours) < len(batch):
            for held in batch:
                if held.refused:
                    continue  # the ledger has let go of it
                if held.deadline_us <= now_us:
                    self.lost += 1
                    self._on_settled(held)
        return ours


def _size_of(report: Report | None) -> int:
    assert report is not None
    failure = report.failure
    return _ROW_BYTES + len(report.result) + len(failure.type) + len(failure.message) + len(failure.traceback)
