"""A store with a witness: every row that is written is written down, with the store's clock of that moment."""

from typing import NamedTuple

from penstock.adapters.memory import MemoryCluster, MemoryStore, Trip
from penstock.adapters.memory.deliveries import MemoryDeliveries
from penstock.adapters.memory.delivery_steps import DeliverySteps
from penstock.adapters.memory.transitions import MemoryTransitions
from penstock.model.changes import Change
from penstock.model.delivery_row import Advance, DeliveryChange
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event, Status
from penstock.model.task import Outcome, Trigger
from penstock.testing.world.chronicle import Chronicle, now_s
from penstock.testing.world.store_time import StoreTime

ENQUEUE_TIMEOUT_S = 5.0


class Written(NamedTuple):
    """One write of a task's row. `after` is an outcome when it ended."""

    at_s: float
    store_us: int
    before: Trigger | None
    after: Trigger | Outcome


class WitnessedCluster(MemoryCluster):
    """`journal`: every write of every task, in order."""

    def __init__(self, time: StoreTime, chronicle: Chronicle) -> None:
        super().__init__(time)
        self.time = time
        self.journal: dict[TaskId, list[Written]] = {}
        self._chronicle = chronicle

    def put(self, row: Trigger) -> None:
        before = self.live.get(row.id) or self.idle.get(row.id)
        if row.id in self.outcomes:
            self._chronicle.breach(f"task {row.id.hex()} has ended and is live again")
        super().put(row)
        self._write_down(row.id, before, row)

    def end(self, outcome: Outcome) -> None:
        if outcome.id in self.outcomes:
            self._chronicle.breach(f"task {outcome.id.hex()} has ended twice")
        before = self.live.get(outcome.id)
        super().end(outcome)
        self._write_down(outcome.id, before, outcome)

    def _write_down(self, task_id: TaskId, before: Trigger | None, after: Trigger | Outcome) -> None:
        self.journal.setdefault(task_id, []).append(Written(now_s(), self.time(), before, after))
        was = before.status if before is not None else None
        if was is not after.status or (before is not None and before.claim != after.claim):
            self._chronicle.note("store", _line(was, after), after.id)


class WitnessedTransitions(MemoryTransitions):
    """Looks at the row before and after every change: what was refused must have changed nothing."""

    def __init__(self, cluster: WitnessedCluster, trip: Trip, chronicle: Chronicle) -> None:
        super().__init__(cluster, trip)
        self._witnessed = cluster
        self._chronicle = chronicle

    def _apply(self, change: Change) -> bool:
        before = self._state_of(change.id)
        row = self._witnessed.live.get(change.id)
        held = super()._apply(change)
        claim = getattr(change, "claim", None)
        is_stale = claim is not None and (row is None or row.claim != claim)
        if (is_stale or not held) and self._state_of(change.id) != before:
            self._chronicle.breach(f"task {change.id.hex()}: a stale or refused {type(change).__name__} changed it")
        if is_stale and not held:
            self._chronicle.provoked("report refused as stale", "store", change.id, claim)
        return held

    def _state_of(self, task_id: TaskId) -> tuple[object, ...]:
        cluster = self._witnessed
        return (
            cluster.live.get(task_id),
            cluster.outcomes.get(task_id),
            len(cluster.history.get(task_id, ())),
            len(cluster.journal.get(task_id, ())),
        )


class CursorMove(NamedTuple):
    """A cursor moved under a claim."""

    at_s: float
    task: TaskId
    claim: int
    event: Event
    before: int
    after: int


class WitnessedDeliveries(MemoryDeliveries):
    """Looks at cursors before and after every change."""

    def __init__(self, cluster: WitnessedCluster, trip: Trip, chronicle: Chronicle, moves: list[CursorMove]) -> None:
        super().__init__(cluster, trip, ENQUEUE_TIMEOUT_S)
        self._witnessed = cluster
        self._chronicle = chronicle
        self._moves = moves

    def _change(self, change: DeliveryChange, steps: DeliverySteps) -> bool:
        place = self._witnessed.deliveries.get(change.id)
        row = self._witnessed.live.get(change.id)
        before = place.cursor if place else 0
        held = super()._change(change, steps)
        if place is not None and place.cursor != before:
            event = Event.CAUGHT_UP if isinstance(change, Advance) else change.event
            self._moves.append(CursorMove(now_s(), change.id, change.claim, event, before, place.cursor))
            if not held or row is None or row.claim != change.claim:
                self._chronicle.breach(f"task {change.id.hex()}: a stale or refused change moved its cursor")
        return held


def witnessed_store(
    cluster: WitnessedCluster, trip: Trip, chronicle: Chronicle, moves: list[CursorMove]
) -> MemoryStore:
    """A door to the store for one process."""
    store = MemoryStore(cluster, trip)
    store.transitions = WitnessedTransitions(cluster, trip, chronicle)
    store.deliveries = WitnessedDeliveries(cluster, trip, chronicle, moves)
    return store


def _line(was: Status | None, after: Trigger | Outcome) -> str:
    then = "" if was is None else f"{was.name.lower()} -> "
    counts = f"claim {after.claim} attempts {after.attempts} crashes {after.crashes} lapses {after.lapses}"
    suspect = " suspect" if isinstance(after, Trigger) and after.suspect else ""
    return f"{then}{after.status.name.lower()} ({counts}{suspect})"
