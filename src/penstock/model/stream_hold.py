"""Which events a stream keeps for its subscriptions, beyond the time that it keeps all of them.

Theory of operation. What is younger than the stream's own time stays anyway. Beyond it an event stays while the cursor
of a subscription that counts has not passed it, and never longer than `longest_s`. Rows that wait or run say where
their cursors are. Rows that are idle, and rows that nobody has made, say nothing: so no more than what was there when
the last full pass of refresh began counts as passed. That pass has compared all of it with all cursors, and whatever
was behind has had a row that is not idle since then.
"""

import math
from collections.abc import Collection, Mapping
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.limits import STREAM_KEEP_S_MAX, STREAM_KEEP_S_MIN
from penstock.model.subscription import Subscription

BLOCKED_S: Final = 7 * 86_400.0
UNSEEN_S: Final = 14 * 86_400.0
UNSEEN_S_MIN: Final = 86_400
EXPIRED: Final = "expired"
"""why an event is a dead letter that its stream kept no longer for a blocked subject"""
GIVEN_UP_BY: Final = "retention"
"""who is said to have passed over what was given up"""
LOST_AT_ONCE_MAX: Final = 1_000
"""events of one subject that become dead letters in one transaction"""
LATE_US: Final = 600_000_000
"""what was appended so long before a pass began was visible to it: no append takes as long"""


class StreamHold(Struct, frozen=True):
    """How long a stream waits for cursors. 0 in the last two: the platform's default."""

    longest_s: float = 0.0
    """an event that a cursor has not passed is kept at longest so; 0: the stream waits for nobody"""
    blocked_s: float = 0.0
    """a subject that has been blocked by a dead event for so long holds no more"""
    unseen_s: float = 0.0
    """a subscription that no worker has served for so long holds no more"""

    @property
    def blocked_for_s(self) -> float:
        """The same with the default filled in."""
        return self.blocked_s or BLOCKED_S

    @property
    def unseen_for_s(self) -> float:
        """The same with the default filled in."""
        return self.unseen_s or UNSEEN_S


class HoldChange(Struct, frozen=True):
    """What is to become of a stream's `StreamHold`; None: it stays."""

    longest_s: float | None = None
    blocked_s: float | None = None
    unseen_s: float | None = None


NO_CHANGE: Final = HoldChange()


class HeldStream(Struct, frozen=True):
    """A stream that waits for cursors, as it stands at one moment of the store."""

    stream_id: StreamId
    name: str
    keep_s: float
    """0: as the platform does"""
    hold: StreamHold
    now_us: int
    subscriptions: tuple[Subscription, ...]
    """of this stream, those that are not retired"""
    seen_at_us: Mapping[LambdaId, int]
    """when each was declared last, or served by a worker"""
    changed_at_us: int
    """when a subscription of the namespace was declared otherwise or retired last; 0: never"""
    compared_at_us: int
    """when the last full pass of refresh that was finished began; 0: there was none"""


class GiveUp(Struct, frozen=True):
    """Which blocked subjects of a subscription lose which events."""

    subscription: Subscription
    blocked_before_us: int
    """those that have been blocked since before that"""
    events_before_us: int
    """what was stored before that"""


class GivenUp(Struct, frozen=True):
    """What became of it."""

    subjects: int = 0
    events: int = 0
    """of these, so many became dead letters; those that had been some before stay"""


def check_hold(
    change: HoldChange, keep_s: float, fields: tuple[str, str, str] = ("hold_s", "blocked_s", "unseen_s")
) -> HoldChange:
    """Raises `InvalidInput`; `keep_s` is how long the stream keeps its events for nobody, 0: as the platform does."""
    longest, blocked, unseen = fields
    _check(change.longest_s, longest, STREAM_KEEP_S_MIN, "a stream can also wait for no cursor")
    _check(change.blocked_s, blocked, STREAM_KEEP_S_MIN, "the default is 7 days")
    _check(change.unseen_s, unseen, UNSEEN_S_MIN, "the default is 14 days")
    if change.longest_s and keep_s and change.longest_s <= keep_s:
        raise InvalidInput(
            longest,
            f"{change.longest_s:g} s are not longer than the {keep_s:g} s for which the stream keeps its events anyway",
        )
    return change


def holders_of(held: HeldStream, unseen_before_us: int) -> list[Subscription]:
    """The subscriptions that the stream waits for: those that were seen, and those that such a one goes after."""
    known = {each.lambda_id: each for each in held.subscriptions}
    waiting = [number for number in known if held.seen_at_us.get(number, 0) >= unseen_before_us]
    holders: dict[LambdaId, Subscription] = {}
    while waiting:
        number = waiting.pop()
        if number in known and number not in holders:
            holders[number] = known[number]
            waiting += known[number].after
    return [holders[number] for number in sorted(holders)]


def compared_until_us(held: HeldStream) -> int:
    """What was stored before then, and has no row that waits or runs, is done for all; 0: nothing can be said."""
    until_us = held.compared_at_us - LATE_US
    return until_us if until_us > held.changed_at_us else 0


def gone_until_us(kept_us: int, longest_us: int, compared_us: int, needed_us: Collection[int]) -> int:
    """Events that were stored before that may go. `kept_us`: what is older is kept for cursors only; `longest_us`: what
    is older is kept for nobody; `needed_us`: when events were stored that rows have not passed.
    """
    return min(kept_us, max(longest_us, min([compared_us, *needed_us])))


def why_given_up(events: int) -> str:
    """What is said of events that a blocked subject has lost."""
    return f"blocked for too long: {events} event{'' if events == 1 else 's'} that the stream keeps no longer"


def _check(value: float | None, field: str, least_s: int, hint: str) -> None:
    if value and not (math.isfinite(value) and least_s <= value <= STREAM_KEEP_S_MAX):
        least = "1 day" if least_s == UNSEEN_S_MIN else "1 hour"
        raise InvalidInput(field, f"{value:g} s are outside of {least} to {STREAM_KEEP_S_MAX // 86_400} days; {hint}")
