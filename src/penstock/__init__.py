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
        Overloaded,
        PenstockError,
        QuotaExceeded,
        Refused,
        SequenceConflict,
        Unavailable,
    )
    from penstock.model.lane import Priority
    from penstock.model.lifecycle import GateState, Status
    from penstock.model.outcomes import EventFailed, FatalFailure, RetriableFailure
    from penstock.model.progress import Progress
    from penstock.model.quota import QuotaKind
    from penstock.model.sweep import SweepKind, SweepStatus
    from penstock.sdk.app import App
    from penstock.sdk.call import Call
    from penstock.sdk.ended_parent import EndedParent
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
    from penstock.sdk.many import Order, TaskKind
    from penstock.sdk.parents import Planned
    from penstock.sdk.planning import Batch
    from penstock.sdk.progress import progress
    from penstock.sdk.quota import Quota
    from penstock.sdk.quotas import QuotaChange, QuotaSet
    from penstock.sdk.retry import Retry
    from penstock.sdk.running import CurrentTask, current_task
    from penstock.sdk.selecting import Selection

__all__ = [
    "App",
    "Batch",
    "Call",
    "Conflict",
    "CurrentTask",
    "EndedParent",
    "Event",
    "EventFailed",
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
    "Order",
    "Overloaded",
    "PenstockError",
    "Planned",
    "Priority",
    "Progress",
    "PublishStopped",
    "Quota",
    "QuotaChange",
    "QuotaExceeded",
    "QuotaKind",
    "QuotaSet",
    "Refused",
    "ResultLeftOut",
    "RetriableFailure",
    "Retry",
    "ScheduleProblems",
    "Selection",
    "SequenceConflict",
    "Status",
    "SweepKind",
    "SweepStatus",
    "TaskCancelled",
    "TaskDead",
    "TaskDropped",
    "TaskEnded",
    "TaskFailed",
    "TaskKind",
    "Unavailable",
    "WrongArguments",
    "current_task",
    "progress",
]

# Imported at first use: servers and tools that only want penstock.model must not load the SDK.
_HOMES = {
    "penstock.model.errors": (
        "Conflict InvalidInput LimitExceeded NotAuthenticated NotFound NotPermitted NotPossible Overloaded "
        "PenstockError QuotaExceeded Refused SequenceConflict Unavailable"
    ),
    "penstock.model.lane": "Priority",
    "penstock.model.lifecycle": "GateState Status",
    "penstock.model.outcomes": "EventFailed FatalFailure RetriableFailure",
    "penstock.model.quota": "QuotaKind",
    "penstock.model.progress": "Progress",
    "penstock.model.sweep": "SweepKind SweepStatus",
    "penstock.sdk.app": "App",
    "penstock.sdk.call": "Call",
    "penstock.sdk.errors": (
        "PublishStopped ResultLeftOut ScheduleProblems "
        "TaskCancelled TaskDead TaskDropped TaskEnded TaskFailed WrongArguments"
    ),
    "penstock.sdk.event": "Event",
    "penstock.sdk.gates": "Gate GateChange",
    "penstock.sdk.ended_parent": "EndedParent",
    "penstock.sdk.handle": "Handle",
    "penstock.sdk.quota": "Quota",
    "penstock.sdk.quotas": "QuotaChange QuotaSet",
    "penstock.sdk.many": "Order TaskKind",
    "penstock.sdk.progress": "progress",
    "penstock.sdk.parents": "Planned",
    "penstock.sdk.planning": "Batch",
    "penstock.sdk.retry": "Retry",
    "penstock.sdk.running": "CurrentTask current_task",
    "penstock.sdk.selecting": "Selection",
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names.split()}


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'penstock' has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
