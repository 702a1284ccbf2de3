"""Replays in memory: their rows beside those of their subjects, and who holds the place that both share."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import DeliveryPlace
from penstock.adapters.memory.trip import Trip
from penstock.model.cursors import CursorOrderKind, CursorOrderLine, ReplayOrder
from penstock.model.delivery import replay_id, replayed_id
from penstock.model.delivery_row import Part
from penstock.model.identity import TaskId
from penstock.model.lane import Priority, lambda_of, lane_of
from penstock.model.lifecycle import DELIVERY_MATRIX, HELD_FOR_REPLAY, Event, Status, after_delivery, given_back
from penstock.model.limits import GATE_LOOK_S, REPLAY_LOOK_S
from penstock.model.task import Trigger


class MemoryReplays:
    """`Replays` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster, self._trip = cluster, trip

    async def begin(self, orders: Sequence[ReplayOrder]) -> list[bool]:
        return await self._trip("replays.begin", lambda: [self._begin(order) for order in orders])

    def _begin(self, order: ReplayOrder) -> bool:
        place, own_id = self._cluster.deliveries.get(order.id), replay_id(order.id)
        if place is None or place.cursor < order.upto or own_id in self._cluster.deliveries:
            return False
        letters = [self._cluster.event_letters.get((each, order.upto)) for each in (order.id, own_id)]
        if order.kind is CursorOrderKind.REDRIVE and all(each is None or each.blocks for each in letters):
            return False
        now_us, lambda_id = self._cluster.now_us(), lambda_of(place.lane)
        lane = lane_of(lambda_id, Priority.LOW)
        subject = (place.stream_id, place.subject, place.subject_hash)
        self._cluster.deliveries[own_id] = DeliveryPlace(
            place.namespace_id, lane, *subject, order.after, order.upto, 0, now_us
        )
        self._cluster.put(Trigger(own_id, lane, Status.NEW, now_us))
        line = CursorOrderLine(order.kind, place.subject, order.upto, now_us, order.who, order.reason)
        self._cluster.cursor_orders.append((lambda_id, line))
        return True


class Places:
    """The places that replays take and give back in one trip."""

    def __init__(self, cluster: MemoryCluster) -> None:
        self._cluster = cluster

    def lend(self, task_id: TaskId) -> bool:
        """Whether this replay may be claimed now: nobody runs its subject. Otherwise it comes later."""
        row = self._cluster.live.get(task_id)
        if row is None or Event.CLAIM not in DELIVERY_MATRIX[row.status]:
            return False
        subject_id = replayed_id(task_id)
        subject = self._cluster.live.get(subject_id) or self._cluster.idle.get(subject_id)
        if subject is None:
            self._forget(task_id)
            return False
        now_us = self._cluster.now_us()
        if Event.LENT not in DELIVERY_MATRIX[subject.status]:
            self._cluster.put(structs.replace(row, trigger_at_us=now_us + round(REPLAY_LOOK_S * 1_000_000)))
            return False
        self._cluster.deliveries[subject_id].due_at_us = now_us
        self._cluster.put(
            structs.replace(
                subject,
                status=after_delivery(subject.status, Event.LENT),
                held_for=HELD_FOR_REPLAY,
                trigger_at_us=now_us + GATE_LOOK_S * 1_000_000,
            )
        )
        return True

    def give_back(self, task_id: TaskId) -> TaskId:
        """Answers the id of the row whose place is its own again."""
        subject_id = replayed_id(task_id)
        subject = self._cluster.live.get(subject_id)
        if subject is not None and subject.held_for == HELD_FOR_REPLAY:
            place = self._cluster.deliveries[subject_id]
            status = after_delivery(subject.status, given_back(place.cursor, place.head))
            now_us = self._cluster.now_us()
            self._cluster.put(structs.replace(subject, status=status, held_for="", trigger_at_us=now_us))
        return subject_id

    def teller(self, task_id: TaskId, sequence: int) -> TaskId:
        """By which row a dead event of a replay is told: its subject's, when it was dead for that one, too."""
        subject_id = replayed_id(task_id)
        return subject_id if (subject_id, sequence) in self._cluster.event_letters else task_id

    def end(self, done: Part) -> TaskId:
        """A claim that is over, and what it has done; answers as `give_back` does."""
        for teller in (done.id, replayed_id(done.id)):
            self._close(teller, done)
        if done.id in self._cluster.idle:
            self._forget(done.id)
        return self.give_back(done.id)

    def _close(self, teller: TaskId, done: Part) -> None:
        letters = self._cluster.event_letters
        for key in [key for key in letters if key[0] == teller and done.after < key[1] <= done.upto]:
            if not letters[key].blocks:
                del letters[key]

    def _forget(self, task_id: TaskId) -> None:
        del self._cluster.deliveries[task_id]
        self._cluster.idle.pop(task_id, None)
        self._cluster.live.pop(task_id, None)
        self._cluster.enqueued.discard(task_id)
