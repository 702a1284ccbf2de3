"""What people see of cursors and order about them."""

from enum import Enum, IntEnum, unique

from msgspec import Struct

from penstock.model.delivery_row import DeliveryRow, EventLetter
from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId


class CursorCount(Struct, frozen=True):
    """How many subjects of a subscription wait for what. Each is counted up to `limits.CURSORS_COUNT_MAX`."""

    lambda_id: LambdaId
    waiting: int = 0
    """for their turn, or in their lane"""
    running: int = 0
    failed: int = 0
    """until their backoff is over"""
    blocked: int = 0
    """for somebody to redrive or skip a dead event"""
    gated: int = 0
    letters: int = 0
    """events that used up their attempts"""
    longest_us: int = 0
    """how long the one that has stood longest has, among those that were counted"""


class StandingRow(Struct, frozen=True):
    """A row that has something to hand over, and since when its cursor has not moved."""

    row: DeliveryRow
    stands_us: int


class IdleRow(Struct, frozen=True, gc=False):
    """A row, and whether it may be forgotten once its subject is gone."""

    id: TaskId
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    cursor: int
    idle_us: int
    """for how long it has had nothing to hand over; -1: it has, or dead events are told by it"""


class KeptLetter(Struct, frozen=True):
    """A dead event of a subscription."""

    letter: EventLetter
    died_at_us: int


@unique
class CursorOrderKind(IntEnum):
    """What may be ordered about one event of a subscription. The numbers are stored."""

    SKIP = 1
    """it counts as done"""
    REDRIVE = 2
    """a dead one is handed over again"""
    REPLAY = 3
    """a part of a subject that was completed is handed over again"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


class CursorOrder(Struct, frozen=True):
    """An order about the event that comes next in a subject of a subscription."""

    kind: CursorOrderKind
    id: TaskId
    sequence: int
    cursor: int
    """where the cursor stood when whoever orders looked: refused if it has moved since"""
    who: str
    reason: str


class ReplayOrder(Struct, frozen=True):
    """An order to hand over a part of a subject again, beside what is new."""

    kind: CursorOrderKind
    """REDRIVE: the one event of the part was dead and passed over"""
    id: TaskId
    """of the subscription's row, whose cursor stands at `upto` at least"""
    after: int
    upto: int
    who: str
    reason: str


class CursorOrderLine(Struct, frozen=True):
    """An order that was obeyed."""

    kind: CursorOrderKind
    subject: str
    sequence: int
    at_us: int
    who: str
    reason: str
