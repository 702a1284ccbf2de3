"""The door for what may be refused under overload: lists and schedules."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.overload import WAIT_S, Overload, Stage, fits
from penstock.model.errors import Overloaded
from penstock.model.fair_queue import Load

LOOK_EVERY_S: Final = 0.05
SMOOTHING: Final = 0.2
RETRY_S_MIN: Final = 0.2
RETRY_S_MAX: Final = 5.0
PART_OF_ONE: Final = 0.5
"""of all places, for the calls of one lane"""
HEAVY_S: Final = 3.0
"""for so long a line may wait that asks for much more than the others: it keeps none of them waiting"""
HELD_S_MAX: Final = 1.5
"""how long a refusal is held back while this process is late: an answer costs as much as a call that is served, and who
waits for it does not call again meanwhile"""
HELD_MAX: Final = 10_000
"""refusals held back at the same time; the others are told at once"""

TOLD: Final = {
    Stage.NOTHING: "no longer overloaded",
    Stage.LISTS: "overloaded: lists are refused",
    Stage.LOW: "overloaded: lists and schedules of low priority are refused",
    Stage.SCHEDULES: "overloaded: schedules are refused that would have to wait",
}

log = logging.getLogger(__name__)

Caller = tuple[str, str, int]
"""namespace, lambda and priority"""


class AdmissionControl:
    """`run` looks at the pump's queue and at how late this process is."""

    def __init__(self, pump: AdmissionPump, limits: PumpLimits, now_s: Callable[[], float]) -> None:
        self._pump = pump
        self._rows_of_one = limits.rows_max * PART_OF_ONE
        self._now_s = now_s
        self._overload = Overload(now_s())
        self._rows: dict[Caller, int] = {}
        self._drain_per_s = 0.0
        self._stored = 0
        self._had_waiting = False
        self._held = 0
        self.refusals = 0
        """of all calls, since the beginning"""
        self._looked_at_s = now_s()

    @property
    def stage(self) -> Stage:
        """What is refused now."""
        return self._overload.stage

    def check_list(self) -> None:
        """Before what people and dashboards look at; raises `Overloaded`."""
        if self.stage >= Stage.LISTS:
            raise self._refusal("lists are answered again when it has caught up")

    @asynccontextmanager
    async def place_for(self, caller: Caller, tasks: int, is_low: bool) -> AsyncIterator[None]:
        """For a schedule while it is under way; raises `Overloaded`, in its own time while this process is late."""
        try:
            self._take_place(caller, tasks, is_low)
        except Overloaded:
            await self._hold_back()
            raise
        try:
            yield
        finally:
            left = self._rows[caller] - tasks
            if left:
                self._rows[caller] = left
            else:
                del self._rows[caller]

    def _take_place(self, caller: Caller, tasks: int, is_low: bool) -> None:
        own = self._rows.get(caller, 0)
        if own and own + tasks > self._rows_of_one:
            raise self._refusal(f"{own} tasks of {caller[1]} are waiting to be stored")
        if self.stage >= Stage.LOW:
            self._check_stage(own, tasks, is_low)
        self._rows[caller] = own + tasks

    async def _hold_back(self) -> None:
        held_s = HELD_S_MAX * self._overload.part_refused
        if held_s and self._held < HELD_MAX:
            self._held += 1
            try:
                await asyncio.sleep(held_s)
            finally:
                self._held -= 1

    async def run(self) -> None:
        """Look, until cancelled."""
        while True:
            due_s = self._now_s() + LOOK_EVERY_S
            await asyncio.sleep(LOOK_EVERY_S)
            self.look(max(0.0, self._now_s() - due_s))

    def look(self, late_s: float) -> None:
        """One round of `run`."""
        now_s = self._now_s()
        passed_s, self._looked_at_s = max(now_s - self._looked_at_s, 1e-3), now_s
        stored, self._stored = self._pump.stored - self._stored, self._pump.stored
        if self._pump.waiting and self._had_waiting:  # else it stores what comes, not what it can
            self._measure(stored / passed_s)
        self._had_waiting = self._pump.waiting > 0
        before = self.stage
        self._overload.look(self._wait_s(), self._expected_s(), late_s, now_s)
        if self.stage is not before:
            log.log(logging.WARNING if self.stage else logging.INFO, *self._told(late_s))

    def _told(self, late_s: float) -> tuple[object, ...]:
        return (
            "%s: %d tasks wait to be stored, the first for %.2f s; this process is late by %.2f s",
            TOLD[self.stage],
            self._pump.waiting,
            self._wait_s(),
            late_s,
        )

    def _wait_s(self) -> float:
        """Of the light lines. What a heavy one waits beyond its allowance counts, too."""
        return max(self._pump.oldest_wait_s(Load.LIGHT), self._pump.oldest_wait_s(Load.HEAVY) - HEAVY_S)

    def _measure(self, stored_per_s: float) -> None:
        smoothing = SMOOTHING if self._drain_per_s else 1.0
        self._drain_per_s += smoothing * (stored_per_s - self._drain_per_s)

    def _expected_s(self) -> float:
        """How long who came now would wait; 0 before a queue has shown how fast it goes."""
        return self._pump.waiting / self._drain_per_s if self._drain_per_s else 0.0

    def _check_stage(self, own: int, tasks: int, is_low: bool) -> None:
        if is_low:
            raise self._refusal("tasks of low priority are taken again when it has caught up")
        if self.stage < Stage.SCHEDULES:
            return
        bound = self._drain_per_s * WAIT_S
        if not fits(self._pump.waiting, own, len(self._rows), tasks, bound) or (
            own and self._overload.takes_its_part()
        ):
            self._overload.refused(self._now_s())
            raise self._refusal(f"{self._pump.waiting} tasks are waiting to be stored")

    def _refusal(self, why: str) -> Overloaded:
        self.refusals += 1
        delay_s = min(RETRY_S_MAX, max(RETRY_S_MIN, self._expected_s()))
        return Overloaded(f"overloaded: {why}; try again later", delay_s)
