"""What clients ask for, and what they were told: their side of the story."""

from dataclasses import dataclass, field
from enum import Enum, auto

import msgspec

from penstock.model.identity import TaskId
from penstock.testing.world.lambdas import Arguments


class Told(Enum):
    """What a client knows of its order."""

    NOTHING_YET = auto()
    """it has not asked, or gave up without an answer: stored or not"""
    STORED = auto()
    REFUSED = auto()
    CONFLICT = auto()
    """its key names a task with other content"""


@dataclass(slots=True, eq=False)
class Order:
    """One task as a client wants it."""

    n: int
    kind: str
    """the lambda's name without its app"""
    payload: bytes
    priority: int = 0
    delay_us: int = 0
    key: str = ""
    collection: str = ""
    is_of_family: bool = False
    """it is, or may be, cancelled for a parent"""
    is_sleeper: bool = False
    """due so late that it must not start while the world lasts"""
    told: Told = Told.NOTHING_YET
    task: TaskId | None = None
    due_us: int = 0
    """by the store's clock: it was due no earlier than this"""
    asked_at_s: float = 0.0
    asked_at_us: int = 0
    cancelled_at_s: float | None = None
    """the moment at which a cancel was acknowledged as done"""
    cancel_requested: bool = False
    retried_as: list[TaskId] = field(default_factory=list)


def lambda_of(order: Order) -> str:
    """The full name of the lambda that it is for."""
    return "sim.quick" if order.kind in ("undecodable", "sleeper") else f"sim.{order.kind}"


def payload_of(n: int, run_s: float, fails: int) -> bytes:
    """What `lambdas.Arguments` decodes."""
    return msgspec.json.encode(Arguments(n, run_s, fails))


UNDECODABLE = b'{"n": "not a number"}'
"""JSON, so the door takes it; no lambda can read it"""


def number_in(payload: bytes) -> int | None:
    """The order that asked for this; none for the undecodable."""
    return None if payload == UNDECODABLE else msgspec.json.decode(payload, type=Arguments).n
