"""The cursors of subscriptions in memory, looked at from aside, and what is ordered about them."""

from collections import Counter
from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.deliveries import MemoryDeliveries
from penstock.adapters.memory.rows import DeliveryPlace
from penstock.adapters.memory.trip import Trip
from penstock.model.cursors import (
    CursorCount,
    CursorOrder,
    CursorOrderKind,
    CursorOrderLine,
    IdleRow,
    KeptLetter,
    StandingRow,
)
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, lambda_of, normal_of
from penstock.model.lifecycle import (
    DELIVERY_MATRIX,
    HELD_FOR_DEAD_EVENT,
    HELD_FOR_REPLAY,
    Event,
    Status,
    after_delivery,
    skipped,
)
from penstock.model.limits import CURSORS_COUNT_MAX
from penstock.model.refresh import Behind
from penstock.model.task import Trigger


class MemoryCursors:
    """`Cursors` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip, deliveries: MemoryDeliveries) -> None:
        self._cluster, self._trip, self._deliveries = cluster, trip, deliveries

    async def behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        return await self._trip("cursors.behind", lambda: self._behind(ids, heads))

    async def counts(self, lambda_ids: Sequence[LambdaId]) -> list[CursorCount]:
        return await self._trip("cursors.counts", lambda: [self._count(each) for each in lambda_ids])

    async def slowest(self, lambda_id: LambdaId, limit: int) -> list[StandingRow]:
        return await self._trip("cursors.slowest", lambda: self._slowest(lambda_id, limit))

    async def rows(self, ids: Sequence[TaskId]) -> list[StandingRow]:
        return await self._trip(
            "cursors.rows", lambda: [self._row(each) for each in sorted(ids) if each in self._cluster.deliveries]
        )

    async def letters(self, lambda_id: LambdaId, subject_hash: bytes, limit: int) -> list[KeptLetter]:
        return await self._trip("cursors.letters", lambda: self._letters(lambda_id, subject_hash)[:limit])

    async def orders(self, lambda_id: LambdaId, limit: int) -> list[CursorOrderLine]:
        lines = self._cluster.cursor_orders
        return await self._trip("cursors.orders", lambda: [line for of, line in lines if of == lambda_id][::-1][:limit])

    async def obey(self, order: CursorOrder) -> bool:
        return await self._trip("cursors.obey", lambda: self._obey(order))

    async def page(self, after: TaskId, limit: int) -> list[IdleRow]:
        return await self._trip("cursors.page", lambda: self._page(after, limit))

    async def forget(self, rows: Sequence[IdleRow]) -> int:
        return await self._trip("cursors.forget", lambda: sum(self._forget(row) for row in rows))

    def _page(self, after: TaskId, limit: int) -> list[IdleRow]:
        ids = sorted(each for each in self._cluster.deliveries if each > after)[:limit]
        told = {task_id for task_id, _ in self._cluster.event_letters}
        return [self._idle_row(each, each in self._cluster.idle and each not in told) for each in ids]

    def _idle_row(self, task_id: TaskId, may_go: bool) -> IdleRow:
        place = self._cluster.deliveries[task_id]
        idle_us = self._cluster.now_us() - place.since_us if may_go else -1
        return IdleRow(task_id, place.stream_id, place.subject, place.subject_hash, place.cursor, idle_us)

    def _forget(self, row: IdleRow) -> bool:
        place = self._cluster.deliveries.get(row.id)
        if place is None or row.id not in self._cluster.idle or not place.head <= place.cursor == row.cursor:
            return False
        del self._cluster.deliveries[row.id], self._cluster.idle[row.id]
        return True

    def _row(self, task_id: TaskId) -> StandingRow:
        row = self._deliveries.row(task_id)
        return StandingRow(row, self._cluster.now_us() - row.since_us)

    def _slowest(self, lambda_id: LambdaId, limit: int) -> list[StandingRow]:
        places = self._cluster.deliveries.items()
        ids = [each for each, place in places if lambda_of(place.lane) == lambda_id and each in self._cluster.live]
        rows = sorted([self._row(each) for each in ids], key=lambda each: (each.row.since_us, each.row.trigger.id))
        return rows[:limit]

    def _count(self, lambda_id: LambdaId) -> CursorCount:
        rows = self._slowest(lambda_id, CURSORS_COUNT_MAX)
        statuses = Counter(each.row.trigger.status for each in rows)
        held = Counter(each.row.trigger.held_for for each in rows if each.row.trigger.status is Status.HELD)
        return CursorCount(
            lambda_id,
            statuses[Status.NEW] + statuses[Status.ENQUEUED],
            statuses[Status.CLAIMED] + statuses[Status.PROCESSING],
            statuses[Status.RETRIABLE_FAILURE],
            held[HELD_FOR_DEAD_EVENT],
            statuses[Status.HELD] - held[HELD_FOR_DEAD_EVENT] - held[HELD_FOR_REPLAY],
            len(self._letters(lambda_id, b"")),
            rows[0].stands_us if rows else 0,
        )

    def _letters(self, lambda_id: LambdaId, subject_hash: bytes) -> list[KeptLetter]:
        kept = [
            KeptLetter(letter, self._cluster.letters_died_at_us[key])
            for key, letter in self._cluster.event_letters.items()
            if self._cluster.letters_of[key] == lambda_id and subject_hash in {b"", letter.event.subject_hash}
        ]
        return sorted(kept, key=lambda each: (-each.died_at_us, -each.letter.event.sequence))

    def _obey(self, order: CursorOrder) -> bool:
        place, row = self._cluster.deliveries.get(order.id), self._cluster.live.get(order.id)
        if place is None or row is None or place.cursor != order.cursor:
            return False
        is_skip = order.kind is CursorOrderKind.SKIP
        if not (self._skips(row, place, order) if is_skip else self._redrives(row, order)):
            return False
        event = skipped(place.cursor, place.head) if is_skip else Event.FREE
        now_us = self._cluster.now_us()
        if event is Event.SKIPPED_LAST:
            place.lane = normal_of(place.lane)
        self._cluster.put(
            structs.replace(
                row,
                lane=place.lane,
                status=after_delivery(row.status, event),
                trigger_at_us=now_us,
                held_for="",
                attempts=0,
                crashes=0,
                lapses=0,
                suspect=False,
            )
        )
        place.tried, place.batch_limit = 0, 0 if is_skip else 1
        line = CursorOrderLine(order.kind, place.subject, order.sequence, now_us, order.who, order.reason)
        self._cluster.cursor_orders.append((lambda_of(place.lane), line))
        self._deliveries.follow(order.id)
        return True

    def _skips(self, row: Trigger, place: DeliveryPlace, order: CursorOrder) -> bool:
        if Event.SKIPPED not in DELIVERY_MATRIX[row.status] or order.sequence <= place.cursor:
            return False
        if row.held_for == HELD_FOR_REPLAY:
            return False
        place.cursor, place.head = order.sequence, max(place.head, order.sequence)
        place.since_us = self._cluster.now_us()
        letter = self._cluster.event_letters.get((order.id, order.sequence))
        if letter is not None:
            self._cluster.event_letters[order.id, order.sequence] = structs.replace(letter, blocks=False)
        return True

    def _redrives(self, row: Trigger, order: CursorOrder) -> bool:
        letter = self._cluster.event_letters.get((order.id, order.sequence))
        if letter is None or not letter.blocks or row.held_for != HELD_FOR_DEAD_EVENT:
            return False
        del self._cluster.event_letters[order.id, order.sequence]
        return True

    def _behind(self, ids: Sequence[TaskId], heads: Sequence[int]) -> list[Behind]:
        found = []
        for number, (task_id, head) in enumerate(zip(ids, heads, strict=True)):
            place = self._cluster.deliveries.get(task_id)
            if place is None:
                found.append(Behind(number, -1))
            elif place.cursor < head:
                found.append(self._standing(number, task_id))
        return found

    def _standing(self, number: int, task_id: TaskId) -> Behind:
        place = self._cluster.deliveries[task_id]
        row = self._cluster.live.get(task_id) or self._cluster.idle[task_id]
        return Behind(
            number,
            place.cursor,
            place.head,
            row.status,
            row.held_for,
            row.attempts,
            row.crashes,
            row.lapses,
            self._cluster.now_us() - place.since_us,
        )
