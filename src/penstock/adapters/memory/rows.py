"""What the memory store keeps beside the model's own structs."""

from dataclasses import dataclass

from penstock.model.attributes import Attributes
from penstock.model.event import StreamId
from penstock.model.family import Family
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import GateState
from penstock.model.periodic import Schedule
from penstock.model.subscription import SubscriptionSpec
from penstock.model.sweep import Sweep
from penstock.ports.journal import AppendReply


@dataclass(slots=True)
class TaskRow:
    """The entity: written once, but for the link to its retry."""

    id: TaskId
    namespace_id: int
    lane: LaneId
    payload: bytes
    collection: str
    scheduled_at_us: int
    parent_id: TaskId | None
    retry_of: TaskId | None
    retried_as: TaskId | None = None
    periodic_id: int | None = None
    """whose tick it is: then `scheduled_at_us` is the tick"""
    attributes: Attributes = ()
    family: Family | None = None


@dataclass(frozen=True, slots=True)
class KeyRow:
    """An idempotency key and the task that it names until it expires."""

    task_id: TaskId
    content_hash: bytes
    expires_at_us: int


@dataclass(frozen=True, slots=True)
class TokenRow:
    """A request token and the call that used it."""

    minted_at_ms: int
    content_hash: bytes
    expires_at_us: int


@dataclass(frozen=True, slots=True)
class SweepRow:
    """A sweep, how far it has come, and when it may go on."""

    sweep: Sweep
    reached: TaskId
    """the last id that was looked at"""
    stepped_at_us: int
    pause_us: int
    last: TaskId
    """of the live tasks that stood at the order"""

    def waits_us(self, now_us: int) -> int:
        """Before its last step no time is meant: then the clock was set back, and the wait is over."""
        return 0 if now_us < self.stepped_at_us else max(0, self.stepped_at_us + self.pause_us - now_us)


@dataclass(slots=True)
class ScheduleRow:
    """A periodic schedule and when it is looked at."""

    schedule: Schedule
    lane: LaneId
    bucket: int
    look_at_us: int
    waiting_since_us: int = 0

    @property
    def is_active(self) -> bool:
        """Whether its ticks make tasks."""
        return not self.schedule.paused and not self.schedule.retired


@dataclass(slots=True)
class GateRow:
    """How a gate stands."""

    lambda_id: LambdaId
    collection: str
    state: GateState
    version: int
    since_us: int
    until_us: int
    reason: str
    who: str
    settle_after_us: int | None
    """from when on tasks that it holds must be moved on"""


@dataclass(frozen=True, slots=True)
class EventKeyRow:
    """A source and an id that were given, and the sequence of the first event with them."""

    sequence: int
    expires_at_us: int


@dataclass(frozen=True, slots=True)
class PublishTokenRow:
    """A call that was answered, and with what."""

    content_hash: bytes
    reply: AppendReply


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    """What a lambda declared, with a start that stays."""

    namespace_id: int
    stream_id: StreamId
    spec: SubscriptionSpec
    is_retired: bool = False
    changed_at_us: int = 0
    """when it was declared otherwise, or retired"""


@dataclass(slots=True)
class DeliveryPlace:
    """What a delivery's row has beside its trigger."""

    namespace_id: int
    lane: LaneId
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    cursor: int
    head: int
    heard: int
    since_us: int
    batch_limit: int = 0
    tried: int = 0
    due_at_us: int = 0
    """of a held one: when it was due"""
