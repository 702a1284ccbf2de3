"""The task that runs here: kept by the executor, shown to the lambda by `current_task()`."""

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from penstock.model.identity import TaskId
from penstock.model.lane import Priority

if TYPE_CHECKING:
    from threading import Event

    from penstock.model.delivery import Span
    from penstock.model.progress import Progress


class RunningTask:
    """The running task. Times in microseconds since 1970 by the store's clock."""

    __slots__ = (
        "attempt",
        "cancelled",
        "claim",
        "collection",
        "id",
        "lambda_name",
        "priority",
        "progress",
        "scheduled_at_us",
        "span",
        "stop_signal",
    )

    def __init__(
        self,
        id: TaskId,  # noqa: A002 - the word of all that has one
        lambda_name: str,
        attempt: int,
        claim: int,
        scheduled_at_us: int,
        collection: str,
        priority: Priority,
        span: "Span | None" = None,
    ) -> None:
        self.id = id
        self.lambda_name = lambda_name
        self.attempt = attempt
        self.claim = claim
        self.scheduled_at_us = scheduled_at_us
        self.collection = collection
        self.priority = priority
        self.cancelled = False
        self.progress: Progress | None = None
        """the last word of its code"""
        self.stop_signal: Event | None = None
        """set when `cancelled` is, on a thread that waits for it"""
        self.span = span
        """of a delivery; None for a task"""


RUNNING: Final[ContextVar[RunningTask | None]] = ContextVar("penstock_running_task", default=None)
"""The task of the coroutine or thread that asks; None outside of a lambda."""
