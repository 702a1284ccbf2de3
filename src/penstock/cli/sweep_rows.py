"""Dead letters and sweeps over tasks for people, and for programs."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.cli.output import print_facts, print_table
from penstock.cli.task_words import error_text, id_text, lambda_name
from penstock.cli.task_words import status_name as task_status_name
from penstock.cli.text import one_line
from penstock.cli.when import iso, local
from penstock.wire.v1 import penstock_pb2 as pb

_LETTERS: Final = ("ID", "LAMBDA", "COLLECTION", "CAUSE", "DIED", "ERROR")
_GROUPS: Final = ("COUNT", "LAMBDA", "COLLECTION", "CAUSE", "ERROR", "OLDEST", "NEWEST")
_SWEEPS: Final = ("ID", "KIND", "STATUS", "HANDLED", "ORDERED", "BY", "OVER")


def print_letters(letters: Sequence[pb.Task]) -> None:
    """One line each."""
    rows = [
        [
            id_text(letter.task_id),
            lambda_name(letter),
            letter.collection,
            letter.reason,
            local(letter.finished_at_us),
            one_line(error_text(letter)),
        ]
        for letter in letters
    ]
    print_table(_LETTERS, rows)


def print_groups(groups: Sequence[pb.DeadLetterGroup]) -> None:
    """How many of each kind."""
    rows = [
        [
            str(group.count),
            _lambda_of(group),
            group.collection,
            group.cause,
            group.error_type,
            local(group.oldest_us),
            local(group.newest_us),
        ]
        for group in groups
    ]
    print_table(_GROUPS, rows)


def print_sweeps(sweeps: Sequence[pb.Sweep]) -> None:
    """One line each."""
    rows = [
        [
            id_text(sweep.sweep_id),
            kind_name(sweep),
            status_name(sweep),
            str(sweep.handled),
            local(sweep.created_at_us),
            sweep.asked_by,
            _over(sweep),
        ]
        for sweep in sweeps
    ]
    print_table(_SWEEPS, rows)


def print_sweep(sweep: pb.Sweep) -> None:
    """Everything about one."""
    facts = [
        ("id", id_text(sweep.sweep_id)),
        ("kind", kind_name(sweep)),
        ("status", status_name(sweep)),
        ("over", _over(sweep)),
        ("at most", f"{sweep.rate_per_s:g} a second"),
        ("handled", str(sweep.handled)),
        ("ordered", local(sweep.created_at_us)),
        ("ordered by", sweep.asked_by),
        ("reason", sweep.reason),
        ("ended", local(sweep.ended_at_us)),
        ("stopped by", sweep.stopped_by),
    ]
    print_facts(facts)


def kind_name(sweep: pb.Sweep) -> str:
    """`redrive`, `purge`, `cancel` or `retry`."""
    return pb.SweepKind.Name(sweep.kind).removeprefix("SWEEP_KIND_").lower()


def status_name(sweep: pb.Sweep) -> str:
    """`running`, `done` or `stopped`."""
    return pb.SweepStatus.Name(sweep.status).removeprefix("SWEEP_STATUS_").lower()


def group_json(group: pb.DeadLetterGroup) -> dict[str, Any]:
    """For programs."""
    return {
        "lambda": _lambda_of(group),
        "collection": group.collection,
        "cause": group.cause,
        "error_type": group.error_type,
        "count": group.count,
        "oldest": iso(group.oldest_us),
        "newest": iso(group.newest_us),
    }


def sweep_json(sweep: pb.Sweep) -> dict[str, Any]:
    """For programs."""
    return {
        "id": id_text(sweep.sweep_id),
        "kind": kind_name(sweep),
        "status": status_name(sweep),
        "handled": sweep.handled,
        "rate_per_s": sweep.rate_per_s,
        "filter": _filter_json(sweep.filter),
        "selection": selection_json(sweep.selection) if sweep.HasField("selection") else None,
        "ordered_at": iso(sweep.created_at_us),
        "ordered_by": sweep.asked_by,
        "reason": sweep.reason,
        "ended_at": iso(sweep.ended_at_us),
        "stopped_by": sweep.stopped_by or None,
    }


def selection_json(wanted: pb.TaskSelection) -> dict[str, Any]:
    """For programs."""
    return {
        "lambda": _lambda_of(wanted),
        "collection": wanted.collection,
        "statuses": [task_status_name(number) for number in wanted.statuses],
        "scheduled_from": iso(wanted.scheduled_from_us),
        "scheduled_until": iso(wanted.scheduled_until_us),
        "attributes": dict(sorted(wanted.attributes.items())),
    }


def _filter_json(wanted: pb.DeadLetterFilter) -> dict[str, Any]:
    return {
        "lambda": _lambda_of(wanted),
        "collection": wanted.collection,
        "error_type": wanted.error_type,
        "cause": wanted.cause,
        "from": iso(wanted.from_us),
        "until": iso(wanted.until_us),
    }


def _over(sweep: pb.Sweep) -> str:
    """The filter in words."""
    return _selection_words(sweep.selection) if sweep.HasField("selection") else _filter_words(sweep.filter)


def _filter_words(wanted: pb.DeadLetterFilter) -> str:
    return _joined(
        _lambda_of(wanted),
        wanted.collection and f"collection {wanted.collection}",
        wanted.error_type,
        wanted.cause,
        wanted.from_us and f"since {local(wanted.from_us)}",
        wanted.until_us and f"until {local(wanted.until_us)}",
    )


def _selection_words(wanted: pb.TaskSelection) -> str:
    return _joined(
        _lambda_of(wanted),
        wanted.collection and f"collection {wanted.collection}",
        *(f"{name}={value}" for name, value in sorted(wanted.attributes.items())),
        " or ".join(task_status_name(number) for number in wanted.statuses),
        wanted.scheduled_from_us and f"scheduled after {local(wanted.scheduled_from_us)}",
        wanted.scheduled_until_us and f"scheduled before {local(wanted.scheduled_until_us)}",
    )


def _joined(*parts: str | int) -> str:
    return one_line(", ".join(str(part) for part in parts if part))


def _lambda_of(message: pb.DeadLetterFilter | pb.DeadLetterGroup | pb.TaskSelection) -> str:
    name: str = getattr(message, "lambda")
    return name
