"""The task that runs here, if any."""

from asyncio import CancelledError, get_running_loop
from contextvars import ContextVar
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Final

from penstock.model.errors import NotPossible
from penstock.model.identity import text_of
from penstock.model.lane import Priority
from penstock.model.limits import TIMEOUT_S_MAX
from penstock.model.running import RUNNING, RunningTask
from penstock.sdk.connection import Connection
from penstock.sdk.durations import Duration, seconds_of
from penstock.sdk.ended_parent import EndedParent, read_parents
from penstock.sdk.waiting import without_loop

CONNECTION: Final[ContextVar[Connection | None]] = ContextVar("penstock_connection_of_task", default=None)
"""Of the app whose lambda runs here."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class CurrentTask:
    """What a lambda can learn about the task, or the delivery of events, that it runs."""

    __slots__ = ("_running",)

    def __init__(self, running: RunningTask) -> None:
        self._running = running

    @property
    def id(self) -> str:
        """Its id, as its handle has it."""
        return text_of(self._running.id)

    @property
    def lambda_name(self) -> str:
        """`app.lambda`."""
        return self._running.lambda_name

    @property
    def attempt(self) -> int:
        """1 for the first time that its code runs. A crash counts, too; a lost lease or a hand-back doesn't."""
        return self._running.attempt

    @property
    def claim(self) -> int:
        """It rises with every execution of the task: hand it to your own resources as a fencing token."""
        return self._running.claim

    @property
    def scheduled_at_us(self) -> int:
        """Microseconds since 1970 by the store's clock; for a periodic task its tick, however late it is made."""
        return self._running.scheduled_at_us

    @property
    def scheduled_at(self) -> datetime:
        """The same in UTC."""
        return _EPOCH + timedelta(microseconds=self._running.scheduled_at_us)

    @property
    def collection(self) -> str:
        """The label it was scheduled with, "" for none."""
        return self._running.collection

    @property
    def priority(self) -> Priority:
        """Which of the lambda's lanes it came by."""
        return self._running.priority

    @property
    def stream(self) -> str:
        """Of a delivery, whose events it hands over; "" for a task."""
        return "" if self._running.span is None else self._running.span.stream

    @property
    def subject(self) -> str:
        """Of a delivery, what its events are about; "" for a task."""
        return "" if self._running.span is None else self._running.span.subject

    @property
    def cancelled(self) -> bool:
        """True once a cancel was requested or the time is up: a plain function looks now and then, and returns."""
        return self._running.cancelled

    def wait_cancelled(self, timeout: Duration | None = None) -> bool:
        """Wait until it is `cancelled`, `timeout` at most; whether it is. A sleep that a cancel ends.

        For plain functions; raises `NotPossible` in a coroutine, which would block its loop and is told by
        `asyncio.CancelledError` anyway.
        """
        timeout_s = None if timeout is None else seconds_of("timeout", timeout, TIMEOUT_S_MAX)
        if _on_a_loop():
            raise NotPossible("wait_cancelled() is for plain functions: in a coroutine a cancel raises CancelledError")
        running = self._running
        if running.stop_signal is None:
            running.stop_signal = Event()
        # Only now: who cancels sets `cancelled` first, and looks for the signal then.
        return running.cancelled or running.stop_signal.wait(timeout_s)

    def raise_if_cancelled(self) -> None:
        """Raise `asyncio.CancelledError` if it is `cancelled`: the task then ends as cancelled, or as timed out."""
        if self._running.cancelled:
            raise CancelledError

    async def parents(self) -> "list[EndedParent]":
        """The tasks that it waited for, as they ended, in the order of `parents=`; asked for now, nothing is kept.

        Raises `Unavailable` when the platform does not answer.
        """
        connection = CONNECTION.get()
        if connection is None:
            raise NotPossible("parents() is for the code of a lambda that a worker runs")
        if self._running.span is not None:
            return []  # a delivery waits for no task
        return await read_parents(connection, self._running.id)

    def parents_sync(self) -> "list[EndedParent]":
        """`parents` for plain functions."""
        return without_loop("parents", self.parents())

    def __repr__(self) -> str:
        return f"<CurrentTask {self.id} of {self.lambda_name}, claim {self.claim}>"


def _on_a_loop() -> bool:
    try:
        get_running_loop()
    except RuntimeError:
        return False
    return True


def current_task() -> CurrentTask:
    """The task that this coroutine or thread runs; raises `NotPossible` outside of a lambda."""
    running = RUNNING.get()
    if running is None:
        raise NotPossible("no task runs here: current_task() is for the code of a lambda")
    return CurrentTask(running)


def parent_id() -> bytes:
    """What a task that is scheduled here names as its parent; empty outside of a task."""
    running = RUNNING.get()
    return b"" if running is None or running.span is not None else running.id
