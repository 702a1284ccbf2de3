"""What the memory store keeps beside the model's own structs."""

from dataclasses import dataclass

from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import GateState


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
