"""What waiting for a task or scheduling many can raise, beside the errors of the model."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from penstock.model.errors import InvalidInput, PenstockError

if TYPE_CHECKING:
    from penstock.sdk.handle import Handle

_PROBLEMS_TOLD = 3


class WrongArguments(InvalidInput, TypeError):
    """Arguments that do not fit a lambda's parameters: refused where they are written, as by a plain call."""

    def __init__(self, lambda_name: str, problem: str) -> None:
        super().__init__("arguments", problem)
        self.args = (f"{lambda_name}() {problem}",)


class TaskEnded(PenstockError):
    """The task ended without success. `id` is the text of its id.

    `type`, `message` and `traceback` are those of the error that ended it, empty if there was none;
    `reason` says why it is dead (budget, poison, lapses, undecodable) or why it was cancelled.
    """

    verb = "ended"

    def __init__(
        self,
        id: str,  # noqa: A002 - the word a handle uses
        lambda_name: str,
        *,
        type: str = "",  # noqa: A002 - the words of an error
        message: str = "",
        traceback: str = "",
        reason: str = "",
    ) -> None:
        cause = f"{type}: {message}" if type else message
        details = ", ".join(text for text in (reason, cause) if text)
        super().__init__(f"task {id} of {lambda_name} {self.verb}" + (f": {details}" if details else ""))
        self.id, self.lambda_name, self.reason = id, lambda_name, reason
        self.type, self.message, self.traceback = type, message, traceback


class TaskFailed(TaskEnded):
    """Its lambda said that trying again cannot help."""

    verb = "failed for good"


class TaskDead(TaskEnded):
    """Its budget is used up, or it cannot be run at all."""

    verb = "is dead"


class TaskCancelled(TaskEnded):
    """Somebody cancelled it."""

    verb = "was cancelled"


class TaskDropped(TaskEnded):
    """A gate dropped it."""

    verb = "was dropped"


class ResultLeftOut(PenstockError):
    """The task succeeded, but its result was over the size limit and isn't kept."""


class PublishStopped(PenstockError):
    """A `publish_many` came to an event, or a request of events, that was not stored; what was before it is.

    `sequences`: of the events that are stored, in order; none after them is, unless the cause is `Unavailable`: then
    nobody knows it of the thousand that follow. `cause`: why. `position`: of the first event that it is about.
    """

    def __init__(self, sequences: Sequence[int], cause: Exception, position: int) -> None:
        super().__init__(f"{len(sequences)} events are stored; then, from position {position} on: {cause}")
        self.sequences, self.cause, self.position = list(sequences), cause, position


class ScheduleProblems(PenstockError):
    """Some tasks of a `schedule_many` weren't stored; all others were.

    `handles`: one a call in order, None where there is a problem. `problems`: by position.
    """

    def __init__(self, handles: "Sequence[Handle[Any] | None]", problems: Mapping[int, PenstockError]) -> None:
        told = "; ".join(f"[{at}] {problems[at]}" for at in sorted(problems)[:_PROBLEMS_TOLD])
        more = len(problems) - _PROBLEMS_TOLD
        super().__init__(
            f"{len(problems)} of {len(handles)} tasks were not scheduled: {told}"
            + (f"; and {more} more" if more > 0 else "")
        )
        self.handles, self.problems = list(handles), dict(problems)
