"""Refresh: what is behind although nobody said so, and what does not move although it should.

Theory of operation. Two loops for each stream that somebody subscribes to. *Recent* looks every few seconds at what has
changed since its mark; *full* goes over every subject, slowly. Both compare what the source has with the cursors. What
is behind and unheard of is raised; what is known to be behind and stands still for long is a finding, which the full
loop writes down.
"""

from collections.abc import Sequence
from enum import Enum, IntEnum, unique
from hashlib import blake2b

from msgspec import Struct

from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, HELD_FOR_GATES, Status
from penstock.model.subscription import Subscription


@unique
class RefreshLoop(IntEnum):
    """Which of the two. The numbers are stored."""

    RECENT = 1
    """what has changed since the last look"""
    FULL = 2
    """every subject"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


@unique
class Trouble(IntEnum):
    """Why a subject of a subscription does not go on. The numbers are stored."""

    DEAD_EVENT = 1
    """the event after its cursor is dead: somebody must redrive or skip it"""
    FAILING = 2
    """it was tried, and failed, and no event of it was completed for long"""
    STUCK = 3
    """it waits for long, and nothing has failed"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower().replace("_", " ")

    __format__ = Enum.__format__


class RefreshWish(Struct, frozen=True):
    """A loop that is wanted."""

    stream_id: StreamId
    loop: RefreshLoop
    edition: int
    """of the stream's subscriptions: `edition_of`. A pass that knew others is repeated at once"""


class PassCount(Struct, frozen=True):
    """What was seen: of a pass that is under way, so far."""

    subjects: int = 0
    behind: int = 0
    """rows that were raised: nobody had said how far their subjects have come"""
    troubled: int = 0
    """rows that do not go on, see `Trouble`"""

    def __add__(self, other: "PassCount") -> "PassCount":
        return PassCount(self.subjects + other.subjects, self.behind + other.behind, self.troubled + other.troubled)


class RefreshState(Struct, frozen=True):
    """How a loop stands. Times are the store's, 0: never."""

    stream_id: StreamId
    loop: RefreshLoop
    mark: bytes
    """where its next step goes on"""
    edition: int
    """that of the pass that is under way, or of the last one"""
    began_at_us: int
    """of the pass that is under way; 0: none is"""
    count: PassCount
    last_began_at_us: int
    """of the last pass that was finished: all that its source had then was compared"""
    last_ended_at_us: int
    last_count: PassCount
    next_at_us: int
    """when its next step, or pass, may begin"""
    asked_by: str = ""
    """who asked for the pass that comes next, or is under way; "": it comes by itself"""


class Behind(Struct, frozen=True, gc=False):
    """A row that has not come as far as it was asked about."""

    number: int
    """its place in the question, from 0"""
    cursor: int
    """-1: there is no such row"""
    head: int = 0
    status: Status = Status.IDLE
    held_for: str = ""
    attempts: int = 0
    crashes: int = 0
    lapses: int = 0
    stands_us: int = 0
    """for how long its cursor has stood there while something comes after it"""

    @property
    def is_missing(self) -> bool:
        """Nobody has made it yet."""
        return self.cursor < 0


class Finding(Struct, frozen=True):
    """A subject of a subscription that does not go on, as the full loop saw it."""

    delivery_id: TaskId
    lambda_id: LambdaId
    subscription: str
    """the lambda's name"""
    subject: str
    trouble: Trouble
    cursor: int
    head: int
    """what its source has"""
    attempts: int
    crashes: int
    stands_us: int
    seen_at_us: int = 0
    """when it was seen so last; the store fills it in"""


class StepDone(Struct, frozen=True):
    """What a step has come to."""

    mark: bytes
    seen: PassCount
    found: Sequence[Finding] = ()
    is_end: bool = False
    """its pass is finished"""
    pause_s: float = 0.0
    """before the next step, or the next pass"""


def edition_of(subscriptions: Sequence[Subscription]) -> int:
    """A number for what the cursors of a stream depend on: who subscribes, from where on, and after whom."""
    said = [(each.lambda_id, each.spec.start_at_us, *sorted(each.after)) for each in subscriptions]
    return int.from_bytes(blake2b(repr(sorted(said)).encode(), digest_size=7).digest(), "big") or 1


def trouble_of(row: Behind, stuck_after_us: int) -> Trouble | None:
    """What keeps a row that is behind from going on; None: nothing, as far as can be told. One that a gate holds waits
    for who shut it, one that is idle for those that go first, or for somebody to say how far its subject has come.
    """
    if row.held_for == HELD_FOR_DEAD_EVENT:
        return Trouble.DEAD_EVENT
    if row.is_missing or row.status is Status.IDLE or row.held_for in HELD_FOR_GATES or row.stands_us < stuck_after_us:
        return None
    has_failed = row.status is Status.RETRIABLE_FAILURE or row.attempts or row.crashes or row.lapses
    return Trouble.FAILING if has_failed else Trouble.STUCK


def is_unheard(row: Behind, reach: int) -> bool:
    """Whether a row must be told how far it may go: `reach` is what its source has, or what those before it have
    completed.
    """
    return row.is_missing or row.head < reach or (row.status is Status.IDLE and row.cursor < reach)
