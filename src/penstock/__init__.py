"""Penstock: one platform for asynchronous work, durable tasks and ordered events."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from penstock.model.errors import (
        Conflict,
        InvalidInput,
        LimitExceeded,
        NotAuthenticated,
        NotFound,
        NotPermitted,
        NotPossible,
        PenstockError,
        SequenceConflict,
        Unavailable,
    )
    from penstock.model.lane import Priority
    from penstock.model.lifecycle import GateState, Status
    from penstock.model.outcomes import FatalFailure, RetriableFailure
    from penstock.sdk.app import App
    from penstock.sdk.call import Call
    from penstock.sdk.errors import (
        PublishStopped,
        ResultLeftOut,
        ScheduleProblems,
        TaskCancelled,
        TaskDead,
        TaskDropped,
        TaskEnded,
        TaskFailed,
        WrongArguments,
    )
    from penstock.sdk.event import Event
    from penstock.sdk.gates import Gate, GateChange
    from penstock.sdk.handle import Handle
    from penstock.sdk.retry import Retry
    from penstock.sdk.running import CurrentTask, current_task

__all__ = [
    "App",
    "Call",
    "Conflict",
    "CurrentTask",
    "Event",
    "FatalFailure",
    "Gate",
    "GateChange",
    "GateState",
    "Handle",
    "InvalidInput",
    "LimitExceeded",
    "NotAuthenticated",
    "NotFound",
    "NotPermitted",
    "NotPossible",
    "PenstockError",
    "Priority",
    "PublishStopped",
    "ResultLeftOut",
    "RetriableFailure",
    "Retry",
    "ScheduleProblems",
    "SequenceConflict",
    "Status",
    "TaskCancelled",
    "TaskDead",
    "TaskDropped",
    "TaskEnded",
    "TaskFailed",
    "Unavailable",
    "WrongArguments",
    "current_task",
]

# Imported at first use: servers and tools that only want penstock.model must not load the SDK.
_HOMES = {
    "penstock.model.errors": (
        "Conflict InvalidInput LimitExceeded NotAuthenticated NotFound NotPermitted NotPossible PenstockError "
        "SequenceConflict Unavailable"
    ),
    "penstock.model.lane": "Priority",
    "penstock.model.lifecycle": "GateState Status",
    "penstock.model.outcomes": "FatalFailure RetriableFailure",
    "penstock.sdk.app": "App",
    "penstock.sdk.call": "Call",
    "penstock.sdk.errors": (
        "PublishStopped ResultLeftOut ScheduleProblems "
        "TaskCancelled TaskDead TaskDropped TaskEnded TaskFailed WrongArguments"
    ),
    "penstock.sdk.event": "Event",
    "penstock.sdk.gates": "Gate GateChange",
    "penstock.sdk.handle": "Handle",
    "penstock.sdk.retry": "Retry",
    "penstock.sdk.running": "CurrentTask current_task",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'penstock' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
