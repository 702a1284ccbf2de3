"""What an app is answered about cursors."""

from datetime import datetime

import msgspec
from msgspec import Struct

from penstock.filters import Filter
from penstock.sdk.durations import moment_of
from penstock.wire.v1 import penstock_pb2 as pb


class SubscriptionState(Struct, frozen=True):
    """A subscription, and how many subjects of it wait for what, counted up to 10,000."""

    subscription: str
    stream: str
    after: tuple[str, ...]
    waiting: int
    running: int
    failed: int
    """until their backoff is over"""
    blocked: int
    """for somebody to redrive or skip a dead event"""
    gated: int
    dead_events: int
    longest_s: float
    """how long the one that has waited longest has"""


class SubjectState(Struct, frozen=True):
    """A subject of a subscription that has something to hand over."""

    subject: str
    cursor: int
    head: int
    """as far as is known"""
    attempts: int
    stands_s: float
    """for how long its cursor has not moved"""
    held_for: str
    is_replay: bool
    """cursor and head are those of a replay, beside those of the subject"""


class DeadEvent(Struct, frozen=True):
    """An event that used up its attempts."""

    subject: str
    sequence: int
    type: str
    died_at: datetime | None
    blocks: bool
    """its subject waits for somebody to redrive or skip it"""
    attempts: int
    reason: str
    error: str


class FilterFailures(Struct, frozen=True):
    """Events for which an expression of a filter failed: it counts as false."""

    count: int
    error: str
    """the last one, as the following"""
    subject: str
    sequence: int
    at: datetime | None


class SubscriptionShown(Struct, frozen=True):
    """One subscription, what stands of it, and its dead events."""

    state: SubscriptionState
    subjects: tuple[SubjectState, ...]
    dead_events: tuple[DeadEvent, ...]
    filter: Filter | None = None
    """all that events must pass; None: all pass"""
    filter_failures: FilterFailures | None = None
    """None: its filter has not failed since it was declared as it is"""


class Redriven(Struct, frozen=True):
    """A dead event that is tried again."""

    cursor: int
    out_of_order: bool
    """it had been passed over, and comes after events that followed it"""


class Replay(Struct, frozen=True):
    """What is, or would be, handed over again."""

    subjects: int
    events: int | None
    """None: not counted, where no subject was named and it was no preview"""
    busy: int
    """subjects that were left out because a replay of them is under way"""
    first_at: datetime | None
    """when the first of the events was stored; None: not known"""


class Behind(Struct, frozen=True):
    """A subject that a subscription has not completed."""

    subscription: str
    subject: str
    cursor: int
    head: int
    """what its source has"""
    waits_for: str


class Verified(Struct, frozen=True):
    """What a stream's source has, against what its subscriptions have completed."""

    looked_at: datetime | None
    """all that could be read then is completed, when nothing is behind; by the platform's clock, in UTC"""
    subjects: int
    behind: tuple[Behind, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing is behind."""
        return not self.behind


def behind_of(wire: pb.CursorLag) -> Behind:
    """Off the wire."""
    return Behind(wire.subscription, wire.subject, wire.cursor, wire.head, wire.waits_for)


def state_of(wire: pb.CursorSummary) -> SubscriptionState:
    """Off the wire."""
    return SubscriptionState(
        wire.subscription,
        wire.stream,
        tuple(wire.after),
        wire.waiting,
        wire.running,
        wire.failed,
        wire.blocked,
        wire.gated,
        wire.letters,
        wire.longest_us / 1_000_000,
    )


def shown_of(wire: pb.ShowCursorsReply) -> SubscriptionShown:
    """Off the wire."""
    rows = tuple(
        SubjectState(
            row.subject, row.cursor, row.head, row.attempts, row.stands_us / 1_000_000, row.held_for, row.is_replay
        )
        for row in wire.rows
    )
    letters = tuple(
        DeadEvent(
            each.subject,
            each.sequence,
            each.type,
            moment_of(each.died_at_us),
            each.blocks,
            each.attempts,
            each.reason,
            f"{each.error_type}: {each.error_message}" if each.error_type else "",
        )
        for each in wire.letters
    )
    wanted = msgspec.json.decode(wire.filter) if wire.filter else None
    return SubscriptionShown(state_of(wire.summary), rows, letters, wanted, _failures_of(wire))


def _failures_of(wire: pb.ShowCursorsReply) -> FilterFailures | None:
    if not wire.HasField("filter_failures"):
        return None
    failed = wire.filter_failures
    return FilterFailures(failed.count, failed.error, failed.subject, failed.sequence, moment_of(failed.at_us))
