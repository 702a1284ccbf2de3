"""The state of one simulated store, shared by every `MemoryStore` that is opened on it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from msgspec import structs

from penstock.adapters.memory.agenda import Agenda
from penstock.adapters.memory.schema_rows import SchemaRows
from penstock.model.changes import Finish
from penstock.model.gate import WHOLE
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.lifecycle import HELD_FOR_GATES, Event, GateState, Status, after, held_for, waits_for_time
from penstock.model.limits import GATE_LOOK_S
from penstock.model.task import Attempt, Outcome, Trigger

if TYPE_CHECKING:
    from penstock.adapters.memory.refreshes import RefreshRow
    from penstock.adapters.memory.rows import (
        DeliveryPlace,
        EventKeyRow,
        GateRow,
        KeyRow,
        PublishTokenRow,
        ScheduleRow,
        SubscriptionRow,
        SweepRow,
        TaskRow,
        TokenRow,
    )
    from penstock.model.access_token import AccessToken
    from penstock.model.cursors import CursorOrderLine
    from penstock.model.delivery_row import EventLetter
    from penstock.model.endpoint import Endpoint, TargetHealth
    from penstock.model.event import StoredEvent, StreamId
    from penstock.model.filter_failures import KnownFilterFailures
    from penstock.model.gate import GateLine
    from penstock.model.progress import Progress
    from penstock.model.quota import Quota, QuotaLine
    from penstock.model.refresh import Finding, RefreshLoop
    from penstock.model.stream import Stream, SubjectHead
    from penstock.model.token_bucket import BucketKey, Level
    from penstock.ports.membership import Member
    from penstock.ports.registry import LambdaRecord


class MemoryCluster:
    """Plain rows and the indexes over them. `now_us` is the store's clock, microseconds since 1970."""

    def __init__(self, now_us: Callable[[], int], primary: str = "memory") -> None:
        self.now_us = now_us
        self.primary = primary
        self.namespaces: dict[str, int] = {}
        self.lambdas: dict[LambdaId, LambdaRecord] = {}
        self.lambda_ids: dict[tuple[int, str], LambdaId] = {}
        self.tasks: dict[TaskId, TaskRow] = {}
        self.live: dict[TaskId, Trigger] = {}
        self.outcomes: dict[TaskId, Outcome] = {}
        self.history: dict[TaskId, list[Attempt]] = {}
        self.keys: dict[tuple[int, str], KeyRow] = {}
        self.tokens: dict[tuple[int, bytes], TokenRow] = {}
        self.schedules: dict[tuple[int, str], ScheduleRow] = {}
        self.schedules_made = 0
        self.ticks_made: dict[tuple[int, int], TaskId] = {}
        self.members: dict[str, tuple[Member, int]] = {}
        self.sweeps: dict[bytes, SweepRow] = {}
        self.gate_version = 0
        self.gates: dict[tuple[LambdaId, str], GateRow] = {}
        self.gate_lines: list[tuple[LambdaId, GateLine]] = []
        self.quotas: dict[BucketKey, Quota] = {}
        self.quota_lines: list[tuple[LambdaId, QuotaLine]] = []
        self.quota_levels: dict[BucketKey, Level] = {}
        self.endpoints: dict[LambdaId, Endpoint] = {}
        self.endpoint_health: dict[tuple[LambdaId, str, str], TargetHealth] = {}
        self.bucket_holders: dict[int, tuple[str, int]] = {}
        self.children: dict[TaskId, list[TaskId]] = {}
        self.access_tokens: dict[str, tuple[AccessToken, bytes]] = {}
        self.streams: dict[tuple[int, str], Stream] = {}
        self.events: dict[tuple[StreamId, bytes], list[StoredEvent]] = {}
        self.heads: dict[tuple[StreamId, bytes], SubjectHead] = {}
        self.appended: list[tuple[StreamId, bytes]] = []
        """the subject of each event, in the order in which they became visible"""
        self.event_keys: dict[tuple[StreamId, bytes], EventKeyRow] = {}
        self.publish_tokens: dict[tuple[int, bytes], PublishTokenRow] = {}
        self.subscriptions: dict[LambdaId, SubscriptionRow] = {}
        self.subscriptions_edition = 0
        self.subscriptions_seen_at_us: dict[LambdaId, int] = {}
        self.deliveries: dict[TaskId, DeliveryPlace] = {}
        self.idle: dict[TaskId, Trigger] = {}
        """the triggers of deliveries that have nothing to hand over; those of the others are live"""
        self.event_letters: dict[tuple[TaskId, int], EventLetter] = {}
        self.letters_died_at_us: dict[tuple[TaskId, int], int] = {}
        self.letters_of: dict[tuple[TaskId, int], LambdaId] = {}
        self.cursor_orders: list[tuple[LambdaId, CursorOrderLine]] = []
        self.filter_failures: dict[LambdaId, KnownFilterFailures] = {}
        self.refreshes: dict[tuple[StreamId, RefreshLoop], RefreshRow] = {}
        self.findings: dict[TaskId, tuple[StreamId, Finding]] = {}
        self.schemas = SchemaRows()
        self.runs: dict[TaskId, tuple[str, int]] = {}
        """of what is processing: who said first that it runs, since when"""
        self.progress: dict[TaskId, Progress] = {}
        """the last word of each task's code"""
        self.enqueued: set[TaskId] = set()
        self.overdue = Agenda(self._is_for_overdue)
        self._due: dict[LaneId, Agenda] = {}
        self._held: dict[tuple[str, LambdaId, str], Agenda] = {}

    def put(self, row: Trigger) -> None:
        """Write a live row, or an idle one, and everything by which it is found."""
        if row.status is Status.IDLE:
            self._rest(row)
            return
        self.idle.pop(row.id, None)
        self.live[row.id] = row
        if row.status is not Status.PROCESSING:
            self.runs.pop(row.id, None)
        if _waits_in_its_lane(row):
            self.due(row.lane).add(row.trigger_at_us, row.id)
        else:
            self.overdue.add(row.trigger_at_us, row.id)
        if row.status is Status.HELD:
            due_at_us = self.scheduled_at_us(row.id)
            self.held(row.held_for, lambda_of(row.lane)).add(due_at_us, row.id)
            if row.held_for in HELD_FOR_GATES:
                self.held(row.held_for, lambda_of(row.lane), self.collection_of(row.id)).add(due_at_us, row.id)
        if row.status is Status.ENQUEUED:
            self.enqueued.add(row.id)
        else:
            self.enqueued.discard(row.id)

    def _rest(self, row: Trigger) -> None:
        self.live.pop(row.id, None)
        self.runs.pop(row.id, None)
        self.enqueued.discard(row.id)
        self.idle[row.id] = row

    def scheduled_at_us(self, task_id: TaskId) -> int:
        """When a task was scheduled for, or when a held delivery was due."""
        task = self.tasks.get(task_id)
        return self.deliveries[task_id].due_at_us if task is None else task.scheduled_at_us

    def collection_of(self, task_id: TaskId) -> str:
        """Deliveries have none."""
        task = self.tasks.get(task_id)
        return "" if task is None else task.collection

    def read(self, task_id: TaskId) -> Trigger:
        """A live row with who runs it, and since when."""
        executor, started_at_us = self.runs.get(task_id, ("", 0))
        return structs.replace(self.live[task_id], executor=executor, started_at_us=started_at_us)

    def outcome_of(self, row: Trigger, change: Finish) -> Outcome:
        """What a change makes of a live row, now."""
        return Outcome(
            id=row.id,
            lane=row.lane,
            status=change.status,
            finished_at_us=self.now_us(),
            run_us=change.run_us,
            claim=row.claim,
            attempts=row.attempts + change.add_attempts,
            crashes=row.crashes + change.add_crashes,
            lapses=row.lapses + change.add_lapses,
            result=change.result,
            result_left_out=change.result_left_out,
            failure=change.failure,
            executor=change.executor,
            reason=change.reason,
        )

    def end(self, outcome: Outcome) -> None:
        """The live row goes, the outcome comes."""
        del self.live[outcome.id]
        self.runs.pop(outcome.id, None)
        self.enqueued.discard(outcome.id)
        self.outcomes[outcome.id] = outcome

    def try_again(self, original: TaskId, new_id: TaskId) -> None:
        """A new task of an ended one, due now, linked both ways."""
        first, now_us = self.tasks[original], self.now_us()
        # That of a tick keeps its time: it says what it is about.
        scheduled_at_us = now_us if first.periodic_id is None else first.scheduled_at_us
        again = replace(first, id=new_id, scheduled_at_us=scheduled_at_us, retry_of=original, retried_as=None)
        self.tasks[new_id] = again
        first.retried_as = new_id
        self.put(Trigger(new_id, first.lane, Status.NEW, now_us))

    def adopt(self, task: "TaskRow") -> None:
        """Its parents know it from now on."""
        for parent in task.family.parents if task.family else ():
            self.children.setdefault(parent, []).append(task.id)

    def due(self, lane: LaneId) -> Agenda:
        """A lane's new and retriable rows by `trigger_at`."""
        agenda = self._due.get(lane)
        if agenda is None:
            agenda = self._due[lane] = Agenda(self._is_for_its_lane)
        return agenda

    def held(self, reason: str, lambda_id: LambdaId, collection: str | None = None) -> Agenda:
        """A lambda's rows held for one reason, or those of one collection, by the time they were scheduled for."""
        place = (reason, lambda_id, "" if collection is None else f"of {collection}")
        agenda = self._held.get(place)
        if agenda is None:
            agenda = self._held[place] = Agenda(lambda _, task_id: self._is_held_for(reason, task_id))
        return agenda

    def gate_state(self, lambda_id: LambdaId, collection: str) -> GateState:
        """How a gate stands at this moment."""
        gate = self.gates.get((lambda_id, collection))
        is_over = gate is None or (gate.until_us and gate.until_us <= self.now_us())
        return GateState.OPEN if gate is None or is_over else gate.state

    def stopped_by(self, task_id: TaskId) -> str:
        """Why a task is held if it is due at this moment; "" when no gate stops it."""
        task, collection = self.tasks.get(task_id), self.collection_of(task_id)
        lambda_id = lambda_of(self.deliveries[task_id].lane if task is None else task.lane)
        own = self.gate_state(lambda_id, collection) if collection else GateState.OPEN
        return held_for(self.gate_state(lambda_id, WHOLE), own)

    def hold(self, row: Trigger, reason: str) -> None:
        """Because a gate stops it."""
        at_us = self.now_us() + GATE_LOOK_S * 1_000_000
        if row.id in self.deliveries:
            self.deliveries[row.id].due_at_us = row.trigger_at_us if waits_for_time(row.status) else self.now_us()
        self.put(structs.replace(row, status=after(row.status, Event.HOLD), trigger_at_us=at_us, held_for=reason))

    def _is_for_its_lane(self, at_us: int, task_id: TaskId) -> bool:
        row = self.live.get(task_id)
        return row is not None and row.trigger_at_us == at_us and _waits_in_its_lane(row)

    def _is_for_overdue(self, at_us: int, task_id: TaskId) -> bool:
        row = self.live.get(task_id)
        return row is not None and row.trigger_at_us == at_us and not _waits_in_its_lane(row)

    def _is_held_for(self, reason: str, task_id: TaskId) -> bool:
        row = self.live.get(task_id)
        return row is not None and row.status is Status.HELD and row.held_for == reason


def _waits_in_its_lane(row: Trigger) -> bool:
    """A row whose cancel was requested never enters its lane: `overdue` shows it, so that it is ended."""
    return waits_for_time(row.status) and not row.cancel_requested
