"""A claim that this executor holds, and the lambda it is for."""

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from penstock.execution.runnable import Runnable
from penstock.model.progress import Progress
from penstock.model.running import RunningTask
from penstock.model.task import ClaimKey, Report
from penstock.model.work import Assignment

if TYPE_CHECKING:
    from penstock.model.event import Event


class Stage(IntEnum):
    """Where a claim stands here. Written by the side that runs users' code."""

    BUFFERED = 1
    RUNNING = 2
    ENDED = 3


class StopReason(IntEnum):
    """Why running code was asked to stop: it decides what its end means."""

    TIMEOUT = 1
    CANCEL = 2
    STOP = 3


class Runner(Protocol):
    """Runs claims in order as slots get free, and calls `ended` for each. All methods from the platform's side."""

    @property
    def can_interrupt(self) -> bool:
        """Whether `interrupt` has a chance to end running code."""

    def offer(self, claims: "list[Held]") -> None:
        """Put claims behind those that wait."""

    def withdraw(self, held: "Held") -> bool:
        """Take back one that waits; False: it is no longer waiting."""

    def take_back(self) -> "list[Held]":
        """Take back all that wait."""

    def interrupt(self, held: "Held") -> None:
        """Ask running code to end, for `held.stop_reason`."""


class Pool(Protocol):
    """Where a claim came from: it gives credit for slots that get free."""

    def ended(self, count: int) -> None:
        """So many of its claims have ended or were taken back."""


class Sight(Protocol):
    """What is known of gates where a claim came from."""

    def lets(self, held: "Held", now_us: int) -> bool:
        """Whether it may start now."""


class Workload:
    """One lambda of this executor."""

    __slots__ = ("cancel_grace_s", "executor", "index", "is_async", "name", "runnable", "runner", "stream", "timeout_s")

    def __init__(self, runnable: Runnable, index: int, executor: str, runner: Runner) -> None:
        self.runnable = runnable
        self.name = runnable.name
        self.stream = runnable.stream
        self.is_async = runnable.is_async
        self.timeout_s = runnable.timeout_s
        self.cancel_grace_s = runnable.cancel_grace_s
        self.index = index
        self.executor = executor
        self.runner = runner


class Held(RunningTask):
    """One object for a claim's whole life here, also the context its lambda sees: tens of thousands a second."""

    __slots__ = (
        "checked_us",
        "coroutine",
        "deadline_us",
        "payload",
        "pool",
        "progress_told",
        "refused",
        "report",
        "sight",
        "size_bytes",
        "slot",
        "stage",
        "started_s",
        "stop_asked_s",
        "stop_reason",
        "stuck",
        "successor",
        "told_started",
        "work",
    )

    def __init__(
        self, assignment: Assignment, work: Workload, deadline_us: int, pool: Pool, checked_us: int, sight: Sight
    ) -> None:
        self.id = assignment.id
        self.lambda_name = work.name
        self.attempt = assignment.tries + 1
        self.claim = assignment.claim
        self.scheduled_at_us = assignment.scheduled_at_us
        self.collection = assignment.collection
        self.priority = assignment.priority
        self.cancelled = False
        self.progress = None
        self.stop_signal = None
        self.progress_told: Progress | None = None
        self.span = span = assignment.span
        self.payload: bytes | list[Event]
        if span is None:
            self.payload, self.size_bytes = assignment.payload, len(assignment.payload)
        else:
            self.payload = events = assignment.events
            self.size_bytes = sum([len(event.data) for event in events])
        self.work = work
        self.pool = pool
        self.deadline_us = deadline_us
        self.checked_us = checked_us
        self.sight = sight
        self.slot = -1
        self.stage = Stage.BUFFERED
        self.started_s = 0.0
        self.report: Report | None = None
        self.coroutine: object = None
        self.stop_reason: StopReason | None = None
        self.stop_asked_s = 0.0
        self.stuck = False
        self.refused = False
        self.told_started = False
        self.successor: Held | None = None

    @property
    def unheard(self) -> Progress | None:
        """What its code said that no heartbeat has told; None for nothing."""
        said = self.progress
        return None if said is self.progress_told else said

    @property
    def key(self) -> ClaimKey:
        """The fence."""
        return ClaimKey(self.id, self.claim)
