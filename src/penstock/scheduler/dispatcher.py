"""The dispatcher: pings raise heads, and who is behind is moved on. What it does is lost without harm: a ping that was
lost is no worse than one that was never sent.
"""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from penstock.model.delivery import delivery_id
from penstock.model.delivery_row import NewDelivery, Rise
from penstock.model.event import StreamId, hash_of_subject
from penstock.model.identity import TaskId, bucket_of_key
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.subscription import START_AT_THE_BEGINNING, Subscription
from penstock.ports.deliveries import Deliveries, Raised
from penstock.ports.event_source import SubjectKey
from penstock.ports.lanes import LaneGauges
from penstock.ports.pings import Ping, PingQueue
from penstock.ports.source_book import SourceBook
from penstock.scheduler.lane_publisher import LanePublisher
from penstock.scheduler.subscription_list import SubscriptionList

IDS_REMEMBERED: Final = 1 << 16


class _Want(NamedTuple):
    """A subject that was heard of, for one subscription."""

    rise: Rise
    """to 0 where others go first: their cursors say how far it may go"""
    subscription: Subscription
    subject: str


class Dispatcher:
    """`hear` is told of lanes in which something is due and waits for room."""

    def __init__(
        self,
        deliveries: Deliveries,
        subscriptions: SubscriptionList,
        sources: SourceBook,
        pings: PingQueue,
        publisher: LanePublisher,
        gauges: LaneGauges,
        hear: Callable[[LaneId, int], None],
    ) -> None:
        self._deliveries = deliveries
        self._subscriptions = subscriptions
        self._sources = sources
        self._pings = pings
        self._publisher = publisher
        self._room = gauges.room
        self._hear = hear

    async def run(self) -> None:
        """Hear pings, until cancelled."""
        stop = self._pings.listen(self.dispatch)
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            await asyncio.shield(stop())

    async def dispatch(self, pings: Sequence[Ping]) -> None:
        """Move on what these pings say is behind. Raises what the store and the sources raise: then they come again."""
        await self._subscriptions.refresh()
        wants = self._wants(pings)
        for at in range(0, len(wants), BATCH_ROWS_MAX):
            await self._raise(wants[at : at + BATCH_ROWS_MAX])

    async def lift(self, places: Sequence[tuple[Subscription, str]]) -> None:
        """Rows that go after others, up to where those are: for when nobody before them moves any more."""
        wants = [
            _Want(
                Rise(_row_id(each.lambda_id, each.stream_id, subject), lane_of(each.lambda_id, Priority.NORMAL), 0),
                each,
                subject,
            )
            for each, subject in places
        ]
        for at in range(0, len(wants), BATCH_ROWS_MAX):
            await self._make(wants[at : at + BATCH_ROWS_MAX])

    def _wants(self, pings: Iterable[Ping]) -> list[_Want]:
        """Each row once, by the highest that was heard."""
        reached: dict[tuple[StreamId, str], int] = {}
        for ping in pings:
            place = (ping.stream_id, ping.subject)
            reached[place] = max(ping.sequence, reached.get(place, ping.sequence))
        wants: list[_Want] = []
        takers = {stream_id: self._takers(stream_id) for stream_id in {stream_id for stream_id, _ in reached}}
        for (stream_id, subject), head in reached.items():
            for each, lane in takers[stream_id]:
                rise = Rise(_row_id(each.lambda_id, stream_id, subject), lane, 0 if each.after else head)
                wants.append(_Want(rise, each, subject))
        return wants

    def _takers(self, stream_id: StreamId) -> list[tuple[Subscription, LaneId]]:
        """The subscriptions to a stream, and where their deliveries travel."""
        return [(each, lane_of(each.lambda_id, Priority.NORMAL)) for each in self._subscriptions.of(stream_id)]

    async def _raise(self, wants: Sequence[_Want]) -> None:
        raised = await self._deliveries.raise_heads([want.rise for want in wants], self._room)
        self._publish(raised)
        if raised.missing:
            await self._make([want for want in wants if want.rise.id in raised.missing])

    async def _make(self, wants: Sequence[_Want]) -> None:
        starts = await self._starts(wants)
        rows = [_new(want, starts[want.rise.id]) for want in wants]
        made = await self._deliveries.make(rows, self._room)
        self._publish(made)
        stood = [want.rise for want in wants if want.rise.id in made.missing]
        if stood:  # somebody else made them at the same moment, for a lower head perhaps
            self._publish(await self._deliveries.raise_heads(stood, self._room))

    async def _starts(self, wants: Sequence[_Want]) -> dict[TaskId, int]:
        """Where the cursors of rows begin."""
        starts: dict[TaskId, int] = {}
        asked: dict[tuple[StreamId, int], list[_Want]] = {}
        for want in wants:
            at_us = want.subscription.spec.start_at_us
            if at_us == START_AT_THE_BEGINNING:
                starts[want.rise.id] = 0
            else:
                asked.setdefault((want.subscription.stream_id, at_us), []).append(want)
        for (stream_id, at_us), some in asked.items():
            keys = [SubjectKey(want.subject, hash_of_subject(want.subject)) for want in some]
            positions = await self._sources.source_of(stream_id).positions_at(keys, at_us)
            starts.update(zip([want.rise.id for want in some], positions, strict=True))
        return starts

    def _publish(self, raised: Raised) -> None:
        for lane, references in raised.references.items():
            self._publisher.publish(lane, references, raised.enqueued_at_us)
        for lane in raised.waiting:
            self._hear(lane, 0)


@lru_cache(maxsize=IDS_REMEMBERED)
def _row_id(lambda_id: LambdaId, stream_id: StreamId, subject: str) -> TaskId:
    return delivery_id(lambda_id, stream_id, hash_of_subject(subject), bucket_of_key(subject.encode()))


def _new(want: _Want, start: int) -> NewDelivery:
    rise, subscription = want.rise, want.subscription
    return NewDelivery(
        rise.id,
        rise.lane,
        subscription.namespace_id,
        subscription.stream_id,
        want.subject,
        hash_of_subject(want.subject),
        start,
        rise.head,
    )
