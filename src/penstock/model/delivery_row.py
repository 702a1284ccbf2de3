"""The row of a <subscription, subject>, and what may be done to it. A store does it; it never decides."""

from msgspec import Struct

from penstock.model.event import StoredEvent, StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Event
from penstock.model.task import NO_FAILURE, Attempt, Failure, Trigger


class Part(Struct, frozen=True, gc=False):
    """A part of a row's subject: sequences after `after`, up to and with `upto`."""

    id: TaskId
    after: int
    upto: int


class Standing(Struct, frozen=True, gc=False):
    """How a row stands with a part of its subject."""

    cursor: int
    """0: there is no such row"""
    given_up: frozenset[int] = frozenset()
    """sequences of dead events in the part that it went on after: letters that do not block"""


class NewDelivery(Struct, frozen=True, gc=False):
    """A row to be made."""

    id: TaskId
    lane: LaneId
    namespace_id: int
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    start: int
    """where its cursor begins: all up to it counts as done"""
    head: int
    """what its subject has reached, as far as is known; that of a row that goes after others is found in the store"""


class Rise(Struct, frozen=True, gc=False):
    """A subject of a subscription has reached `head`, somebody says."""

    id: TaskId
    lane: LaneId
    head: int


class DeliveryRow(Struct, frozen=True):
    """The row as it stands."""

    trigger: Trigger
    """all that it shares with a task's"""
    namespace_id: int
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    cursor: int
    head: int
    batch_limit: int = 0
    """events that it hands over next at most; 0: as the subscription says"""
    tried: int = 0
    """the sequence of the event that its attempts and crashes were spent on; 0: none"""
    since_us: int = 0
    """since when its cursor stands, while something comes after it"""


class ClaimedRange(Struct, frozen=True, gc=False):
    """What the holder of a claim is to hand over: events after `cursor`, up to and with `head`."""

    id: TaskId
    claim: int
    lane: LaneId
    cursor: int
    head: int
    batch_limit: int
    attempts: int
    crashes: int
    suspect: bool
    stream_id: StreamId
    subject: str
    subject_hash: bytes
    edition: int = 0
    """of all subscriptions: another one means that some were declared or retired before the claim"""


class EventLetter(Struct, frozen=True):
    """An event that used up its attempts, with all that is known of it."""

    event: StoredEvent
    attempts: int
    crashes: int
    blocks: bool
    """its subject waits for somebody to redrive or skip it"""
    reason: str
    failure: Failure = NO_FAILURE
    executor: str = ""


class SetAside(Struct, frozen=True, gc=False):
    """An event whose row goes on without it: it gets a row of its own, as one that has failed so often."""

    id: TaskId
    sequence: int
    attempts: int
    crashes: int
    suspect: bool
    delay_us: int
    """until it is tried again"""


class Advance(Struct, frozen=True, gc=False):
    """All events up to `upto` are done: `Event.CAUGHT_UP` or `WENT_ON`, as `lifecycle.handed_over` says."""

    id: TaskId
    claim: int
    upto: int
    namespace_id: int | None = None
    """Not None: refused unless the row is this namespace's"""
    lane: LaneId | None = None
    """the row's, as far as it is known: only then what is left of it is moved on at once"""


class Settle(Struct, frozen=True, gc=False):
    """Any other end of a claim. Counters are what they become; None: as they were."""

    id: TaskId
    claim: int
    event: Event
    """where it leads says `DELIVERY_MATRIX`; `CAUGHT_UP` stands for `WENT_ON`, too"""
    upto: int = 0
    """all events up to here are done; a lower one than the cursor leaves it"""
    batch_limit: int | None = None
    tried: int | None = None
    attempts: int | None = None
    crashes: int | None = None
    lapses: int | None = None
    suspect: bool | None = None
    delay_us: int = 0
    """`trigger_at` becomes the store's clock plus this"""
    history: Attempt | None = None
    letter: EventLetter | None = None
    seen_trigger_at_us: int | None = None
    """Not None: refused unless `trigger_at` is still this: the lease was not renewed since it was read"""
    namespace_id: int | None = None
    """Not None: refused unless the row is this namespace's"""
    aside: SetAside | None = None
    """made with it"""


DeliveryChange = Advance | Settle
