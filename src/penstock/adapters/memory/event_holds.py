"""For whom streams keep their events longer, in memory."""

from collections.abc import Collection, Iterator, Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.deliveries import MemoryDeliveries
from penstock.adapters.memory.subscriptions import standing
from penstock.adapters.memory.trip import Trip
from penstock.model.cursors import CursorOrderKind, CursorOrderLine
from penstock.model.delivery_row import EventLetter
from penstock.model.event import StoredEvent, StreamId
from penstock.model.event_filter import matcher
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, lambda_of, normal_of
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event, after_delivery, skipped
from penstock.model.refresh import RefreshLoop
from penstock.model.stream import Stream
from penstock.model.stream_hold import (
    EXPIRED,
    GIVEN_UP_BY,
    LOST_AT_ONCE_MAX,
    GivenUp,
    GiveUp,
    HeldStream,
    why_given_up,
)

_FRESH_US = 600_000_000


class MemoryEventHolds:
    """`EventHolds` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip, deliveries: MemoryDeliveries) -> None:
        self._cluster, self._trip, self._deliveries = cluster, trip, deliveries

    async def seen(self, lambda_ids: Collection[LambdaId]) -> None:
        await self._trip("event_holds.seen", lambda: self._seen(lambda_ids))

    async def held(self) -> list[HeldStream]:
        streams = self._cluster.streams
        return await self._trip(
            "event_holds.held",
            lambda: [self._held(of, each) for (of, _), each in streams.items() if each.hold.longest_s],
        )

    async def needed_from(self, stream_id: StreamId, lambda_ids: Sequence[LambdaId], before_us: int) -> int:
        return await self._trip(
            "event_holds.needed_from", lambda: min([before_us, *self._needed(stream_id, lambda_ids)])
        )

    async def give_up(self, wish: GiveUp, limit: int) -> GivenUp:
        return await self._trip("event_holds.give_up", lambda: self._give_up(wish, limit))

    def _seen(self, lambda_ids: Collection[LambdaId]) -> None:
        held = {each.id for each in self._cluster.streams.values() if each.hold.longest_s}
        now_us, seen = self._cluster.now_us(), self._cluster.subscriptions_seen_at_us
        for number in lambda_ids:
            row = self._cluster.subscriptions.get(number)
            if row is not None and row.stream_id in held and seen.get(number, 0) < now_us - _FRESH_US:
                seen[number] = now_us

    def _held(self, namespace_id: int, stream: Stream) -> HeldStream:
        rows = self._cluster.subscriptions
        loop = self._cluster.refreshes.get((stream.id, RefreshLoop.FULL))
        seen = self._cluster.subscriptions_seen_at_us
        return HeldStream(
            stream.id,
            stream.name,
            stream.keep_s,
            stream.hold,
            self._cluster.now_us(),
            tuple(each for each in standing(self._cluster) if each.stream_id == stream.id),
            {number: max(row.changed_at_us, seen.get(number, 0)) for number, row in rows.items()},
            max((row.changed_at_us for row in rows.values() if row.namespace_id == namespace_id), default=0),
            loop.state.last_began_at_us if loop else 0,
        )

    def _needed(self, stream_id: StreamId, lambda_ids: Sequence[LambdaId]) -> Iterator[int]:
        for task_id, place in self._cluster.deliveries.items():
            if place.stream_id == stream_id and lambda_of(place.lane) in lambda_ids and task_id in self._cluster.live:
                left = self._events_after(task_id)
                if left:
                    yield left[0].appended_at_us

    def _events_after(self, task_id: TaskId) -> list[StoredEvent]:
        place = self._cluster.deliveries[task_id]
        kept = self._cluster.events.get((place.stream_id, place.subject_hash), ())
        return [event for event in kept if event.sequence > place.cursor]

    def _give_up(self, wish: GiveUp, limit: int) -> GivenUp:
        blocked = [each for each in self._cluster.live if self._is_blocked(each, wish)]
        blocked.sort(key=lambda each: self._cluster.deliveries[each].due_at_us)
        return GivenUp(len(blocked[:limit]), sum(self._lose(each, wish) for each in blocked[:limit]))

    def _is_blocked(self, task_id: TaskId, wish: GiveUp) -> bool:
        place = self._cluster.deliveries.get(task_id)
        return (
            place is not None
            and lambda_of(place.lane) == wish.subscription.lambda_id
            and place.stream_id == wish.subscription.stream_id
            and self._cluster.live[task_id].held_for == HELD_FOR_DEAD_EVENT
            and place.due_at_us < wish.blocked_before_us
            and bool(self._lost(task_id, wish))
        )

    def _lost(self, task_id: TaskId, wish: GiveUp) -> list[StoredEvent]:
        return [event for event in self._events_after(task_id) if event.appended_at_us < wish.events_before_us]

    def _lose(self, task_id: TaskId, wish: GiveUp) -> int:
        place, letters, now_us = self._cluster.deliveries[task_id], self._cluster.event_letters, self._cluster.now_us()
        wants, every = matcher(wish.subscription.spec.wanted, wish.subscription.spec.stream), self._lost(task_id, wish)
        lost, count = every[:LOST_AT_ONCE_MAX], 0
        upto = lost[-1].sequence
        for key, letter in letters.items():
            if key[0] == task_id and key[1] <= upto:
                letters[key] = structs.replace(letter, blocks=False)
        for event in lost:
            key = (task_id, event.sequence)
            if key not in letters and (wants is None or wants(event)):
                letters[key] = EventLetter(event, 0, 0, False, EXPIRED)
                self._cluster.letters_died_at_us[key] = now_us
                self._cluster.letters_of[key] = lambda_of(place.lane)
                count += 1
        place.cursor, place.head, place.since_us = upto, max(place.head, upto), now_us
        if len(every) == len(lost):
            self._free(task_id)
        line = CursorOrderLine(CursorOrderKind.SKIP, place.subject, upto, now_us, GIVEN_UP_BY, why_given_up(len(lost)))
        self._cluster.cursor_orders.append((lambda_of(place.lane), line))
        self._deliveries.follow(task_id)
        return count

    def _free(self, task_id: TaskId) -> None:
        row, place = self._cluster.live[task_id], self._cluster.deliveries[task_id]
        event = skipped(place.cursor, place.head)
        if event is Event.SKIPPED_LAST:
            place.lane = normal_of(place.lane)
        place.tried = place.batch_limit = 0
        status = after_delivery(row.status, event)
        now_us = self._cluster.now_us()
        counters = {"attempts": 0, "crashes": 0, "lapses": 0, "suspect": False}
        self._cluster.put(
            structs.replace(row, lane=place.lane, status=status, trigger_at_us=now_us, held_for="", **counters)
        )
