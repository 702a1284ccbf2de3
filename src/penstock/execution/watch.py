"""Looks after running code: its timeout, and whether it stopped when it was asked to, for that or for a cancel."""

import asyncio
from collections.abc import Callable

from penstock.execution.held import Held, StopReason
from penstock.execution.ledger import Ledger
from penstock.execution.tuning import Terms
from penstock.ports.hosts import TouchLost
from penstock.ports.seat import Seat

_LOOK_EVERY_S = 0.1


class Watch:
    """`on_stuck` is called once for each claim whose code cannot be stopped from inside."""

    def __init__(
        self, ledger: Ledger, seat: Seat, terms: Terms, cancel_grace_s: float, on_stuck: Callable[[Held], None]
    ) -> None:
        self._ledger = ledger
        self._seat = seat
        self._terms = terms
        self._cancel_grace_s = cancel_grace_s
        self._on_stuck = on_stuck

    async def run(self) -> None:
        """For ever; asleep while nothing is held."""
        while True:
            await self._ledger.wait_until_occupied()
            await asyncio.sleep(_LOOK_EVERY_S)
            now_s = self._seat.monotonic_s()
            for held in self._ledger.running():
                margin_us = 0 if held.refused else self._terms.last_margin_us
                if now_s * 1_000_000 >= held.deadline_us - margin_us:
                    # The supervisor was to have killed this process by now. If it was stopped itself,
                    # and both go on now, nothing else keeps this code from running without a lease.
                    self._seat.die(TouchLost("a lease ran out while its code ran"))
                    return
                if not held.stuck and not held.refused:
                    self._look(held, now_s)

    def _look(self, held: Held, now_s: float) -> None:
        if held.stop_reason is StopReason.CANCEL and self._heard_no_cancel(held, now_s):
            self._is_stuck(held)
        elif held.stop_reason is StopReason.TIMEOUT:
            if now_s - held.stop_asked_s >= self._cancel_grace_s:
                self._is_stuck(held)
        elif held.stop_reason is not StopReason.STOP and now_s - held.started_s >= held.work.timeout_s:
            self._ledger.interrupt(held, StopReason.TIMEOUT)
            if not held.work.runner.can_interrupt:
                self._is_stuck(held)

    def _heard_no_cancel(self, held: Held, now_s: float) -> bool:
        """Only where its author wants it killed for that; else its timeout is what ends it."""
        grace_s = held.work.cancel_grace_s
        return grace_s is not None and now_s - held.stop_asked_s >= grace_s

    def _is_stuck(self, held: Held) -> None:
        held.stuck = True
        self._on_stuck(held)
