"""How lanes, and those who serve them, look to people and to programs."""

from collections.abc import Sequence
from typing import Any, Final

from rich.text import Text

from penstock.cli.output import print_table
from penstock.cli.task_words import priority_name
from penstock.cli.text import visible
from penstock.cli.when import iso, span
from penstock.model.limits import LANE_COUNT_MAX
from penstock.wire.v1 import penstock_pb2 as pb

_COLUMNS: Final = (
    "LAMBDA",
    "PRIORITY",
    "DUE",
    "ENQUEUED",
    "OLDEST",
    "LATER",
    "BACKING OFF",
    "HELD",
    "CLAIMED",
    "RUNNING",
    "PER S",
    "EXECUTORS",
)


def attendance_json(of: pb.Lane | pb.ExplainTaskReply) -> dict[str, Any] | None:
    """Who serves the lambda, for programs; None: not known."""
    if not of.HasField("attendance"):
        return None
    there = of.attendance
    names = ("ready", "busy", "silent", "stopping", "quarantine_ready", "quarantine_busy", "credit")
    return {**{name: getattr(there, name) for name in names}, "busy_s": there.busy_us / 1_000_000}


def attendance_text(of: pb.Lane | pb.ExplainTaskReply) -> str:
    """`2 ready (credit 30), 1 busy`; `none`; `not known`."""
    if not of.HasField("attendance"):
        return "not known"
    there = of.attendance
    parts = [
        f"{there.ready} ready (credit {there.credit})" if there.ready else "",
        f"{there.busy} busy" if there.busy else "",
        f"{there.silent} silent" if there.silent else "",
        f"{there.stopping} stopping" if there.stopping else "",
        f"{there.quarantine_ready + there.quarantine_busy} in quarantine"
        if there.quarantine_ready + there.quarantine_busy
        else "",
    ]
    return ", ".join(part for part in parts if part) or "none"


def lane_json(lane: pb.Lane, now_us: int) -> dict[str, Any]:
    """A lane for programs."""
    names = ("registered", "due", "later", "backing_off", "enqueued", "claimed", "processing", "suspects")
    return {
        "lambda": getattr(lane, "lambda"),
        "priority": priority_name(lane.priority),
        **{name: getattr(lane, name) for name in names},
        "held": dict(lane.held),
        "oldest_due_at": iso(lane.oldest_due_us),
        "oldest_due_age_s": max(0, now_us - lane.oldest_due_us) / 1_000_000 if lane.oldest_due_us else None,
        "drain_per_s": round(lane.drain_per_s, 3),
        "executors": attendance_json(lane),
    }


def print_lanes(lanes: Sequence[pb.Lane], now_us: int) -> None:
    """A table of them."""
    print_table(_COLUMNS, [_row(lane, now_us) for lane in lanes])


def count_text(count: int) -> str:
    """A count that goes up to a limit; "" for none."""
    return f"{LANE_COUNT_MAX}+" if count >= LANE_COUNT_MAX else str(count or "")


def _row(lane: pb.Lane, now_us: int) -> list[str | Text]:
    return [
        getattr(lane, "lambda"),
        priority_name(lane.priority),
        count_text(lane.due),
        count_text(lane.enqueued),
        span(max(0, now_us - lane.oldest_due_us)) if lane.oldest_due_us else "",
        count_text(lane.later),
        count_text(lane.backing_off),
        ", ".join(f"{count_text(count)} {visible(reason)}" for reason, count in sorted(lane.held.items())),
        count_text(lane.claimed),
        count_text(lane.processing),
        f"{lane.drain_per_s:.1f}" if lane.drain_per_s else "",
        attendance_text(lane) if lane.registered else "never registered",
    ]
