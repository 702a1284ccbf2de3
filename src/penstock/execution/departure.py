"""How an executor leaves: a clean stop, or a drain because something in it is stuck.

Both take no more work, hand back what waits, and let run what runs. A clean stop then interrupts
what is left; a drain waits for each task's own timeout. What cannot be ended from inside is left to
the supervisor, who kills the process and reports for it.
"""

import asyncio
from collections.abc import Callable, Sequence

from penstock.execution.held import Held, StopReason
from penstock.execution.ledger import Ledger
from penstock.execution.tuning import ExecutorTuning
from penstock.model.task import ClaimKey
from penstock.ports.hosts import Draining, KillMe
from penstock.ports.seat import Seat

_LINGER_S = 0.3
"""for assignments that were on their way when the stop was told"""


class Departure:
    """Waits to be asked, then sees it through."""

    def __init__(self, seat: Seat, tuning: ExecutorTuning, ledger: Ledger, stop_taking: Callable[[], None]) -> None:
        self._seat = seat
        self._tuning = tuning
        self._ledger = ledger
        self._stop_taking = stop_taking
        self._asked = asyncio.Event()
        self._stopping = asyncio.Event()
        self._interrupt = asyncio.Event()
        self._changed = asyncio.Event()
        self._given_up = False

    @property
    def asked(self) -> bool:
        """Whether it has begun: nothing new is started."""
        return self._asked.is_set()

    def ask(self, interrupt: bool) -> None:
        """A clean stop."""
        self._begin()
        self._stopping.set()
        if interrupt:
            self._interrupt.set()

    def stuck(self, held: Held) -> None:
        """Its code runs past its timeout, or the grace of its cancel, and cannot be stopped from inside."""
        self._begin()
        self._seat.say(Draining((held.key,), _for_cancel([held])))
        self._changed.set()

    def look(self) -> None:
        """Something was handed back, ended or was settled."""
        self._changed.set()

    def _begin(self) -> None:
        if not self._asked.is_set():
            self._asked.set()
            self._stop_taking()

    async def run(self) -> None:
        """Returns when nothing is held any more; else the process gets killed under it."""
        await self._asked.wait()
        stopping = asyncio.create_task(self._end_what_runs())
        try:
            await self._wait_for(self._only_stuck_is_left)
        finally:
            stopping.cancel()
        # Reports come before the end, but not at any price: what is lost here runs once more.
        await self._within(self._tuning.interrupt_grace_s, self._reported)
        left = self._ledger.running()
        if left:
            stuck = [held for held in left if held.stuck]
            self._seat.say(KillMe(tuple(held.key for held in stuck), _for_cancel(stuck)))
            await self._wait_for(lambda: not self._ledger.running())
            await self._within(self._tuning.interrupt_grace_s, self._reported)
        await asyncio.sleep(_LINGER_S)
        await self._within(self._tuning.interrupt_grace_s, self._reported)

    async def _end_what_runs(self) -> None:
        """In a clean stop: give it its grace, interrupt it, and give it up."""
        await self._stopping.wait()
        try:
            async with asyncio.timeout(self._tuning.stop_grace_s):
                await self._interrupt.wait()
        except TimeoutError:
            pass
        given_up_at_s = self._seat.monotonic_s() + self._tuning.interrupt_grace_s
        while self._seat.monotonic_s() < given_up_at_s:
            for held in self._ledger.running():
                if held.stop_reason not in (StopReason.STOP, StopReason.TIMEOUT):
                    self._ledger.interrupt(held, StopReason.STOP)
            if all(not held.work.runner.can_interrupt for held in self._ledger.running()):
                break
            await asyncio.sleep(0.05)
        self._given_up = True
        self._changed.set()

    def _only_stuck_is_left(self) -> bool:
        return self._given_up or all(held.stuck for held in self._ledger.running())

    def _reported(self) -> bool:
        return len(self._ledger) == len(self._ledger.running())

    async def _wait_for(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def _within(self, limit_s: float, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(limit_s):
                await self._wait_for(condition)
        except TimeoutError:
            pass


def _for_cancel(stuck: Sequence[Held]) -> tuple[ClaimKey, ...]:
    return tuple(held.key for held in stuck if held.stop_reason is StopReason.CANCEL)
