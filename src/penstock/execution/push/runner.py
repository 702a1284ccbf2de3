"""Runs claims as requests: implements `held.Runner` for an executor whose lambdas are endpoints."""

import asyncio

from penstock.execution.buffer import Buffer
from penstock.execution.endings import handed_back
from penstock.execution.held import Held, Stage
from penstock.execution.push.attempt import Attempts
from penstock.execution.push.target import Target, Targets
from penstock.execution.turn import Turn
from penstock.ports.seat import Seat


class PushRunner:
    """On one loop with its executor. What cannot be sent soon goes back, so that it waits where it costs nobody."""

    can_interrupt = True

    def __init__(self, seat: Seat, turn: Turn, slots: int, targets: Targets, attempts: Attempts) -> None:
        self._seat = seat
        self._turn = turn
        self._free = slots
        self._targets = targets
        self._attempts = attempts
        self._buffer = Buffer()
        self._running: set[asyncio.Task[None]] = set()
        self._look_later: asyncio.TimerHandle | None = None

    def offer(self, claims: list[Held]) -> None:
        """Put claims behind those that wait."""
        self._buffer.extend(claims)
        self._seat.post_to_user(self._fill)

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
        """End its request."""
        if isinstance(held.coroutine, asyncio.Task) and held.stage is Stage.RUNNING:
            held.coroutine.cancel()

    async def abandon(self) -> None:
        """The executor is no more: no request may outlive it."""
        if self._look_later is not None:
            self._look_later.cancel()
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _fill(self) -> None:
        """Start what may start."""
        while self._buffer and self._free:
            now_s = self._seat.monotonic_s()
            target = self._targets.choose(now_s)
            if target is None:
                self._wait(now_s)
                return
            self._start(self._buffer.popleft(), target, now_s)

    def _start(self, held: Held, target: Target, now_s: float) -> None:
        self._free -= 1
        target.begins(now_s)
        held.coroutine = task = asyncio.get_running_loop().create_task(self._run(held, target))
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _run(self, held: Held, target: Target) -> None:
        turn = self._turn
        try:
            if turn.begins(held):
                held.report = await self._attempts.run(held, target, turn)
                held.coroutine = None
                turn.is_over(held)
        finally:
            target.ends()
            self._free += 1
            self._fill()

    def _wait(self, now_s: float) -> None:
        if self._targets.all_shut(now_s):
            for held in self._buffer.take_all():
                held.report = handed_back(held)
                self._turn.is_over(held)
            return
        pace_s = self._targets.pace_s(now_s)
        # Without room, the end of a request looks again.
        if pace_s is not None and self._look_later is None:
            self._look_later = asyncio.get_running_loop().call_later(max(pace_s, 0.001), self._look)

    def _look(self) -> None:
        self._look_later = None
        self._fill()
