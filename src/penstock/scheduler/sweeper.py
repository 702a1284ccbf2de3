"""Leads sweeps on, as fast as their rates allow."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

from penstock.model.lane import LaneId
from penstock.model.sweep import SweepStatus
from penstock.ports.clock import StoreClock
from penstock.ports.signals import Signals, Topic
from penstock.ports.sweeps import Sweeps, SweepStep

SOON_S: Final = 1.0
"""a wait that is longer is left to the next look"""
PAUSE_S: Final = 0.05
"""when another server leads the sweep on just now"""

log = logging.getLogger(__name__)


class Sweeper:
    """Any number of servers may lead the same sweeps on. `hear` is told of lanes in which new tasks are due."""

    def __init__(
        self, sweeps: Sweeps, signals: Signals, clock: StoreClock, hear: Callable[[LaneId, int], None]
    ) -> None:
        self._sweeps = sweeps
        self._signals = signals
        self._clock = clock
        self._hear = hear

    async def look(self) -> None:
        """Until no step is due soon; raises `Unavailable`: what was not done is done by the next look.

        A slow sweep is not waited for: one that is ordered meanwhile, or a stop, would wait with it.
        """
        while (wait_s := await self._sweeps.next_step_in_s()) is not None and wait_s < SOON_S:
            await asyncio.sleep(wait_s)
            step = await self._sweeps.step()
            if step is None:
                await asyncio.sleep(PAUSE_S)
            else:
                self._tell(step)

    def _tell(self, step: SweepStep) -> None:
        for lane in step.lanes | step.children.freed:
            self._hear(lane, self._clock.now_us())
        for topic, ids in ((Topic.ENDED, step.ended), (Topic.CANCEL, step.asked)):
            if ids:
                self._signals.send(topic, b"".join(ids))
        if step.children.condemned:
            self._signals.send(Topic.CHAINS, b"")
        if step.sweep.status is not SweepStatus.RUNNING:
            log.info("a sweep, to %s, is done: %d handled", step.sweep.kind, step.sweep.handled)
