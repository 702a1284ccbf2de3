"""Runs lambdas as tasks on the users' loop."""

import asyncio

from penstock.execution.buffer import Buffer
from penstock.execution.doorbell import Doorbell
from penstock.execution.endings import raised, returned, undecodable
from penstock.execution.held import Held, Stage
from penstock.execution.turn import Turn
from penstock.model.running import RUNNING
from penstock.ports.seat import Seat


class CoroutineRunner:
    """At most `slots` at the same time. The buffer is shared by both sides: its ends move atomically."""

    can_interrupt = True

    def __init__(self, seat: Seat, turn: Turn, slots: int) -> None:
        self._seat = seat
        self._turn = turn
        self._free = slots
        self._buffer = Buffer()
        self._bell = Doorbell(seat.post_to_user, self._fill)

    def offer(self, claims: list[Held]) -> None:
        """Put claims behind those that wait."""
        self._buffer.extend(claims)
        self._bell.ring()

    def withdraw(self, held: Held) -> bool:
        """Take back one that waits; False: it is no longer waiting."""
        try:
            self._buffer.remove(held)
        except ValueError:
            return False
        return True

    def take_back(self) -> list[Held]:
        """Take back all that wait."""
        return self._buffer.take_all()

    def interrupt(self, held: Held) -> None:
        """Cancel its task; one that has not come to its first line would be lost by it and is left alone."""
        self._seat.post_to_user(lambda: self._cancel(held))

    def _cancel(self, held: Held) -> None:
        if isinstance(held.coroutine, asyncio.Task) and held.stage is Stage.RUNNING:
            held.coroutine.cancel()

    def _fill(self) -> None:
        """Start what fits. On the users' loop."""
        create_task = asyncio.get_running_loop().create_task
        buffer = self._buffer
        while self._free:
            try:
                held = buffer.popleft()
            except IndexError:
                return
            self._free -= 1
            # The reference keeps the task alive; the task itself notes when it has come to its first line.
            held.coroutine = create_task(self._run(held))

    async def _run(self, held: Held) -> None:
        turn = self._turn
        RUNNING.set(held)
        if turn.begins(held):
            await self._call(held)
            held.coroutine = None
            turn.is_over(held)
        self._free += 1
        if self._buffer:
            self._fill()

    async def _call(self, held: Held) -> None:
        turn = self._turn
        work = held.work
        runnable = work.runnable
        try:
            arguments = runnable.decode(held.payload)
        except BaseException as error:  # noqa: BLE001 - a user's type may raise anything while it is built
            held.report = undecodable(held, error)
            return
        try:
            value = runnable.call(arguments)
            if work.is_async:
                value = await value
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like end the task, not the process
            held.report = raised(held, error, turn.run_us(held))
        else:
            held.report = returned(held, value, turn.run_us(held))
