"""Every claim this executor holds, from its assignment until its report is accepted. Platform side only."""

import asyncio
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from penstock.execution.held import Held, Stage, StopReason
from penstock.model.task import ClaimKey
from penstock.ports.seat import Seat

if TYPE_CHECKING:
    from penstock.model.identity import TaskId

REFUSED_GRACE_S = 1.0
"""what a refused coroutine may take to end before the supervisor kills its process"""


class Ledger:
    """One claim for a task at a time: a newer one waits until the older one's code has stopped."""

    def __init__(self, seat: Seat, on_free: Callable[[Held], None]) -> None:
        self._seat = seat
        self._board = seat.board
        self._on_free = on_free
        self._by_id: dict[TaskId, Held] = {}
        self._occupied = asyncio.Event()
        self._empty = asyncio.Event()
        self._empty.set()

    def __len__(self) -> int:
        return len(self._by_id)

    @property
    def room(self) -> int:
        """How many more claims the board can show."""
        return self._board.capacity - len(self._by_id)

    def all(self) -> Iterable[Held]:
        """Every claim held, oldest first; a copy."""
        return tuple(self._by_id.values())

    def running(self) -> list[Held]:
        """Claims whose code runs."""
        return [held for held in self._by_id.values() if held.stage is Stage.RUNNING]

    async def wait_until_occupied(self) -> None:
        """Until something is held."""
        await self._occupied.wait()

    async def wait_until_empty(self) -> None:
        """Until nothing is held."""
        await self._empty.wait()

    def holds(self, held: Held) -> bool:
        """Whether this very claim is still here."""
        return self._by_id.get(held.id) is held

    def take(self, held: Held) -> bool:
        """Note a new claim. False: it is a repeat, or waits for an older claim's code, or there is no room."""
        older = self._by_id.get(held.id)
        if older is not None:
            if held.claim <= older.claim:
                return False
            self.refuse(older)
            if held.id in self._by_id:  # its code still runs: never two executions at once
                older.successor = held
                return False
        if not self.room:
            return False
        self._enter(held)
        return True

    def _enter(self, held: Held) -> None:
        held.slot = self._board.take(held.id, held.claim, held.work.index, held.deadline_us)
        self._by_id[held.id] = held
        self._occupied.set()
        self._empty.clear()

    def forget(self, held: Held) -> None:
        """It is no longer ours: reported, expired, or refused and stopped."""
        if not self.holds(held):
            return
        del self._by_id[held.id]
        self._board.free(held.slot)
        held.slot = -1
        if not self._by_id:
            self._occupied.clear()
            self._empty.set()
        if held.successor is not None:
            self._enter(held.successor)
            held.successor.work.runner.offer([held.successor])
        self._on_free(held)

    def renew(self, held: Held, deadline_us: int) -> None:
        """Its lease was renewed."""
        held.deadline_us = deadline_us
        self._board.renew(held.slot, deadline_us)

    def refuse(self, held: Held) -> None:
        """The platform says that the claim is not ours: stop its code, never report it.

        Somebody else may be running the task already, so what cannot be stopped from inside gets a
        deadline that ends the process.
        """
        if held.refused:
            return
        held.refused = True
        if held.stage is Stage.ENDED or held.work.runner.withdraw(held):
            self.forget(held)
            return
        grace_s = REFUSED_GRACE_S if held.work.runner.can_interrupt else 0.0
        self.renew(held, min(held.deadline_us, int((self._seat.monotonic_s() + grace_s) * 1_000_000)))
        held.cancelled = True
        held.work.runner.interrupt(held)

    def cancel(self, key: ClaimKey) -> None:
        """A cancel was requested: tell the code, or let it end before it starts."""
        held = self._by_id.get(key.id)
        if held is None or held.claim != key.claim or held.cancelled:
            return
        held.cancelled = True
        if held.stage is Stage.RUNNING:
            self.interrupt(held, StopReason.CANCEL)

    def interrupt(self, held: Held, reason: StopReason) -> None:
        """Ask running code to stop. A time-out or a stop outranks an earlier cancel."""
        if held.stop_reason is None or held.stop_reason is StopReason.CANCEL:
            held.stop_reason = reason
        held.stop_asked_s = self._seat.monotonic_s()
        held.cancelled = True
        held.work.runner.interrupt(held)
