"""The state of deliveries: claims with what they hand over, and what their ends mean for cursors."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from penstock.flow.lane_feed import LaneFeed
from penstock.flow.pump import Pump
from penstock.flow.range_reader import RangeReader, Reading
from penstock.flow.subscription_book import SubscriptionBook
from penstock.model.delivery import Span, is_replay
from penstock.model.delivery_row import Advance, ClaimedRange, DeliveryChange, DeliveryRow
from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.event import StoredEvent, told
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import OWNED, Event
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.ordering import decide, in_replay, needs_events, parked, put_back
from penstock.model.policy import LambdaPolicy
from penstock.model.task import Claimed, Report
from penstock.ports.deliveries import Deliveries, Raised

TRIPS_IN_FLIGHT_MAX: Final = 2
SOURCE_RETRY_S: Final = 1.0
"""how long a delivery waits whose source does not answer"""
LANES_REMEMBERED: Final = 1 << 16
"""of claims whose end may come here: without its lane, what is left of a row waits for its turn in the store"""
CUT_OFF_RETRY_S: Final = 0.02
"""of one that had to be left out, because others of its trip had too much"""

log = logging.getLogger(__name__)


class DeliveryState:
    """Claims and results of deliveries, in shared trips to the store. `policy_of` names a lane's policy; `chance` draws
    a number from 0 to 1 for the jitter of backoffs.
    """

    def __init__(
        self,
        deliveries: Deliveries,
        reader: RangeReader,
        book: SubscriptionBook,
        feed: LaneFeed,
        policy_of: Callable[[LaneId], LambdaPolicy],
        chance: Callable[[], float],
        lease_s: float,
    ) -> None:
        self._deliveries = deliveries
        self._reader = reader
        self._book = book
        self._feed = feed
        self._policy_of = policy_of
        self._chance = chance
        self._lease_s = lease_s
        self._lanes: dict[TaskId, LaneId] = {}
        self._claims = Pump(self._claim_trip, rows_max=BATCH_ROWS_MAX, in_flight_max=TRIPS_IN_FLIGHT_MAX)
        self._changes = Pump(self._change_trip, rows_max=BATCH_ROWS_MAX, in_flight_max=TRIPS_IN_FLIGHT_MAX)

    async def claim(self, ids: Sequence[TaskId], lane: LaneId | None = None) -> list[Claimed]:
        """Those that have something to hand over; a range without any wanted event is passed over here."""
        return [claimed for claimed in await self._claims.carry(list(ids), lane) if claimed is not None]

    async def set_results(self, reports: Sequence[Report], lane: LaneId | None = None) -> list[TaskId]:
        """Settle ended executions durably; answers the ids whose claim was refused as not current.

        Raises `InvalidInput`, and settles none, when a success does not say how far it went: its cursor would stay, and
        the same events would come again and again.
        """
        if any(report.ending is Event.SUCCEEDED and not report.upto for report in reports):
            raise InvalidInput("upto", "is missing for a delivery that went well; echo what came with it")
        changes: list[DeliveryChange] = [
            Advance(report.id, report.claim, report.upto, report.namespace_id, self._lanes.pop(report.id, None))
            for report in reports
            if report.ending is Event.SUCCEEDED
        ]
        failed = [report for report in reports if report.ending is not Event.SUCCEEDED]
        stale: list[TaskId] = []
        if failed:
            rows = await self._deliveries.read([report.id for report in failed])
            for report in failed:
                row = rows.get(report.id)
                if row is None or row.trigger.claim != report.claim or row.trigger.status not in OWNED:
                    stale.append(report.id)
                else:
                    changes.append(await self._decided(row, report))
        held = await self._changes.carry(changes)
        return stale + [change.id for change, holds in zip(changes, held, strict=True) if not holds]

    async def _decided(self, row: DeliveryRow, report: Report) -> DeliveryChange:
        if self._book.of(row) is None:
            await self._book.refresh()
        subscription = self._book.of(row)
        claimed = _range_of(row, report)
        if subscription is None:
            return parked(claimed)
        handed: Sequence[StoredEvent] = ()
        if needs_events(report.ending):
            handed = await self._reader.handed_over(claimed, subscription)
        spec = in_replay(subscription.spec) if is_replay(report.id) else subscription.spec
        return decide(row, report, handed, self._policy_of(row.trigger.lane), spec, self._chance())

    async def _claim_trip(self, ids: list[TaskId]) -> list[Claimed | None]:
        ranges = await self._deliveries.claim(ids, self._lease_s)
        knows = await self._knows(ranges)
        known = ranges if knows else []
        pairs = [(each, subscription) for each in known if (subscription := self._book.of(each)) is not None]
        readings = {reading.claimed.id: reading for reading in await self._reader.read(pairs)}
        given = {task_id: _claimed(reading) for task_id, reading in readings.items() if reading.events}
        rest = [each for each in ranges if each.id not in given]
        settled = [self._without_executor(each, readings.get(each.id), knows) for each in rest]
        try:
            await self._lower([reading for reading in readings.values() if reading.found is not None])
            await self._change_trip(settled)
            asking = [each.claimed for each in readings.values() if each.asks]
            self._feed.feed(Raised(unmade=tuple((each.stream_id, each.subject) for each in asking)))
        except Unavailable as error:  # what has something to hand over goes out all the same
            log.warning("%d deliveries without an event for anybody wait for their lease: %s", len(settled), error)
        self._remember(given)
        return [given.pop(task_id, None) for task_id in ids]

    def _remember(self, given: Mapping[TaskId, Claimed]) -> None:
        """Those that are lost with their executors stay: then all are forgotten at some time."""
        if len(self._lanes) > LANES_REMEMBERED:
            self._lanes.clear()
        self._lanes.update([(task_id, claimed.lane) for task_id, claimed in given.items()])

    async def _lower(self, readings: Sequence[Reading]) -> None:
        """The heads of those whose sources have less than was said."""
        if readings:
            heads = [each.scanned if each.found is None else each.found for each in readings]
            await self._deliveries.lower([each.claimed for each in readings], heads)

    async def _knows(self, ranges: Sequence[ClaimedRange]) -> bool:
        """Whether the book is as new as these claims; one that is older gives nothing away, and nothing up."""
        try:
            await self._book.know(ranges)
        except Unavailable as error:
            log.warning("%d deliveries wait, as who subscribes cannot be asked: %s", len(ranges), error)
            return False
        return True

    def _without_executor(self, claimed: ClaimedRange, reading: Reading | None, knows: bool) -> DeliveryChange:
        """What becomes of a claim that hands over nothing."""
        if knows and self._book.of(claimed) is None:
            return parked(claimed)
        if reading is None:
            return put_back(claimed, SOURCE_RETRY_S)
        if reading.scanned > claimed.cursor or reading.found is not None:
            return Advance(claimed.id, claimed.claim, reading.scanned, lane=claimed.lane)
        return put_back(claimed, CUT_OFF_RETRY_S)

    async def _change_trip(self, changes: list[DeliveryChange]) -> list[bool]:
        """Of several changes of one row the one under the latest claim is made; the others are stale."""
        latest: dict[TaskId, DeliveryChange] = {}
        for change in changes:
            stands = latest.get(change.id)
            if stands is None or change.claim > stands.claim:
                latest[change.id] = change
        moved = await self._deliveries.apply(list(latest.values()), self._feed.room)
        self._feed.feed(moved.raised)
        held = {change.id for change, holds in zip(latest.values(), moved.held, strict=True) if holds}
        return [change.id in held and latest[change.id] is change for change in changes]


def _claimed(reading: Reading) -> Claimed:
    claimed, stream, events = reading.claimed, reading.subscription.spec.stream, reading.events
    return Claimed(
        claimed.id,
        claimed.claim,
        claimed.lane,
        b"",
        "",
        events[0].appended_at_us,
        claimed.attempts,
        claimed.crashes,
        claimed.suspect,
        [told(stream, event) for event in events],
        Span(stream, claimed.subject, claimed.cursor, reading.scanned),
    )


def _range_of(row: DeliveryRow, report: Report) -> ClaimedRange:
    """What was handed over under a claim. Who died without a word has not told how far that went."""
    trigger = row.trigger
    return ClaimedRange(
        trigger.id,
        trigger.claim,
        trigger.lane,
        row.cursor,
        min(report.upto, row.head) if report.upto else row.head,
        row.batch_limit,
        trigger.attempts,
        trigger.crashes,
        trigger.suspect,
        row.stream_id,
        row.subject,
        row.subject_hash,
    )
