"""How explanations look to people and to programs."""

import sys
from typing import Any

from penstock.cli.gate_rows import gate_json
from penstock.cli.lane_rows import attendance_json, attendance_text, count_text, lane_json, print_lanes
from penstock.cli.output import print_facts
from penstock.cli.task_json import as_json as task_json
from penstock.cli.task_rows import styled_status
from penstock.cli.task_words import id_text, lambda_name, priority_name
from penstock.cli.text import visible
from penstock.cli.when import iso
from penstock.model.errors import InvalidInput
from penstock.wire.numbers import PRIORITY_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb

NOT_WHOLE = "so much is enqueued or runs that not all of it was counted"


def wire_priority(name: str) -> pb.Priority:
    """A priority as it is written in a flag, "" for all; raises `InvalidInput`."""
    known = {str(priority): wire for priority, wire in PRIORITY_TO_WIRE.items()}
    if name and name not in known:
        raise InvalidInput("--priority", f"{name[:40]!r} is none; use {', '.join(known)}")
    return known.get(name, pb.PRIORITY_UNSPECIFIED)


def explained_task_json(reply: pb.ExplainTaskReply) -> dict[str, Any]:
    """The answer and its facts for programs."""
    task = task_json(reply.task)
    del task["payload"]
    return {
        **_explanation_json(reply.explanation),
        "at": iso(reply.now_us),
        "gate": gate_json(reply.gate) if reply.HasField("gate") else None,
        "older_due": reply.older,
        "executors": attendance_json(reply),
        "drain_per_s": round(reply.drain_per_s, 3),
        "periodic": reply.periodic or None,
        "attempts_max": reply.attempts_max,
        "task": task,
    }


def explained_lane_json(reply: pb.ExplainLaneReply) -> dict[str, Any]:
    """The same of lanes."""
    return {
        **_explanation_json(reply.explanation),
        "at": iso(reply.now_us),
        "lanes": [lane_json(lane, reply.now_us) for lane in reply.lanes],
        "gates": [gate_json(gate) for gate in reply.gates],
        "whole": reply.whole,
    }


def print_explained_task(reply: pb.ExplainTaskReply) -> None:
    """The sentence, the notes, what to do, and what it was made of."""
    task = reply.task
    _print_explanation(reply.explanation)
    ended = task.finished_at_us > 0
    print_facts(
        [
            ("id", id_text(task.task_id)),
            ("lambda", lambda_name(task)),
            ("status", styled_status(task)),
            ("priority", priority_name(task.priority)),
            ("collection", task.collection),
            ("attempts", f"{task.attempts} of {reply.attempts_max}"),
            ("older due", "" if ended else count_text(reply.older)),
            ("executors", "" if ended else attendance_text(reply)),
            ("lane drains", f"{reply.drain_per_s:.1f} a second" if reply.drain_per_s and not ended else ""),
            ("periodic", reply.periodic),
            ("retried as", id_text(task.retried_as)),
        ]
    )


def print_explained_lane(reply: pb.ExplainLaneReply) -> None:
    """The sentence, the notes, what to do, and its counts."""
    _print_explanation(reply.explanation)
    print_lanes(reply.lanes, reply.now_us)
    if not reply.whole:
        print(NOT_WHOLE, file=sys.stderr)


def _explanation_json(of: pb.Explanation) -> dict[str, Any]:
    return {"code": of.code, "sentence": of.sentence, "remedy": of.remedy or None, "notes": list(of.notes)}


def _print_explanation(of: pb.Explanation) -> None:
    print(visible(of.sentence))
    for note in of.notes:
        print(f"  {visible(note)}")
    if of.remedy:
        print(f"What to do: {visible(of.remedy)}")
    print()
