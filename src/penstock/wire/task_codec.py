"""Tasks as they are shown: from the model to protobuf."""

from penstock.model.identity import created_at_us
from penstock.model.lane import priority_of
from penstock.model.task import Attempt, Outcome, TaskView, Trigger
from penstock.wire.endings import TO_WIRE
from penstock.wire.gate_codec import gate_to_wire
from penstock.wire.numbers import PRIORITY_TO_WIRE, STATUS_TO_WIRE
from penstock.wire.progress_codec import progress_to_wire
from penstock.wire.v1 import penstock_pb2 as pb


def view_to_wire(view: TaskView) -> pb.Task:
    """All that is known of one task."""
    task = pb.Task(
        task_id=view.id,
        collection=view.collection,
        priority=PRIORITY_TO_WIRE[view.priority],
        status=STATUS_TO_WIRE[view.status],
        created_at_us=created_at_us(view.id),
        scheduled_at_us=view.scheduled_at_us,
        payload=view.payload or b"",
        parent_id=view.parent_id or b"",
        retry_of=view.retry_of or b"",
        retried_as=view.retried_as or b"",
        history=[attempt_to_wire(attempt) for attempt in view.history],
        attributes=dict(view.attributes),
    )
    setattr(task, "lambda", view.lambda_name)
    if view.trigger is not None:
        _add_trigger(task, view.trigger)
        task.executor, task.started_at_us = view.executor, view.started_at_us
    if view.gate is not None:
        task.gate.CopyFrom(gate_to_wire(view.gate))
    if view.outcome is not None:
        _add_outcome(task, view.outcome)
    if view.progress is not None:
        task.progress.CopyFrom(progress_to_wire(view.progress))
    return task


def ended_to_wire(outcome: Outcome, lambda_name: str, retried_as: bytes) -> pb.Task:
    """An ended task, for who waited for it."""
    task = pb.Task(
        task_id=outcome.id,
        priority=PRIORITY_TO_WIRE[priority_of(outcome.lane)],
        status=STATUS_TO_WIRE[outcome.status],
        created_at_us=created_at_us(outcome.id),
        retried_as=retried_as,
    )
    setattr(task, "lambda", lambda_name)
    _add_outcome(task, outcome)
    return task


def attempt_to_wire(attempt: Attempt) -> pb.Attempt:
    """One line of history."""
    return pb.Attempt(
        claim=attempt.claim,
        ending=TO_WIRE[attempt.ending],
        started_at_us=attempt.ended_at_us - attempt.run_us if attempt.run_us else 0,
        ended_at_us=attempt.ended_at_us,
        executor=attempt.executor,
        error_type=attempt.failure.type,
        error_message=attempt.failure.message,
        traceback=attempt.failure.traceback,
    )


def _add_trigger(task: pb.Task, row: Trigger) -> None:
    task.held_for = row.held_for
    task.next_look_at_us = row.trigger_at_us
    task.attempts, task.crashes, task.lapses, task.claim = row.attempts, row.crashes, row.lapses, row.claim
    task.cancel_requested, task.suspect = row.cancel_requested, row.suspect


def _add_outcome(task: pb.Task, outcome: Outcome) -> None:
    task.finished_at_us = outcome.finished_at_us
    task.started_at_us = outcome.finished_at_us - outcome.run_us if outcome.run_us else 0
    task.attempts, task.crashes, task.lapses = outcome.attempts, outcome.crashes, outcome.lapses
    task.claim = outcome.claim
    task.result, task.result_left_out = outcome.result, outcome.result_left_out
    task.executor, task.reason = outcome.executor, outcome.reason
    task.error_type = outcome.failure.type
    task.error_message = outcome.failure.message
    task.traceback = outcome.failure.traceback
