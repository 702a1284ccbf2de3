"""How quotas look to people and to programs."""

import math
from collections.abc import Sequence
from typing import Any

from penstock.cli.output import print_table
from penstock.cli.text import one_line, visible
from penstock.cli.when import iso, local
from penstock.wire.v1 import penstock_pb2 as pb


def kind_name(number: int) -> str:
    """`schedule`, `start` or `weight`."""
    return pb.QuotaKind.Name(number).removeprefix("QUOTA_KIND_").lower()


def amount_text(of: pb.Quota | pb.QuotaLine) -> str:
    """`50/s, 100 at once`, `weight 3`, `unlimited`, `cleared`."""
    if isinstance(of, pb.QuotaLine) and not of.HasField("amount"):
        return "cleared"
    if math.isinf(of.amount):
        return "unlimited"
    if of.kind == pb.QUOTA_KIND_WEIGHT:
        return f"weight {of.amount:g}"
    return f"{of.amount:g}/s" + (f", {of.burst} at once" if of.burst else "")


def quota_json(quota: pb.Quota) -> dict[str, Any]:
    """A quota for programs. `amount` null: unlimited."""
    return {
        "lambda": getattr(quota, "lambda"),
        "kind": kind_name(quota.kind),
        "priority": _priority(quota.priority) or None,
        "amount": None if math.isinf(quota.amount) else quota.amount,
        "burst": quota.burst,
        "declared": quota.declared,
        "in_force": quota.in_force,
        "since": iso(quota.since_us),
        "reason": quota.reason,
        "who": quota.who,
        "short": iso(quota.short_us),
    }


def change_json(line: pb.QuotaLine) -> dict[str, Any]:
    """A line of the trail for programs."""
    return {
        "at": iso(line.at_us),
        "lambda": getattr(line, "lambda"),
        "kind": kind_name(line.kind),
        "priority": _priority(line.priority) or None,
        "order": amount_text(line),
        "reason": line.reason,
        "who": line.who,
        "version": line.version,
    }


def print_quotas(quotas: Sequence[pb.Quota]) -> None:
    """Those that stand. `SHORT`: when one last kept somebody waiting."""
    columns = ("LAMBDA", "OF", "PRIORITY", "QUOTA", "BY", "SINCE", "SHORT", "REASON")
    print_table(columns, [_row(quota) for quota in quotas])


def print_changes(lines: Sequence[pb.QuotaLine]) -> None:
    """The trail."""
    columns = ("AT", "LAMBDA", "OF", "PRIORITY", "QUOTA", "WHO", "REASON")
    print_table(columns, [_line(line) for line in lines])


def _row(quota: pb.Quota) -> list[Any]:
    by = "the code" if quota.declared else visible(quota.who)
    return [
        getattr(quota, "lambda"),
        kind_name(quota.kind),
        _priority(quota.priority),
        amount_text(quota) if quota.in_force else f"({amount_text(quota)})",
        by,
        local(quota.since_us) if quota.since_us else "",
        local(quota.short_us) if quota.short_us else "",
        one_line(quota.reason),
    ]


def _line(line: pb.QuotaLine) -> list[Any]:
    return [
        local(line.at_us),
        getattr(line, "lambda"),
        kind_name(line.kind),
        _priority(line.priority),
        amount_text(line),
        line.who,
        one_line(line.reason),
    ]


def _priority(number: int) -> str:
    return pb.Priority.Name(number).removeprefix("PRIORITY_").lower() if number else ""
