"""How tasks look to people: many as a table, one as a page."""

from collections.abc import Sequence
from typing import Final

from rich.text import Text

from penstock.cli.gate_rows import gate_text
from penstock.cli.output import console, print_facts, print_table
from penstock.cli.progress_words import progress_fact, progress_text
from penstock.cli.task_words import (
    document_text,
    ending_name,
    error_text,
    has_run,
    id_text,
    lambda_name,
    priority_name,
    status_name,
)
from penstock.cli.text import one_line, visible
from penstock.cli.when import local, span
from penstock.model.limits import RESULT_BYTES_MAX
from penstock.model.verdict import tries
from penstock.wire.v1 import penstock_pb2 as pb

STYLES: Final = {
    "success": "green",
    "processing": "cyan",
    "claimed": "cyan",
    "retriable_failure": "yellow",
    "fatal_failure": "red",
    "dead": "red",
    "held": "magenta",
    "cancelled": "dim",
    "dropped": "dim",
}
_LEFT_OUT: Final = (
    f"left out: larger than the limit of {RESULT_BYTES_MAX} bytes; return the name of what is stored elsewhere"
)
_COLUMNS: Final = ("ID", "LAMBDA", "STATUS", "PRIORITY", "TRIES", "SCHEDULED", "TOOK", "ERROR")


def styled_status(task: pb.Task) -> Text:
    """The status in its colour, with what it waits for."""
    name = status_name(task.status)
    text = Text(name, STYLES.get(name, ""))
    if task.held_for:
        text.append(f" ({visible(task.held_for)})", "dim")
    if task.cancel_requested:
        text.append(" (cancel requested)", "yellow")
    return text


def print_rows(tasks: Sequence[pb.Task]) -> None:
    """The tasks as a table; with their progress, if any of them has said some."""
    rows = [_row(task) for task in tasks]
    if not any(task.HasField("progress") for task in tasks):
        print_table(_COLUMNS, rows)
        return
    told = [[*row[:-1], progress_text(task), row[-1]] for task, row in zip(tasks, rows, strict=True)]
    print_table((*_COLUMNS[:-1], "PROGRESS", _COLUMNS[-1]), told)


def _row(task: pb.Task) -> list[str | Text]:
    took = span(task.finished_at_us - task.started_at_us) if has_run(task) else ""
    return [
        id_text(task.task_id),
        lambda_name(task),
        styled_status(task),
        priority_name(task.priority),
        str(tries(task.attempts, task.crashes, task.suspect)),
        local(task.scheduled_at_us),
        took,
        one_line(error_text(task)),
    ]


def print_page(task: pb.Task) -> None:
    """Everything about one task."""
    print_facts(_facts(task))
    if task.traceback:
        _print_block("traceback", task.traceback)
    if task.history:
        out = console()
        out.print(Text("\nhistory", "bold"))
        print_table(("CLAIM", "ENDING", "BEGAN", "ENDED", "RAN", "EXECUTOR", "ERROR"), _history(task))
        last = task.history[-1]
        if last.traceback and not task.traceback:
            _print_block(f"traceback of claim {last.claim}", last.traceback)


def _facts(task: pb.Task) -> list[tuple[str, str | Text]]:
    waited = task.started_at_us - task.scheduled_at_us
    late = f"  ({span(waited)} after its time)" if task.scheduled_at_us and waited >= 0 else ""
    took = f"  (ran {span(task.finished_at_us - task.started_at_us)})" if has_run(task) else ""
    return [
        ("id", id_text(task.task_id)),
        ("lambda", lambda_name(task)),
        ("status", styled_status(task)),
        ("gate", gate_text(task.gate) if task.HasField("gate") else ""),
        ("reason", task.reason),
        ("priority", priority_name(task.priority)),
        ("collection", task.collection),
        ("attributes", ", ".join(f"{name}={value}" for name, value in sorted(task.attributes.items()))),
        ("created", local(task.created_at_us)),
        ("scheduled", local(task.scheduled_at_us)),
        ("started", local(task.started_at_us) + late if task.started_at_us else ""),
        ("progress", progress_fact(task)),
        ("finished", local(task.finished_at_us) + took if task.finished_at_us else ""),
        ("next look", local(task.next_look_at_us)),
        ("attempts", str(task.attempts)),
        ("crashes", str(task.crashes) if task.crashes else ""),
        ("lost leases", str(task.lapses) if task.lapses else ""),
        ("suspect", "yes: runs alone" if task.suspect else ""),
        ("claim", str(task.claim)),
        ("executor", task.executor),
        ("scheduled by", id_text(task.parent_id)),
        ("parents", _parents_text(task.family)),
        ("children", _children_text(task.family)),
        ("retry of", id_text(task.retry_of)),
        ("retried as", id_text(task.retried_as)),
        ("payload", document_text(task.payload)),
        ("result", _LEFT_OUT if task.result_left_out else document_text(task.result)),
        ("error", error_text(task)),
    ]


def _parents_text(family: pb.FamilyCounts) -> str:
    if not family.parents:
        return ""
    left = f", {family.unfinished_parents} not ended" if family.unfinished_parents else ", all ended"
    return f"{family.parents}{left}"


def _children_text(family: pb.FamilyCounts) -> str:
    told = [f"{family.children} after it"] if family.children else []
    told += [f"{family.spawned} scheduled by it"] if family.spawned else []
    return ", ".join(told)


def _history(task: pb.Task) -> list[list[str]]:
    return [
        [
            str(line.claim),
            ending_name(line.ending),
            _began(line),
            local(line.ended_at_us),
            span(line.ended_at_us - line.started_at_us) if line.started_at_us else "",
            line.executor,
            one_line(error_text(line)),
        ]
        for line in task.history
    ]


def _began(line: pb.Attempt) -> str:
    """Of a lost lease nobody is left to say whether its code began."""
    not_told = "not known" if line.ending == pb.ENDING_LEASE_LOST else "never"
    return local(line.started_at_us) or not_told


def _print_block(title: str, text: str) -> None:
    out = console()
    out.print(Text(f"\n{title}", "bold"))
    out.print(Text(visible(text.rstrip())), soft_wrap=True)
