"""What the platform knows about a task, in the pieces in which it is stored and moved."""

from msgspec import Struct

from penstock.model.attributes import Attributes
from penstock.model.delivery import Span
from penstock.model.event import Event as StreamEvent
from penstock.model.family import Family
from penstock.model.gate import Gate
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, Priority
from penstock.model.lifecycle import Event, Status
from penstock.model.progress import Progress


class NewTask(Struct, frozen=True, gc=False):
    """One task at the door, checked and with its id fixed. Times in microseconds since 1970."""

    id: TaskId
    lane: LaneId
    payload: bytes
    collection: str = ""
    due_at_us: int = 0
    """0: now, by the store's clock when it is written"""
    delay_us: int = 0
    """added to the store's clock when it is written; never with `due_at_us`"""
    held_for: str = ""
    """not empty: stored as held, for this reason"""
    key: str = ""
    key_life_s: int = 0
    content_hash: bytes = b""
    """of lambda, payload and options: what "the same content" means for a key"""
    parent_id: TaskId | None = None
    retry_of: TaskId | None = None
    attributes: Attributes = ()
    family: Family | None = None
    """whose children it is; None: it waits for nobody"""


class Reference(Struct, frozen=True, gc=False):
    """What a lane carries: a hint that a task is ready."""

    id: TaskId
    alone: bool = False
    """a suspect: runs in quarantine"""


class Claimed(Struct, frozen=True, gc=False):
    """A task that now belongs to the holder of `claim`."""

    id: TaskId
    claim: int
    lane: LaneId
    payload: bytes
    collection: str
    scheduled_at_us: int
    attempts: int
    crashes: int
    suspect: bool
    events: list[StreamEvent] = []
    """of a delivery: what it hands over, at least one"""
    span: Span | None = None
    """None: it is a task"""


class ClaimKey(Struct, frozen=True, gc=False):
    """The fence: who speaks for a task must name its current claim."""

    id: TaskId
    claim: int


class Trigger(Struct, frozen=True):
    """The live row of a task: what it waits for, and when somebody looks again."""

    id: TaskId
    lane: LaneId
    status: Status
    trigger_at_us: int
    claim: int = 0
    attempts: int = 0
    crashes: int = 0
    lapses: int = 0
    suspect: bool = False
    cancel_requested: bool = False
    held_for: str = ""
    executor: str = ""
    """who runs it, where a heartbeat has said so; not told of what is looked at in bulk"""
    started_at_us: int = 0
    """since when"""


class Failure(Struct, frozen=True):
    """An error as it is kept: cut to its limits, never an object of the user's."""

    type: str = ""
    message: str = ""
    traceback: str = ""


NO_FAILURE = Failure()


class Report(Struct, frozen=True, gc=False):
    """What the holder of a claim says about its end, once the user's code has stopped."""

    id: TaskId
    claim: int
    ending: Event
    result: bytes = b""
    result_left_out: bool = False
    run_us: int = 0
    """0: its code was never started"""
    failure: Failure = NO_FAILURE
    retry_delay_s: float | None = None
    executor: str = ""
    namespace_id: int | None = None
    """whose worker says it; None: it speaks for all"""
    upto: int = 0
    """of a delivery: the `Span.upto` that its holder was given"""
    failed_at: int = 0
    """of a delivery: the sequence of the first event that failed, those before it are done; 0: not named"""


class Attempt(Struct, frozen=True):
    """One line of a task's history: an execution that did not end in success."""

    id: TaskId
    claim: int
    ending: Event
    run_us: int
    ended_at_us: int
    executor: str
    failure: Failure


class Outcome(Struct, frozen=True):
    """The row that stands when a task has ended. Written once."""

    id: TaskId
    lane: LaneId
    status: Status
    finished_at_us: int
    run_us: int
    claim: int
    attempts: int
    crashes: int
    lapses: int
    result: bytes
    result_left_out: bool
    failure: Failure
    executor: str
    reason: str


class TaskView(Struct, frozen=True):
    """All that can be shown of one task, live or ended."""

    id: TaskId
    namespace: str
    lambda_name: str
    lambda_id: LambdaId
    priority: Priority
    collection: str
    status: Status
    scheduled_at_us: int
    trigger: Trigger | None = None
    outcome: Outcome | None = None
    payload: bytes | None = None
    parent_id: TaskId | None = None
    retry_of: TaskId | None = None
    retried_as: TaskId | None = None
    history: tuple[Attempt, ...] = ()
    executor: str = ""
    """who runs it now, once it has run for longer than a moment"""
    started_at_us: int = 0
    """since when it has been running"""
    gate: Gate | None = None
    """what holds it, where a gate does"""
    progress: Progress | None = None
    """what its code said last, under whichever claim; it stays when the task has ended"""
    attributes: Attributes = ()
