"""A task for programs."""

from typing import Any

from penstock.cli.gate_rows import gate_json
from penstock.cli.progress_words import progress_json
from penstock.cli.task_words import (
    document,
    ending_name,
    error_object,
    id_text,
    lambda_name,
    priority_name,
    status_name,
)
from penstock.cli.when import iso
from penstock.wire.v1 import penstock_pb2 as pb


def as_line(task: pb.Task) -> dict[str, Any]:
    """A task of a list: without its payload and its history, which lists are not given."""
    whole = as_json(task)
    return {name: whole[name] for name in whole if name not in ("payload", "history")}


def as_json(task: pb.Task) -> dict[str, Any]:
    """The task for programs: times in ISO 8601 UTC, payload and result as JSON values."""
    return {
        "id": id_text(task.task_id),
        "lambda": lambda_name(task),
        "collection": task.collection,
        "attributes": dict(sorted(task.attributes.items())),
        "priority": priority_name(task.priority),
        "status": status_name(task.status),
        "held_for": task.held_for,
        "gate": gate_json(task.gate) if task.HasField("gate") else None,
        "reason": task.reason,
        "created_at": iso(task.created_at_us),
        "scheduled_at": iso(task.scheduled_at_us),
        "started_at": iso(task.started_at_us),
        "progress": progress_json(task),
        "finished_at": iso(task.finished_at_us),
        "next_look_at": iso(task.next_look_at_us),
        "attempts": task.attempts,
        "crashes": task.crashes,
        "lapses": task.lapses,
        "claim": task.claim,
        "suspect": task.suspect,
        "cancel_requested": task.cancel_requested,
        "executor": task.executor,
        "payload": document(task.payload),
        "result": document(task.result),
        "result_left_out": task.result_left_out,
        "error": error_object(task),
        "parent": id_text(task.parent_id) or None,
        "family": family_json(task.family) if task.HasField("family") else None,
        "retry_of": id_text(task.retry_of) or None,
        "retried_as": id_text(task.retried_as) or None,
        "history": [
            {
                "claim": line.claim,
                "ending": ending_name(line.ending),
                "started_at": iso(line.started_at_us),
                "ended_at": iso(line.ended_at_us),
                "executor": line.executor,
                "error": error_object(line),
            }
            for line in task.history
        ],
    }


def family_json(family: pb.FamilyCounts) -> dict[str, Any]:
    """How many stand next to the task."""
    return {
        "parents": family.parents,
        "unfinished_parents": family.unfinished_parents,
        "children": family.children,
        "spawned": family.spawned,
    }
