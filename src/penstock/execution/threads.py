"""Runs plain functions on threads of this process."""

from contextvars import Context, copy_context
from queue import SimpleQueue
from threading import Lock

from penstock.execution.buffer import Buffer
from penstock.execution.endings import raised, returned, undecodable
from penstock.execution.held import Held
from penstock.execution.turn import Turn
from penstock.model.running import RUNNING
from penstock.ports.seat import Seat


class ThreadRunner:
    """`slots` threads, started with the first claim. Each takes whose turn it is."""

    can_interrupt = False

    def __init__(self, seat: Seat, turn: Turn, slots: int) -> None:
        self._seat = seat
        self._turn = turn
        self._slots = slots
        self._idle_threads: int | None = None
        self._buffer = Buffer()
        self._taking = Lock()
        self._tokens: SimpleQueue[None] = SimpleQueue()
        self._context: Context = copy_context()

    def offer(self, claims: list[Held]) -> None:
        """Put claims behind those that wait."""
        if self._idle_threads is None:
            self._idle_threads = self._slots
            for _ in range(self._slots):
                self._seat.start_thread(self._work)
        self._buffer.extend(claims)
        for _ in claims:
            self._tokens.put(None)

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
        """All that can be done for a thread: the token that its code may look at."""
        held.cancelled = True
        if held.stop_signal is not None:
            held.stop_signal.set()

    def _work(self) -> None:
        while True:
            self._tokens.get()
            try:
                with self._taking:
                    held = self._buffer.popleft()
            except IndexError:  # it was taken back; its token stayed
                continue
            if self._turn.begins(held):
                # A context of its own, so that nothing a lambda sets is seen by the next.
                self._context.copy().run(self._call, held)
                self._turn.is_over(held)

    def _call(self, held: Held) -> None:
        RUNNING.set(held)
        runnable = held.work.runnable
        try:
            arguments = runnable.decode(held.payload)
        except BaseException as error:  # noqa: BLE001 - a user's type may raise anything while it is built
            held.report = undecodable(held, error)
            return
        try:
            value = runnable.call(arguments)
        except BaseException as error:  # noqa: BLE001 - SystemExit and the like end the task, not the process
            held.report = raised(held, error, self._turn.run_us(held))
        else:
            held.report = returned(held, value, self._turn.run_us(held))
