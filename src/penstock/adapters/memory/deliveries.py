"""Rows of <subscription, subject> in memory. Every guard is a question to `model.lifecycle`."""

from collections.abc import Collection, Iterable, Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.delivery_steps import DeliverySteps
from penstock.adapters.memory.replays import Places
from penstock.adapters.memory.rows import DeliveryPlace
from penstock.adapters.memory.subscriptions import standing
from penstock.adapters.memory.trip import Trip
from penstock.model.delivery import delivery_id, is_replay
from penstock.model.delivery_row import (
    Advance,
    ClaimedRange,
    DeliveryChange,
    DeliveryRow,
    NewDelivery,
    Part,
    Rise,
    SetAside,
    Standing,
)
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lane import LambdaId, lambda_of
from penstock.model.lifecycle import DELIVERY_MATRIX, HELD_FOR_DROP, OWNED, Event, Status, handed_over
from penstock.model.ordering import done_by, grown
from penstock.model.subscription import Subscription
from penstock.model.task import Trigger
from penstock.ports.deliveries import Moved, Raised, Room, no_room


class MemoryDeliveries:
    """`Deliveries` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip, enqueue_timeout_s: float) -> None:
        self._cluster = cluster
        self._trip = trip
        self._timeout_us = round(enqueue_timeout_s * 1_000_000)

    async def raise_heads(self, rises: Sequence[Rise], room: Room) -> Raised:
        return await self._trip("deliveries.raise_heads", lambda: self._raise(rises, room))

    async def make(self, rows: Sequence[NewDelivery], room: Room) -> Raised:
        return await self._trip("deliveries.make", lambda: self._make(rows, room))

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[ClaimedRange]:
        return await self._trip("deliveries.claim", lambda: self._claim(ids, round(lease_s * 1_000_000)))

    async def lower(self, claimed: Sequence[ClaimedRange], found: Sequence[int]) -> None:
        await self._trip("deliveries.lower", lambda: self._lower(claimed, found))

    async def condemned(self, limit: int) -> list[DeliveryRow]:
        return await self._trip("deliveries.condemned", lambda: self._condemned(limit))

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, DeliveryRow]:
        return await self._trip(
            "deliveries.read", lambda: {each: self.row(each) for each in ids if each in self._cluster.deliveries}
        )

    async def standing(self, parts: Sequence[Part]) -> list[Standing]:
        return await self._trip("deliveries.standing", lambda: [self._stands(part) for part in parts])

    async def apply(self, changes: Sequence[DeliveryChange], room: Room) -> Moved:
        return await self._trip("deliveries.apply", lambda: self._apply(changes, room))

    def _steps(self, room: Room) -> DeliverySteps:
        return DeliverySteps(self._cluster, room, self._timeout_us)

    def _raise(self, rises: Sequence[Rise], room: Room) -> Raised:
        steps = self._steps(room)
        for rise in sorted(rises, key=lambda rise: rise.id):
            steps.raise_head(rise.id, rise.head)
        return steps.raised()

    def _make(self, rows: Sequence[NewDelivery], room: Room) -> Raised:
        steps = self._steps(room)
        now_us = self._cluster.now_us()
        for row in sorted(rows, key=lambda row: row.id):
            if row.id in self._cluster.deliveries:
                steps.missing.add(row.id)
                continue
            self._cluster.deliveries[row.id] = DeliveryPlace(
                row.namespace_id,
                row.lane,
                row.stream_id,
                row.subject,
                row.subject_hash,
                row.start,
                row.start,
                0,
                now_us,
            )
            self._cluster.put(Trigger(row.id, row.lane, Status.IDLE, now_us))
            steps.raise_head(row.id, row.head)
        self._lift([row.id for row in rows], steps, these_too=True)
        return steps.raised()

    def _claim(self, ids: Sequence[TaskId], lease_us: int) -> list[ClaimedRange]:
        lease_end_us = self._cluster.now_us() + lease_us
        claimed, places = [], Places(self._cluster)
        for task_id in ids:
            row, place = self._cluster.live.get(task_id), self._cluster.deliveries.get(task_id)
            if row is None or place is None or Event.CLAIM not in DELIVERY_MATRIX[row.status]:
                continue
            if is_replay(task_id) and not places.lend(task_id):
                continue
            reason = self._cluster.stopped_by(task_id)
            if reason:
                if is_replay(task_id):
                    places.give_back(task_id)
                self._cluster.hold(row, reason)
                continue
            taken = structs.replace(row, status=Status.CLAIMED, claim=row.claim + 1, trigger_at_us=lease_end_us)
            self._cluster.put(taken)
            place.heard = 0
            claimed.append(_claimed(taken, place, self._cluster.subscriptions_edition))
        return claimed

    def _lower(self, claimed: Sequence[ClaimedRange], found: Sequence[int]) -> None:
        for each, head in zip(claimed, found, strict=True):
            row, place = self._cluster.live.get(each.id), self._cluster.deliveries.get(each.id)
            if row and place and row.status in OWNED and (row.claim, place.head) == (each.claim, each.head):
                place.head = max(place.cursor, place.heard, head)

    def _condemned(self, limit: int) -> list[DeliveryRow]:
        live = self._cluster.live
        held = [each for each in self._cluster.deliveries if each in live and live[each].held_for == HELD_FOR_DROP]
        return [self.row(each) for each in held[:limit]]

    def follow(self, task_id: TaskId) -> None:
        """What goes after a row whose cursor has moved in this trip; no lane is taken to have room."""
        self._lift([task_id], self._steps(no_room), these_too=False)

    def row(self, task_id: TaskId) -> DeliveryRow:
        """One that stands."""
        place = self._cluster.deliveries[task_id]
        trigger = self._cluster.read(task_id) if task_id in self._cluster.live else self._cluster.idle[task_id]
        return DeliveryRow(
            trigger,
            place.namespace_id,
            place.stream_id,
            place.subject,
            place.subject_hash,
            place.cursor,
            place.head,
            place.batch_limit,
            place.tried,
            place.since_us,
        )

    def _stands(self, part: Part) -> Standing:
        place = self._cluster.deliveries.get(part.id)
        given_up = frozenset(
            sequence
            for (task_id, sequence), letter in self._cluster.event_letters.items()
            if task_id == part.id and part.after < sequence <= part.upto and not letter.blocks
        )
        return Standing(place.cursor if place else 0, given_up)

    def _apply(self, changes: Sequence[DeliveryChange], room: Room) -> Moved:
        steps = self._steps(room)
        held = [self._change(change, steps) for change in changes]
        moved = [change.id for change, holds in zip(changes, held, strict=True) if holds]
        moved = [each for each in moved if not is_replay(each)]
        self._lift(moved, steps, these_too=False)
        return Moved(held, steps.raised())

    def _change(self, change: DeliveryChange, steps: DeliverySteps) -> bool:
        row, place = self._cluster.live.get(change.id), self._cluster.deliveries.get(change.id)
        if row is None or place is None or not _guard_holds(row, place, change):
            return False
        done = done_by(change, place.cursor, place.head)
        cursor = max(place.cursor, min(change.upto, place.head))
        if isinstance(change, Advance):
            counters = (0, 0, 0, False)
            event, delay_us = handed_over(cursor, place.head), 0
            place.batch_limit, place.tried, moves = grown(place.batch_limit), 0, True
        else:
            counters = (
                row.attempts if change.attempts is None else change.attempts,
                row.crashes if change.crashes is None else change.crashes,
                row.lapses if change.lapses is None else change.lapses,
                row.suspect if change.suspect is None else change.suspect,
            )
            event = handed_over(cursor, place.head) if change.event is Event.CAUGHT_UP else change.event
            delay_us, moves = change.delay_us, cursor > place.cursor
            place.batch_limit = place.batch_limit if change.batch_limit is None else change.batch_limit
            place.tried = place.tried if change.tried is None else change.tried
            self._note(change.id, change)
        place.cursor = cursor
        steps.settle(row, event, counters, delay_us, moves)
        if is_replay(change.id):  # others have their turn in between
            steps.wait(change.id)
            steps.wait(Places(self._cluster).end(done))
        elif isinstance(change, Advance) and change.lane is not None:
            steps.go_on(change.id)
        else:
            steps.wait(change.id)
        return True

    def _set_aside(self, place: DeliveryPlace, aside: SetAside) -> None:
        """A row for one event; its lane is that of its subject's."""
        if aside.id in self._cluster.deliveries:
            return
        now_us = self._cluster.now_us()
        self._cluster.deliveries[aside.id] = DeliveryPlace(
            place.namespace_id,
            place.lane,
            place.stream_id,
            place.subject,
            place.subject_hash,
            aside.sequence - 1,
            aside.sequence,
            aside.sequence,
            now_us,
            tried=aside.sequence,
        )
        self._cluster.put(
            Trigger(
                aside.id,
                place.lane,
                Status.RETRIABLE_FAILURE,
                now_us + aside.delay_us,
                attempts=aside.attempts,
                crashes=aside.crashes,
                suspect=aside.suspect,
            )
        )

    def _note(self, task_id: TaskId, change: DeliveryChange) -> None:
        assert not isinstance(change, Advance)
        if change.aside is not None:
            self._set_aside(self._cluster.deliveries[task_id], change.aside)
        if change.history is not None:
            line = structs.replace(change.history, ended_at_us=self._cluster.now_us())
            self._cluster.history.setdefault(task_id, []).append(line)
        if change.letter is not None:
            sequence = change.letter.event.sequence
            teller = Places(self._cluster).teller(task_id, sequence) if is_replay(task_id) else task_id
            self._cluster.event_letters[teller, sequence] = change.letter
            self._cluster.letters_died_at_us[teller, sequence] = self._cluster.now_us()
            self._cluster.letters_of[teller, sequence] = lambda_of(self._cluster.deliveries[task_id].lane)

    def _lift(self, ids: Iterable[TaskId], steps: DeliverySteps, *, these_too: bool) -> None:
        """The heads of what goes after these; of these themselves, too, when they were made."""
        known = {each.lambda_id: each for each in standing(self._cluster)}
        for task_id in ids:
            place = self._cluster.deliveries[task_id]
            subscription = known.get(lambda_of(place.lane))
            if subscription is None or subscription.stream_id != place.stream_id:
                continue
            wanted = (*((subscription.lambda_id,) if these_too else ()), *subscription.before)
            self._lift_rows(task_id, place, wanted, known, steps)

    def _lift_rows(
        self,
        task_id: TaskId,
        place: DeliveryPlace,
        wanted: Collection[LambdaId],
        known: dict[LambdaId, Subscription],
        steps: DeliverySteps,
    ) -> None:
        bucket, rows = bucket_of(task_id), self._cluster.deliveries
        for number in wanted:
            others = [delivery_id(other, place.stream_id, place.subject_hash, bucket) for other in known[number].after]
            if not others:
                continue
            own = delivery_id(number, place.stream_id, place.subject_hash, bucket)
            if own not in rows or any(other not in rows for other in others):
                steps.unmade[place.stream_id, place.subject] = None
            if own in rows:
                steps.raise_head(own, min(rows[other].cursor if other in rows else 0 for other in others))


def _claimed(row: Trigger, place: DeliveryPlace, edition: int) -> ClaimedRange:
    return ClaimedRange(
        row.id,
        row.claim,
        row.lane,
        place.cursor,
        place.head,
        place.batch_limit,
        row.attempts,
        row.crashes,
        row.suspect,
        place.stream_id,
        place.subject,
        place.subject_hash,
        edition,
    )


def _guard_holds(row: Trigger, place: DeliveryPlace, change: DeliveryChange) -> bool:
    event = Event.CAUGHT_UP if isinstance(change, Advance) else change.event
    seen_us = None if isinstance(change, Advance) else change.seen_trigger_at_us
    return (
        event in DELIVERY_MATRIX[row.status]
        and row.claim == change.claim
        and seen_us in {None, row.trigger_at_us}
        and change.namespace_id in {None, place.namespace_id}
    )
