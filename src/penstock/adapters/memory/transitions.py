"""Claims, heartbeats and changes in memory. Every guard is a question to `model.lifecycle`."""

from collections.abc import Callable, Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.families import tell_children
from penstock.adapters.memory.trip import Trip
from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.family import ChildrenMoved
from penstock.model.identity import TaskId
from penstock.model.lifecycle import MATRIX, Event, Status
from penstock.model.task import Attempt, Claimed, Trigger
from penstock.model.work import Beat, HeartbeatAnswer


class MemoryTransitions:
    """`Transitions` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip
        self._tell: Callable[[ChildrenMoved], None] | None = None

    def on_children(self, tell: Callable[[ChildrenMoved], None]) -> None:
        self._tell = tell

    async def claim(self, ids: Sequence[TaskId], lease_s: float) -> list[Claimed]:
        lease_us = round(lease_s * 1_000_000)
        return await self._trip("transitions.claim", lambda: self._claim(ids, lease_us))

    async def heartbeat(self, beats: Sequence[Beat], lease_s: float) -> HeartbeatAnswer:
        lease_us = round(lease_s * 1_000_000)
        return await self._trip("transitions.heartbeat", lambda: self._heartbeat(beats, lease_us))

    async def read(self, ids: Sequence[TaskId]) -> dict[TaskId, Trigger]:
        return await self._trip(
            "transitions.read",
            lambda: {task_id: self._cluster.read(task_id) for task_id in ids if task_id in self._cluster.live},
        )

    async def apply(self, changes: Sequence[Change]) -> list[bool]:
        held, moved = await self._trip("transitions.apply", lambda: self._apply_all(changes))
        if moved and self._tell is not None:
            self._tell(moved)
        return held

    def _apply_all(self, changes: Sequence[Change]) -> tuple[list[bool], ChildrenMoved]:
        lived = [change.id for change in changes if change.id in self._cluster.live]
        held = [self._apply(change) for change in changes]
        ended = [task_id for task_id in lived if task_id not in self._cluster.live]
        return held, tell_children(self._cluster, ended)

    def _claim(self, ids: Sequence[TaskId], lease_us: int) -> list[Claimed]:
        lease_end_us = self._cluster.now_us() + lease_us
        claimed = []
        for task_id in ids:
            row = self._task(task_id)
            status = MATRIX[row.status].get(Event.CLAIM) if row is not None else None
            if row is None or status is None or row.cancel_requested:
                continue
            reason = self._cluster.stopped_by(task_id)
            if reason:
                self._cluster.hold(row, reason)
                continue
            taken = structs.replace(row, status=status, claim=row.claim + 1, trigger_at_us=lease_end_us)
            self._cluster.put(taken)
            claimed.append(self._claimed(taken))
        return claimed

    def _claimed(self, row: Trigger) -> Claimed:
        task = self._cluster.tasks[row.id]
        return Claimed(
            id=row.id,
            claim=row.claim,
            lane=row.lane,
            payload=task.payload,
            collection=task.collection,
            scheduled_at_us=task.scheduled_at_us,
            attempts=row.attempts,
            crashes=row.crashes,
            suspect=row.suspect,
        )

    def _heartbeat(self, beats: Sequence[Beat], lease_us: int) -> HeartbeatAnswer:
        lease_end_us = self._cluster.now_us() + lease_us
        refused, cancel_requested = set(), set()
        for beat in beats:
            row = self._cluster.live.get(beat.id)
            event = Event.START if beat.started else Event.HEARTBEAT
            status = MATRIX[row.status].get(event) if row is not None else None
            if row is None or status is None or row.claim != beat.claim or not self._is_of(beat.namespace_id, row.id):
                refused.add(beat.id)
                continue
            self._cluster.put(structs.replace(row, status=status, trigger_at_us=lease_end_us))
            if beat.started:
                self._cluster.runs.setdefault(beat.id, (beat.executor, self._cluster.now_us() - beat.run_us))
            if beat.progress is not None and beat.id in self._cluster.tasks:
                self._cluster.progress[beat.id] = structs.replace(
                    beat.progress, at_us=self._cluster.now_us(), claim=beat.claim
                )
            if row.cancel_requested:
                cancel_requested.add(beat.id)
        return HeartbeatAnswer(frozenset(refused), frozenset(cancel_requested))

    def _apply(self, change: Change) -> bool:
        row = self._task(change.id)
        if isinstance(change, AskToCancel):
            return row is not None and self._ask_to_cancel(row)
        if not self._is_of(change.namespace_id, change.id):
            return False
        if row is None or not _guard_holds(row, change):
            return self._was_applied_before(change)
        if isinstance(change, Finish):
            self._cluster.end(self._cluster.outcome_of(row, change))
        else:
            self._move(row, change)
        if change.history is not None:
            line = structs.replace(change.history, ended_at_us=self._cluster.now_us())
            self._cluster.history.setdefault(row.id, []).append(line)
        return True

    def _task(self, task_id: TaskId) -> Trigger | None:
        """The live row of a task; none for a delivery."""
        return self._cluster.live.get(task_id) if task_id in self._cluster.tasks else None

    def _is_of(self, namespace_id: int | None, task_id: TaskId) -> bool:
        task = self._cluster.tasks.get(task_id) or self._cluster.deliveries.get(task_id)
        return namespace_id is None or (task is not None and task.namespace_id == namespace_id)

    def _ask_to_cancel(self, row: Trigger) -> bool:
        """Only where the request leaves the status as it is: elsewhere it ends the task, which is a `Finish`."""
        if MATRIX[row.status].get(Event.CANCEL_REQUEST) is not row.status:
            return False
        self._cluster.put(structs.replace(row, cancel_requested=True))
        return True

    def _move(self, row: Trigger, change: Move) -> None:
        self._cluster.put(
            structs.replace(
                row,
                status=change.status,
                trigger_at_us=self._cluster.now_us() + change.delay_us,
                attempts=row.attempts + change.add_attempts,
                crashes=row.crashes + change.add_crashes,
                lapses=row.lapses + change.add_lapses,
                suspect=row.suspect if change.suspect is None else change.suspect,
                held_for=row.held_for if change.status is Status.HELD else "",
            )
        )

    def _was_applied_before(self, change: Finish | Move) -> bool:
        outcome = self._cluster.outcomes.get(change.id)
        if isinstance(change, Finish):
            return outcome is not None and outcome.status is change.status and change.claim in {None, outcome.claim}
        return any(_says_the_same(line, change) for line in self._cluster.history.get(change.id, ()))


def _guard_holds(row: Trigger, change: Finish | Move) -> bool:
    """The event must be legal and lead where the change says: a cancel of a waiting task ends no owned one."""
    return (
        MATRIX[row.status].get(change.event) is change.status
        and change.claim in {None, row.claim}
        and change.seen_trigger_at_us in {None, row.trigger_at_us}
    )


def _says_the_same(line: Attempt, change: Move) -> bool:
    return line.claim == change.claim and line.ending is change.event
