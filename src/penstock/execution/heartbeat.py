"""Renews the leases of everything held, and ends the process when nobody answers.

A full round goes every heartbeat. In between, what has run for a tick without having been told as
started is told, and what code said of its progress: most tasks are shorter than that and never need a beat.
"""

import asyncio
import logging
from collections.abc import Sequence

from penstock.execution.held import Held, Stage
from penstock.execution.ledger import Ledger
from penstock.execution.tuning import FAILED_BEATS_MAX, Terms
from penstock.model.errors import PenstockError
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.task import ClaimKey
from penstock.model.work import Beat, HeartbeatAnswer
from penstock.ports.hosts import TouchLost
from penstock.ports.orchestrators import Orchestrators
from penstock.ports.seat import Seat

_LOG = logging.getLogger("penstock.execution")


class Heartbeater:
    """Runs on the platform's loop, so that user code which blocks its own does not stop it."""

    def __init__(
        self,
        executor: str,
        orchestrators: Orchestrators,
        ledger: Ledger,
        seat: Seat,
        terms: Terms,
        timeout_s: float,
    ) -> None:
        self._executor = executor
        self._orchestrators = orchestrators
        self._ledger = ledger
        self._seat = seat
        self._terms = terms
        self._timeout_s = timeout_s
        self._failed_rounds = 0

    async def run(self) -> None:
        """For ever."""
        round_at_s = self._seat.monotonic_s()
        while True:
            await self._ledger.wait_until_occupied()
            await asyncio.sleep(self._terms.tick_s)
            now_s = self._seat.monotonic_s()
            if now_s >= round_at_s:
                round_at_s = now_s + self._terms.heartbeat_s
                await self._full_round(now_s)
            else:
                await self._tell_news(now_s)

    async def _full_round(self, now_s: float) -> None:
        # What was claimed a moment ago has its whole lease before it.
        young_us = int((now_s + self._terms.lease_s - self._terms.heartbeat_s / 2) * 1_000_000)
        due = [held for held in self._ledger.all() if not held.refused and held.deadline_us < young_us]
        if await self._beat(due):
            self._failed_rounds = 0
        else:
            self._failed_rounds += 1
            if self._failed_rounds >= FAILED_BEATS_MAX:
                self._seat.die(TouchLost(f"{self._failed_rounds} heartbeats in a row failed"))

    async def _tell_news(self, now_s: float) -> None:
        since_s = now_s - self._terms.tick_s
        await self._beat(
            [
                held
                for held in self._ledger.all()
                if held.stage is Stage.RUNNING
                and (held.unheard is not None or not held.told_started)
                and not held.refused
                and held.started_s <= since_s
            ]
        )

    async def _beat(self, due: Sequence[Held]) -> bool:
        went_well = True
        for first in range(0, len(due), BATCH_ROWS_MAX):
            batch = due[first : first + BATCH_ROWS_MAX]
            started = [held.stage is not Stage.BUFFERED for held in batch]
            sent_s = self._seat.monotonic_s()
            sent_us = int(sent_s * 1_000_000)
            beats = [
                Beat(
                    held.id,
                    held.claim,
                    told,
                    int((sent_s - held.started_s) * 1_000_000) if told else 0,
                    progress=held.unheard,
                )
                for held, told in zip(batch, started, strict=True)
            ]
            try:
                answer = await self._orchestrators.heartbeat(
                    self._executor, beats, min(self._timeout_s, self._terms.heartbeat_s)
                )
            except PenstockError as error:
                _LOG.warning("%s: a heartbeat for %d claims failed: %s", self._executor, len(batch), error)
                went_well = False
                continue
            self._apply(batch, beats, sent_us, answer)
        return went_well

    def _apply(self, batch: Sequence[Held], beats: Sequence[Beat], sent_us: int, answer: HeartbeatAnswer) -> None:
        deadline_us = sent_us + self._terms.lease_us
        for held, beat in zip(batch, beats, strict=True):
            if held.refused or not self._ledger.holds(held):
                continue
            if held.id in answer.refused:
                # One that ended meanwhile was perhaps settled before the beat arrived.
                if held.stage is not Stage.ENDED:
                    _LOG.warning("%s: claim %d is refused, its code is stopped", self._executor, held.claim)
                    self._ledger.refuse(held)
                continue
            held.told_started = held.told_started or beat.started
            held.progress_told = beat.progress or held.progress_told
            self._ledger.renew(held, max(held.deadline_us, deadline_us))
            if held.id in answer.cancel_requested:
                self._ledger.cancel(ClaimKey(held.id, held.claim))
