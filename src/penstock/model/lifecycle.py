"""Rule 1: everything that says how a task may move stands in this file, and nowhere else.

It is data and pure lookups: no I/O, no clock, no chance. The guards in SQL are generated
from it, the memory store asks it, the diagram in the docs is drawn from it.

Theory of operation. A live task has one trigger row: a status, a `trigger_at` at which
somebody looks again if nothing else happens, and a claim number. An *event* moves it along
`MATRIX`. How an execution ended is an event too, and `ENDINGS` says what that ending
costs; `model/verdict.py` adds the budget and the backoff. A terminal status absorbs: the
trigger row is gone and an outcome row stands.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum, unique
from typing import Final


@unique
class Status(IntEnum):
    """What a task is doing. The numbers are stored: never reuse one."""

    NEW = 1
    """waits for its time, then for room in its lane"""
    HELD = 2
    """waits for a gate, a key's slot, its parents or a registration"""
    ENQUEUED = 3
    """a reference to it is in its lane; waits to be claimed"""
    CLAIMED = 4
    """belongs to an executor; waits to be started"""
    PROCESSING = 5
    """its lambda runs; waits for the result"""
    RETRIABLE_FAILURE = 6
    """failed for now; waits for its backoff"""
    SUCCESS = 7
    FATAL_FAILURE = 8
    DEAD = 9
    """its budget is used up, or it cannot be run at all; kept with its history"""
    CANCELLED = 10
    DROPPED = 11
    IDLE = 12
    """of a delivery only: all that is known of its subject has been handed over; waits for a higher head"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


@unique
class Event(IntEnum):
    """What can happen to a task, named by its reason."""

    DUE = 1
    """`trigger_at` has passed and there is room in the lane"""
    HOLD = 2
    FREE = 3
    CLAIM = 4
    START = 5
    HEARTBEAT = 6
    RELEASE = 7
    """handed back by its holder without having ended: costs nothing"""
    CANCEL_REQUEST = 8
    DROP = 9
    SUCCEEDED = 10
    FAILED_FATALLY = 11
    FAILED_RETRIABLY = 12
    TIMED_OUT = 13
    RAISED = 14
    UNDECODABLE = 15
    """its payload does not fit its lambda: running it again cannot help"""
    CRASHED_ALONE = 16
    CRASHED_IN_COMPANY = 17
    LEASE_LOST = 18
    """the lease ran out, or the supervisor killed the executor"""
    STOPPED_FOR_CANCEL = 19
    """it ended because its cancel was requested"""
    EXHAUSTED = 20
    """an ending whose budget is used up"""
    BEHIND = 21
    """of a delivery: its subject has come further than its cursor"""
    CAUGHT_UP = 22
    """of a delivery: its events are done, and nothing more is known of its subject"""
    WENT_ON = 23
    """of a delivery: its events are done, and there are more"""
    BLOCKED = 24
    """of a delivery: the event after its cursor is dead, and its subject waits for somebody"""
    PARKED = 25
    """of a delivery: nobody subscribes any more; its cursor stays where it is"""
    SKIPPED = 26
    """of a delivery: somebody has passed over the event after its cursor, and there are more"""
    SKIPPED_LAST = 27
    """of a delivery: somebody has passed over the event after its cursor, and nothing more is known of its subject"""
    LENT = 28
    """of a delivery: a replay of its subject runs in its place"""
    GIVEN_BACK = 29
    """of a delivery: that replay runs no more, and there are events for it"""
    GIVEN_BACK_LAST = 30
    """of a delivery: that replay runs no more, and nothing more is known of its subject"""


@unique
class GateState(IntEnum):
    """What a gate makes of a task at the moment it is due. The numbers are stored, and the higher is the stricter."""

    OPEN = 1
    PAUSE = 2
    """kept, and run later"""
    DROP = 3
    """never run, and ended as dropped"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


@unique
class ParentFailure(IntEnum):
    """What the end of a parent without success means to a child. The numbers are stored."""

    CANCEL = 1
    """the child is cancelled"""
    CONTINUE = 2
    """that parent counts as done"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


LIVE: Final = frozenset(
    {Status.NEW, Status.HELD, Status.ENQUEUED, Status.CLAIMED, Status.PROCESSING, Status.RETRIABLE_FAILURE}
)
TERMINAL: Final = frozenset(Status) - LIVE - {Status.IDLE}
OF_TASKS: Final = LIVE | TERMINAL
"""what a task can be; a delivery is live or idle, and never ends"""
OWNED: Final = frozenset({Status.CLAIMED, Status.PROCESSING})
"""An executor holds it: only its report, under the current claim, or the lease's end may end it."""
WAITING: Final = LIVE - OWNED

_CANCEL_AND_DROP: Final = {Event.CANCEL_REQUEST: Status.CANCELLED, Event.DROP: Status.DROPPED}
_VERDICTS: Final = {
    Event.SUCCEEDED: Status.SUCCESS,
    Event.FAILED_FATALLY: Status.FATAL_FAILURE,
    Event.FAILED_RETRIABLY: Status.RETRIABLE_FAILURE,
    Event.TIMED_OUT: Status.RETRIABLE_FAILURE,
    Event.RAISED: Status.RETRIABLE_FAILURE,
    Event.UNDECODABLE: Status.DEAD,
    Event.CRASHED_ALONE: Status.RETRIABLE_FAILURE,
    Event.CRASHED_IN_COMPANY: Status.NEW,
    Event.LEASE_LOST: Status.NEW,
    Event.STOPPED_FOR_CANCEL: Status.CANCELLED,
    Event.EXHAUSTED: Status.DEAD,
    Event.RELEASE: Status.NEW,
}

MATRIX: Final[dict[Status, dict[Event, Status]]] = {
    Status.NEW: {Event.DUE: Status.ENQUEUED, Event.HOLD: Status.HELD, **_CANCEL_AND_DROP},
    Status.HELD: {
        Event.DUE: Status.HELD,
        Event.HOLD: Status.HELD,
        Event.FREE: Status.NEW,
        **_CANCEL_AND_DROP,
    },
    Status.ENQUEUED: {
        Event.DUE: Status.ENQUEUED,
        Event.HOLD: Status.HELD,
        Event.CLAIM: Status.CLAIMED,
        **_CANCEL_AND_DROP,
    },
    Status.CLAIMED: {
        Event.START: Status.PROCESSING,
        Event.HEARTBEAT: Status.CLAIMED,
        Event.CANCEL_REQUEST: Status.CLAIMED,
        **_VERDICTS,
    },
    Status.PROCESSING: {
        Event.START: Status.PROCESSING,
        Event.HEARTBEAT: Status.PROCESSING,
        Event.CANCEL_REQUEST: Status.PROCESSING,
        **_VERDICTS,
    },
    Status.RETRIABLE_FAILURE: {Event.DUE: Status.ENQUEUED, Event.HOLD: Status.HELD, **_CANCEL_AND_DROP},
    Status.SUCCESS: {},
    Status.FATAL_FAILURE: {},
    Status.DEAD: {},
    Status.CANCELLED: {},
    Status.DROPPED: {},
    Status.IDLE: {},
}
"""Of tasks."""

_HANDED_OVER: Final = {
    Event.CAUGHT_UP: Status.IDLE,
    Event.WENT_ON: Status.NEW,
    Event.BLOCKED: Status.HELD,
    Event.PARKED: Status.IDLE,
    Event.FAILED_FATALLY: Status.RETRIABLE_FAILURE,
    Event.FAILED_RETRIABLY: Status.RETRIABLE_FAILURE,
    Event.TIMED_OUT: Status.RETRIABLE_FAILURE,
    Event.RAISED: Status.RETRIABLE_FAILURE,
    Event.UNDECODABLE: Status.RETRIABLE_FAILURE,
    Event.CRASHED_ALONE: Status.RETRIABLE_FAILURE,
    Event.CRASHED_IN_COMPANY: Status.NEW,
    Event.LEASE_LOST: Status.NEW,
    Event.RELEASE: Status.NEW,
}

DELIVERY_MATRIX: Final[dict[Status, dict[Event, Status]]] = {
    Status.IDLE: {Event.BEHIND: Status.NEW, Event.LENT: Status.HELD},
    Status.NEW: {
        Event.DUE: Status.ENQUEUED,
        Event.HOLD: Status.HELD,
        Event.LENT: Status.HELD,
        Event.SKIPPED: Status.NEW,
        Event.SKIPPED_LAST: Status.IDLE,
    },
    Status.HELD: {
        Event.DUE: Status.HELD,
        Event.HOLD: Status.HELD,
        Event.FREE: Status.NEW,
        Event.GIVEN_BACK: Status.NEW,
        Event.GIVEN_BACK_LAST: Status.IDLE,
        Event.DROP: Status.IDLE,
        Event.SKIPPED: Status.NEW,
        Event.SKIPPED_LAST: Status.IDLE,
    },
    Status.ENQUEUED: {
        Event.DUE: Status.ENQUEUED,
        Event.HOLD: Status.HELD,
        Event.CLAIM: Status.CLAIMED,
        Event.LENT: Status.HELD,
        Event.SKIPPED: Status.NEW,
        Event.SKIPPED_LAST: Status.IDLE,
    },
    Status.CLAIMED: {Event.START: Status.PROCESSING, Event.HEARTBEAT: Status.CLAIMED, **_HANDED_OVER},
    Status.PROCESSING: {Event.START: Status.PROCESSING, Event.HEARTBEAT: Status.PROCESSING, **_HANDED_OVER},
    Status.RETRIABLE_FAILURE: {
        Event.DUE: Status.ENQUEUED,
        Event.HOLD: Status.HELD,
        Event.SKIPPED: Status.NEW,
        Event.SKIPPED_LAST: Status.IDLE,
    },
}
"""Of deliveries. What makes a row wait, start and beat moves both alike, by the same statements. A delivery has no end
and no cancel; what the end of an execution means for its cursor says `model/ordering.py`.
"""


@dataclass(frozen=True, slots=True)
class Ending:
    """What one way to end an execution costs, and whether the next try waits."""

    costs_attempt: bool = False
    counts_as_crash: bool = False
    counts_as_lapse: bool = False
    backs_off: bool = False
    makes_suspect: bool = False


ENDINGS: Final[dict[Event, Ending]] = {
    Event.SUCCEEDED: Ending(costs_attempt=True),
    Event.FAILED_FATALLY: Ending(costs_attempt=True),
    Event.FAILED_RETRIABLY: Ending(costs_attempt=True, backs_off=True),
    Event.TIMED_OUT: Ending(costs_attempt=True, backs_off=True),
    Event.RAISED: Ending(costs_attempt=True, backs_off=True),
    Event.UNDECODABLE: Ending(),
    Event.CRASHED_ALONE: Ending(counts_as_crash=True, backs_off=True, makes_suspect=True),
    Event.CRASHED_IN_COMPANY: Ending(makes_suspect=True),
    Event.LEASE_LOST: Ending(counts_as_lapse=True),
    Event.STOPPED_FOR_CANCEL: Ending(),
    Event.RELEASE: Ending(),
}
"""One row per event that ends an execution. `EXHAUSTED` is what any of them becomes."""

REPORTABLE: Final = frozenset(ENDINGS)
"""What the holder of a claim may say about it."""


HELD_FOR_GATE: Final = "gate"
"""a gate on its lambda pauses it"""
HELD_FOR_COLLECTION: Final = "collection gate"
"""a gate on its collection does, and none on its lambda"""
HELD_FOR_DROP: Final = "drop gate"
"""it was due while a gate dropped: it waits for its end, whatever becomes of the gate"""
HELD_FOR_GATES: Final = frozenset({HELD_FOR_GATE, HELD_FOR_COLLECTION, HELD_FOR_DROP})
HELD_FOR_REGISTRATION: Final = "registration"
"""no worker has ever registered its lambda"""
HELD_FOR_PARENTS: Final = "parents"
"""a parent has not ended"""
HELD_FOR_FAILED_PARENT: Final = "failed parent"
"""a parent ended without success: it waits for its own end, whatever becomes of the others"""
HELD_FOR_DEAD_EVENT: Final = "dead event"
"""of a delivery: the event after its cursor is a dead letter, which somebody must redrive or skip"""
HELD_FOR_REPLAY: Final = "replay"
"""of a delivery: a replay of its subject runs, and two of one subject never do"""
HELD_FOR: Final = (
    HELD_FOR_GATE,
    HELD_FOR_COLLECTION,
    HELD_FOR_DROP,
    HELD_FOR_REGISTRATION,
    HELD_FOR_PARENTS,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_DEAD_EVENT,
    HELD_FOR_REPLAY,
)
"""all reasons for which a task may be held"""


def held_for(whole: GateState, own: GateState) -> str:
    """Why a task that is due is held, by the gates on its lambda and on its collection; "" when none holds it.

    The stricter one counts: opening one of two gates frees nothing that the other holds.
    """
    if GateState.DROP in {whole, own}:
        return HELD_FOR_DROP
    if whole is GateState.PAUSE:
        return HELD_FOR_GATE
    return HELD_FOR_COLLECTION if own is GateState.PAUSE else ""


def held_here(state: GateState, is_whole: bool) -> tuple[str, ...]:
    """Which held tasks a gate that was changed to `state` may hold wrongly: those that it held itself, and, when it
    drops, those in its scope that another one holds. A gate that pauses leaves all as they are.
    """
    if state is GateState.DROP:
        return HELD_FOR_GATE, HELD_FOR_COLLECTION
    return (HELD_FOR_GATE if is_whole else HELD_FOR_COLLECTION,)


def condemns(ended: Status, on_failure: ParentFailure) -> bool:
    """Whether a child whose parent ended so is to be cancelled; otherwise that parent counts as done."""
    return ended is not Status.SUCCESS and on_failure is ParentFailure.CANCEL


class IllegalMove(Exception):
    """A status was asked for a move that `MATRIX` does not have."""

    def __init__(self, status: Status, event: Event) -> None:
        super().__init__(f"{event.name.lower()} is not possible from {status.name.lower()}")
        self.status, self.event = status, event


def after(status: Status, event: Event) -> Status:
    """The status that `event` leads to from `status`; raises `IllegalMove`."""
    try:
        return MATRIX[status][event]
    except KeyError:
        raise IllegalMove(status, event) from None


def after_delivery(status: Status, event: Event) -> Status:
    """The same for a delivery."""
    try:
        return DELIVERY_MATRIX[status][event]
    except KeyError:
        raise IllegalMove(status, event) from None


def delivery_sources(event: Event) -> tuple[Status, ...]:
    """Every status in which `event` is legal for a delivery, in the order of their numbers."""
    return tuple(status for status in Status if event in DELIVERY_MATRIX.get(status, {}))


def handed_over(cursor: int, head: int) -> Event:
    """What follows when the events of a delivery are done."""
    return Event.CAUGHT_UP if head <= cursor else Event.WENT_ON


def skipped(cursor: int, head: int) -> Event:
    """What follows when the event up to `cursor` was passed over."""
    return Event.SKIPPED_LAST if head <= cursor else Event.SKIPPED


def given_back(cursor: int, head: int) -> Event:
    """What follows when a replay of a delivery's subject runs no more."""
    return Event.GIVEN_BACK_LAST if head <= cursor else Event.GIVEN_BACK


def sources(event: Event) -> tuple[Status, ...]:
    """Every status in which `event` is legal, in the order of their numbers."""
    return tuple(status for status in Status if event in MATRIX[status])


def waits_for_time(status: Status) -> bool:
    """Whether the store consumer enqueues it when `trigger_at` passes."""
    return MATRIX[status].get(Event.DUE) is Status.ENQUEUED and status is not Status.ENQUEUED
