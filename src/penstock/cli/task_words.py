"""The words for what the wire says of a task."""

import json
from typing import Any

from penstock.model.identity import TaskId, text_of
from penstock.wire.v1 import penstock_pb2 as pb


def lambda_name(task: pb.Task) -> str:
    """Its full name; the field's own name is a word of Python."""
    name: str = getattr(task, "lambda")
    return name


def status_name(number: int) -> str:
    """`success`, `retriable_failure`, ..."""
    return pb.Status.Name(number).removeprefix("STATUS_").lower()


def ending_name(number: int) -> str:
    """`raised`, `timed_out`, ..."""
    return pb.Ending.Name(number).removeprefix("ENDING_").lower()


def priority_name(number: int) -> str:
    """`high`, `normal` or `low`."""
    return pb.Priority.Name(number or pb.PRIORITY_NORMAL).removeprefix("PRIORITY_").lower()


def id_text(raw: bytes) -> str:
    """The id as people copy it; "" for none."""
    return text_of(TaskId(raw)) if raw else ""


def has_run(task: pb.Task) -> bool:
    """Whether it is known from when to when its lambda ran."""
    return 0 < task.started_at_us <= task.finished_at_us


def error_object(of: pb.Task | pb.Attempt) -> dict[str, str] | None:
    """The error for programs; None for none."""
    if not (of.error_type or of.error_message):
        return None
    return {"type": of.error_type, "message": of.error_message, "traceback": of.traceback}


def document(raw: bytes) -> Any:
    """A payload or result as the value it is; as text if it is no JSON."""
    if not raw:
        return None
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return raw.decode("utf-8", "backslashreplace")


def document_text(raw: bytes) -> str:
    """A payload or result as it was stored."""
    return raw.decode("utf-8", "backslashreplace")


def error_text(of: pb.Task | pb.Attempt) -> str:
    """`ValueError: no such user`; "" for no error."""
    return f"{of.error_type}: {of.error_message}" if of.error_type else of.error_message
