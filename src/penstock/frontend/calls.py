"""What callers ask for and what they are answered, in the shape of the wire but free of it."""

from collections.abc import Sequence
from typing import Final, Literal

from msgspec import UNSET, Struct, UnsetType

from penstock.model.attributes import Attributes
from penstock.model.errors import Conflict, InvalidInput, PenstockError
from penstock.model.identity import ID_BYTES, TaskId, text_of
from penstock.model.lifecycle import Status
from penstock.model.task import TaskView
from penstock.ports.results import Ended

NO_ID: Final = TaskId(bytes(ID_BYTES))
"""Stands where a position has no task."""


class TaskGroup(Struct, frozen=True):
    """Tasks of one lambda with the same options, in columns. Times in microseconds."""

    lambda_name: str
    payloads: list[bytes]
    collection: str = ""
    priority: int = 0
    """a `Priority`, or 0 for normal"""
    keys: list[str] = []
    """none, or one a payload"""
    due_at_us: list[int] = []
    """none (now), one for all, or one a payload"""
    delay_us: list[int] = []
    """none, one for all, or one a payload; never with `due_at_us`"""
    key_life_s: int = 0
    """0: the default"""
    parent_id: bytes = b""
    """"" or the 16 bytes of the task that schedules these"""
    attributes: dict[str, str] | UnsetType = UNSET
    """UNSET for none: then they are no part of what tells this call from another"""


class ParentsAsked(Struct, frozen=True):
    """Whom one task is to wait for."""

    of: list[bytes | int]
    """ids, and positions of tasks of the same call, in the order in which their results are read"""
    on_failure: int = 0
    """a `ParentFailure`, or 0 for cancel"""


class ScheduleCall(Struct, frozen=True):
    """One Schedule call."""

    namespace: str
    groups: list[TaskGroup]
    request_token: bytes = b""
    strict: bool = False
    parents: dict[int, ParentsAsked] = {}
    """by position over all groups' payloads. With any, the call is stored as a whole or not at all"""


class Problem(Struct, frozen=True):
    """Why the task at a position was not stored. Positions count over all groups' payloads."""

    index: int
    code: Literal["conflict", "invalid"]
    message: str
    task_id: TaskId = NO_ID
    """conflict: the first task with the key"""

    def error(self) -> PenstockError:
        """The same as an error, for a caller that asked for one task only."""
        if self.code == "conflict":
            return Conflict(self.message, self.task_id)
        field, _, problem = self.message.partition(": ")
        return InvalidInput(field, problem)


class ScheduleAnswer(Struct, frozen=True):
    """What became of a Schedule call, durably."""

    ids: list[TaskId]
    """one a payload; `NO_ID` where there is a problem"""
    problems: list[Problem]
    warnings: list[str]
    existing: list[int]
    """positions whose key named a task that stood already"""


class Cancelled(Struct, frozen=True):
    """What became of a cancel: the end, or a request that its executor will hear."""

    status: Status
    cancel_requested: bool


class Retry(Struct, frozen=True):
    """What became of a retry."""

    id: TaskId
    """of the new task"""
    existed: bool
    """another call had retried the task before: this is that retry"""


class Registered(Struct, frozen=True):
    """What a worker is answered."""

    orchestrators: Sequence[str]
    """host:port each"""
    freed_tasks: int
    """of those held for this registration, freed before the answer; more may follow"""
    warnings: Sequence[str] = ()
    """what is allowed and may not be meant"""


class ListCall(Struct, frozen=True):
    """One ListTasks call. Empty fields do not filter; times of creation in microseconds."""

    namespace: str
    lambda_name: str = ""
    collection: str = ""
    statuses: tuple[int, ...] = ()
    from_us: int = 0
    until_us: int = 0
    page_size: int = 0
    """0: the default"""
    page_token: str = ""
    attributes: Attributes = ()


class TaskPage(Struct, frozen=True):
    """One page, the newest first. `next_page_token` is "" on the last."""

    tasks: Sequence[TaskView]
    next_page_token: str


class GateCall(Struct, frozen=True):
    """One SetGate call. Of `until_us` and `for_us` at most one is set."""

    namespace: str
    lambda_name: str
    state: int
    collection: str = ""
    until_us: int = 0
    for_us: int = 0
    reason: str = ""
    who: str = ""
    request_token: bytes = b""


class TrailCall(Struct, frozen=True):
    """One GateHistory call."""

    namespace: str
    lambda_name: str = ""
    collection: str | None = None
    """None: any, and the whole lambda"""
    before_version: int = 0
    limit: int = 0
    """0: the default"""


class Awaited(Struct, frozen=True):
    """Who has ended among the tasks asked for."""

    ended: dict[TaskId, Ended]
    """the id asked for -> its end, or that of the last task that retried it"""
    unknown: list[TaskId]


def conflict_message(first: TaskId) -> str:
    """What a caller reads whose key names a task with other content."""
    return f"key: is in conflict: it names a task with other content already, {text_of(first)}"
