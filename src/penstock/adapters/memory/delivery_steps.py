"""Steps of one trip over deliveries: what they raise is gathered for who publishes it."""

from typing import TYPE_CHECKING

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId, normal_of
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event, Status, after_delivery
from penstock.model.limits import OVERTAKING_S_MAX
from penstock.model.task import Reference, Trigger
from penstock.ports.deliveries import Raised, Room

if TYPE_CHECKING:
    from penstock.model.event import StreamId

_OVERTAKING_US = round(OVERTAKING_S_MAX * 1_000_000)


class DeliverySteps:
    """All at one moment of the store's clock."""

    def __init__(self, cluster: MemoryCluster, room: Room, timeout_us: int) -> None:
        self._cluster, self._room, self._timeout_us = cluster, room, timeout_us
        self._now_us = cluster.now_us()
        self._left: dict[LaneId, int] = {}
        self._references: dict[LaneId, list[Reference]] = {}
        self._waiting: set[LaneId] = set()
        self.missing: set[TaskId] = set()
        self.unmade: dict[tuple[StreamId, str], None] = {}

    def raise_head(self, task_id: TaskId, head: int) -> None:
        """Its subject has reached `head`."""
        place = self._cluster.deliveries.get(task_id)
        if place is None:
            self.missing.add(task_id)
            return
        place.head, place.heard = max(place.head, head), max(place.heard, head)
        idle = self._cluster.idle.get(task_id)
        if idle is not None and head > place.cursor:
            place.since_us = self._now_us
            self._move_on(structs.replace(idle, status=after_delivery(idle.status, Event.BEHIND)))

    def settle(
        self, row: Trigger, event: Event, counters: tuple[int, int, int, bool], delay_us: int, moves: bool
    ) -> None:
        """A row goes where the event leads."""
        attempts, crashes, lapses, suspect = counters
        status = after_delivery(row.status, event)
        place = self._cluster.deliveries[row.id]
        if moves:
            place.since_us = self._now_us
        place.due_at_us = self._now_us
        if event in {Event.CAUGHT_UP, Event.SKIPPED_LAST}:  # it is below nothing any more
            place.lane = normal_of(row.lane)
            row = structs.replace(row, lane=place.lane)
        self._cluster.put(
            structs.replace(
                row,
                status=status,
                trigger_at_us=self._now_us + delay_us,
                attempts=attempts,
                crashes=crashes,
                lapses=lapses,
                suspect=suspect,
                held_for=HELD_FOR_DEAD_EVENT if status is Status.HELD else "",
            )
        )

    def go_on(self, task_id: TaskId) -> None:
        """What is left of it takes its place in the lane, if there is one."""
        row = self._cluster.live.get(task_id)
        if row is not None and row.status is Status.NEW:
            self._move_on(row)

    def wait(self, task_id: TaskId) -> None:
        """What is left of it waits for its turn in the store."""
        row = self._cluster.live.get(task_id)
        if row is not None and row.status is Status.NEW:
            self._waiting.add(row.lane)

    def raised(self) -> Raised:
        """What has come of it."""
        return Raised(
            self._references, self._now_us, frozenset(self._waiting), frozenset(self.missing), tuple(self.unmade)
        )

    def _move_on(self, row: Trigger) -> None:
        """One that is due now: into its lane, or behind what waits for it."""
        if not self._takes(row.lane):
            self._waiting.add(row.lane)
            self._cluster.put(structs.replace(row, trigger_at_us=self._now_us))
            return
        self._left[row.lane] -= 1
        status = after_delivery(row.status, Event.DUE)
        self._cluster.put(structs.replace(row, status=status, trigger_at_us=self._now_us + self._timeout_us))
        self._references.setdefault(row.lane, []).append(Reference(row.id, row.suspect))

    def _takes(self, lane: LaneId) -> bool:
        if lane not in self._left:
            oldest_us = self._cluster.due(lane).first(self._cluster.deliveries.__contains__)
            is_open = oldest_us is None or oldest_us > self._now_us - _OVERTAKING_US
            self._left[lane] = self._room(lane) if is_open else 0
        return self._left[lane] > 0
