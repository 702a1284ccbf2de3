"""A lambda's interest in a stream. A lambda has one at most, so its number is the subscription's number."""

from enum import Enum, IntEnum, unique
from typing import Final

from msgspec import Struct

from penstock.model.event import StreamId
from penstock.model.lane import LambdaId


@unique
class Order(IntEnum):
    """What a subscription is promised about the events of one subject. The numbers are stored."""

    SUBJECT = 1
    """each event, in its order; what follows waits for what came before"""
    LATEST = 2
    """the latest event only; what it has replaced meanwhile is passed over"""
    NONE = 3
    """each event, in any order: one that fails keeps no other waiting"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


@unique
class WhenDead(IntEnum):
    """What becomes of a subject whose event has used up its attempts and is a dead letter now. The numbers are
    stored.
    """

    BLOCK = 1
    """the subject waits until somebody redrives or skips the event"""
    SKIP = 2
    """it goes on after the event, and so do those that go after this lambda: they are not given it"""
    PASS = 3
    """it goes on after the event, and those that go after this lambda are given it"""

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


class EventFilter(Struct, frozen=True):
    """Which events of a stream are wanted. Empty: all of them."""

    types: tuple[str, ...] = ()
    """any of them; one that ends in `*` stands for all that begin so"""
    attributes: tuple[tuple[str, str], ...] = ()
    """extensions and the values they must have, all of them"""
    tree: str = ""
    """what the event must pass besides, in the dialects of CloudEvents: the JSON text of `filters.dialects`"""


START_NOW: Final = -1
START_AT_THE_BEGINNING: Final = 0


class SubscriptionSpec(Struct, frozen=True):
    """A subscription as a lambda declares it."""

    stream: str
    order: Order = Order.SUBJECT
    batch_max: int = 100
    """events that one delivery hands over at most"""
    wanted: EventFilter = EventFilter()
    start_at_us: int = START_NOW
    """where a subject without a cursor begins: after what was stored at that moment. `START_NOW`: the moment of the
    first registration; `START_AT_THE_BEGINNING`: with its first event"""
    after: tuple[str, ...] = ()
    """full names of the lambdas that go first: this one sees a subject only as far as all of them have completed it"""
    when_dead: WhenDead = WhenDead.BLOCK


class Subscription(Struct, frozen=True):
    """A subscription as the store knows it."""

    lambda_id: LambdaId
    namespace_id: int
    lambda_name: str
    stream_id: StreamId
    spec: SubscriptionSpec
    """its `start_at_us` is a moment or the beginning: "now" was resolved when it was first declared"""
    after: tuple[LambdaId, ...] = ()
    """those of `spec.after` that subscribe to the same stream now; the others hold nobody back"""
    before: tuple[LambdaId, ...] = ()
    """the subscriptions of the same stream that go after this one"""
