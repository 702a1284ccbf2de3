"""Progress for people, and for programs."""

from typing import Any

from penstock.cli.text import one_line
from penstock.cli.when import iso, local
from penstock.wire.progress_codec import progress_from_wire
from penstock.wire.v1 import penstock_pb2 as pb


def progress_text(task: pb.Task) -> str:
    """`371 of 500 (74 %) resizing`; "" for none."""
    said = progress_from_wire(task)
    if said is None:
        return ""
    share = "" if said.share is None else f" of {said.total:,.12g} ({int(said.share * 100)} %)"
    return one_line(f"{said.done:,.12g}{share} {said.message}".rstrip())


def progress_fact(task: pb.Task) -> str:
    """The same, with when it was said, and by an earlier execution if that is so."""
    if not task.HasField("progress"):
        return ""
    earlier = f", by claim {task.progress.claim}" if task.progress.claim != task.claim else ""
    return f"{progress_text(task)}  (said {local(task.progress.at_us)}{earlier})"


def progress_json(task: pb.Task) -> dict[str, Any] | None:
    """None for none."""
    said = progress_from_wire(task)
    if said is None:
        return None
    return {
        "done": said.done,
        "total": said.total or None,
        "message": said.message,
        "at": iso(said.at_us),
        "claim": said.claim,
    }
