"""What claimed deliveries hand over: read from their sources, filtered, bounded."""

import logging
from collections.abc import Iterable, Sequence
from typing import Final

from msgspec import Struct

from penstock.flow.shared_ranges import SharedRanges
from penstock.flow.subscription_book import SubscriptionBook
from penstock.model.delivery import delivery_id
from penstock.model.delivery_row import ClaimedRange, Part, Standing
from penstock.model.errors import PenstockError
from penstock.model.event import StoredEvent, StreamId
from penstock.model.event_filter import Wants
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lane import LambdaId
from penstock.model.limits import BATCH_BYTES_MAX, BATCH_ROWS_MAX
from penstock.model.news import News
from penstock.model.subscription import Order, Subscription
from penstock.ports.deliveries import Deliveries
from penstock.ports.event_source import EventSource, RangeRead, SubjectKey, SubjectRange
from penstock.ports.source_book import SourceBook

READ_BYTES_MAX: Final = 4 * BATCH_BYTES_MAX
"""of all that is read in one trip"""

_FAR: Final = (1 << 63) - 1

log = logging.getLogger(__name__)


class Reading(Struct, frozen=True, gc=False):
    """What one delivery hands over."""

    claimed: ClaimedRange
    subscription: Subscription
    events: list[StoredEvent]
    """those that are wanted"""
    scanned: int
    """where the cursor goes when they are done; its own place when nothing can be said"""
    found: int | None = None
    """what the source has of the subject, or those that go first have done, when that is less than was said"""
    asks: bool = False
    """one that goes first has done nothing, or has no row: somebody must hear of the subject to make it"""


class RangeReader:
    """One trip to each source for all that is claimed at once."""

    def __init__(self, sources: SourceBook, book: SubscriptionBook, deliveries: Deliveries) -> None:
        self._sources = sources
        self._book = book
        self._deliveries = deliveries
        self._shared = SharedRanges()
        self._news: News[StreamId] = News()

    async def read(self, pairs: Sequence[tuple[ClaimedRange, Subscription]]) -> list[Reading]:
        """What the sources answer, in any order; ranges of a source that does not answer are left out."""
        groups: dict[tuple[StreamId, bool], list[tuple[ClaimedRange, Subscription]]] = {}
        for claimed, subscription in pairs:
            group = (claimed.stream_id, subscription.spec.order is Order.LATEST)
            groups.setdefault(group, []).append((claimed, subscription))
        readings: list[Reading] = []
        for (stream_id, latest_only), group_pairs in groups.items():
            try:
                readings += await self._read_group(self._sources.source_of(stream_id), group_pairs, latest_only)
            except PenstockError as error:
                self._tell(stream_id, group_pairs[0][1].spec.stream, error)
            except Exception:
                log.exception("the source of stream %r failed", group_pairs[0][1].spec.stream)
            else:
                if self._news.is_over(stream_id):
                    log.info("the source of stream %r answers again", group_pairs[0][1].spec.stream)
        return readings

    def _tell(self, stream_id: StreamId, name: str, error: PenstockError) -> None:
        """Its deliveries come again every few seconds, and would say it each time."""
        if self._news.is_new(stream_id, str(error)):
            log.warning("the source of stream %r does not answer, its deliveries wait: %s", name, error)

    async def handed_over(self, claimed: ClaimedRange, subscription: Subscription) -> list[StoredEvent]:
        """What a delivery of this range has handed over, read once more. Raises what the source raises."""
        source, latest_only = self._sources.source_of(claimed.stream_id), subscription.spec.order is Order.LATEST
        (reading,) = await self._read_group(source, [(claimed, subscription)], latest_only)
        return reading.events

    async def _read_group(
        self, source: EventSource, pairs: Sequence[tuple[ClaimedRange, Subscription]], latest_only: bool
    ) -> list[Reading]:
        before = await self._before(pairs)
        wants = [
            _without(each.given_up, self._book.wants(subscription))
            for (_, subscription), each in zip(pairs, before, strict=True)
        ]
        ranges = [
            _range(claimed, _limit(claimed, of), each, bound.cursor)
            for (claimed, of), each, bound in zip(pairs, wants, before, strict=True)
        ]
        answers = await self._answers(source, pairs[0][0].stream_id, ranges, latest_only and not any(wants))
        readings = [
            _reading(claimed, of, each, answer, latest_only)
            for (claimed, of), each, answer in zip(pairs, wants, answers, strict=True)
        ]
        short = [
            at
            for at, (each, answer) in enumerate(zip(ranges, answers, strict=True))
            if answer.scanned < each.upto and len(answer.events) < each.events_max
        ]
        if short:
            await _look_for_heads(source, ranges, readings, short)
        return [_bounded(reading, bound.cursor) for reading, bound in zip(readings, before, strict=True)]

    async def _answers(
        self, source: EventSource, stream_id: StreamId, ranges: Sequence[SubjectRange], latest_only: bool
    ) -> list[RangeRead]:
        if latest_only:
            return await source.read_latest(ranges, READ_BYTES_MAX)
        if self._book.is_shared(stream_id):
            return await self._shared.read(source, stream_id, ranges, READ_BYTES_MAX)
        return await source.read(ranges, READ_BYTES_MAX)

    async def _before(self, pairs: Sequence[tuple[ClaimedRange, Subscription]]) -> list[Standing]:
        """For each, how far those that it goes after have come, and what they and those before them have given up.

        A row knows that by its head; but one that goes after others since a moment ago may have heard of more.
        """
        parts = [
            (at, other, Part(_row_before(claimed, other), claimed.cursor, claimed.head))
            for at, (claimed, subscription) in enumerate(pairs)
            for other in {*subscription.after, *self._book.skips_with(subscription)}
        ]
        found = [Standing(_FAR) for _ in pairs]
        rows = await self._deliveries.standing([part for _, _, part in parts]) if parts else []
        for (at, other, _), row in zip(parts, rows, strict=True):
            subscription = pairs[at][1]
            cursor = row.cursor if other in subscription.after else _FAR
            given_up = row.given_up if other in self._book.skips_with(subscription) else frozenset()
            found[at] = Standing(min(cursor, found[at].cursor), found[at].given_up | given_up)
        return found


def _row_before(claimed: ClaimedRange, other: LambdaId) -> TaskId:
    return delivery_id(other, claimed.stream_id, claimed.subject_hash, bucket_of(claimed.id))


def _without(sequences: frozenset[int], wants: Wants | None) -> Wants | None:
    """Which events are given; None: all."""
    if not sequences:
        return wants
    return lambda event: event.sequence not in sequences and (wants is None or wants(event))


def _bounded(reading: Reading, cursor: int) -> Reading:
    """One that has heard of more than those before it have done forgets that."""
    if cursor >= reading.claimed.head:
        return reading
    found = max(cursor, reading.scanned)
    return Reading(reading.claimed, reading.subscription, reading.events, reading.scanned, found, asks=not cursor)


async def _look_for_heads(
    source: EventSource, ranges: Sequence[SubjectRange], readings: list[Reading], short: Iterable[int]
) -> None:
    """These were cut off, or their sources have less than was said: only the source can tell."""
    places = list(short)
    heads = await source.heads([ranges[at].key for at in places])
    for at, head in zip(places, heads, strict=True):
        one = readings[at]
        if head < one.claimed.head:
            readings[at] = Reading(one.claimed, one.subscription, one.events, one.scanned, max(head, one.scanned))


def _limit(claimed: ClaimedRange, subscription: Subscription) -> int:
    most = subscription.spec.batch_max
    return min(claimed.batch_limit, most) if claimed.batch_limit else most


def _range(claimed: ClaimedRange, limit: int, wants: Wants | None, bound: int) -> SubjectRange:
    """Of events that may not be wanted many are looked at, so that a range without any is passed over soon."""
    key = SubjectKey(claimed.subject, claimed.subject_hash)
    upto = max(claimed.cursor, min(claimed.head, bound))
    return SubjectRange(key, claimed.cursor, upto, limit if wants is None else max(limit, BATCH_ROWS_MAX))


def _reading(
    claimed: ClaimedRange, subscription: Subscription, wants: Wants | None, answer: RangeRead, latest_only: bool
) -> Reading:
    events, scanned = answer.events, min(answer.scanned, claimed.head)
    if wants is not None:
        events = [event for event in events if wants(event)]
    if latest_only:
        return Reading(claimed, subscription, events[-1:], scanned)
    count = _fitting(events, _limit(claimed, subscription))
    if count < len(events):
        return Reading(claimed, subscription, events[:count], events[count - 1].sequence)
    return Reading(claimed, subscription, events, scanned)


def _fitting(events: Sequence[StoredEvent], limit: int) -> int:
    """How many of them one delivery hands over."""
    size_bytes = 0
    for count, event in enumerate(events[:limit]):
        size_bytes += len(event.data)
        if count and size_bytes > BATCH_BYTES_MAX:
            return count
    return min(limit, len(events))
