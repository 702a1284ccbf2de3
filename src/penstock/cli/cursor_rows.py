"""Cursors, refresh and verify as people and programs read them."""

import json
from collections.abc import Sequence
from typing import Any

from penstock.cli.output import print_facts, print_table
from penstock.cli.task_words import status_name
from penstock.cli.text import one_line
from penstock.cli.when import iso, local, span
from penstock.model.limits import CURSORS_COUNT_MAX
from penstock.wire.v1 import penstock_pb2 as pb

WIDE_CHARS = 300
_COUNTS = ("waiting", "running", "failed", "blocked", "gated", "letters")


def summary_json(one: pb.CursorSummary) -> dict[str, Any]:
    """A subscription."""
    return {
        "subscription": one.subscription,
        "stream": one.stream,
        "order": pb.SubscriptionOrder.Name(one.order).removeprefix("SUBSCRIPTION_ORDER_").lower(),
        "after": list(one.after),
        "start_at": iso(one.start_at_us) if one.start_at_us else "beginning",
        **{name: getattr(one, name) for name in _COUNTS},
        "longest_s": one.longest_us / 1_000_000,
    }


def print_summaries(found: Sequence[pb.CursorSummary]) -> None:
    """A line a subscription."""
    print_table(
        ["SUBSCRIPTION", "STREAM", *[name.upper() for name in _COUNTS], "LONGEST", "AFTER"],
        [
            [
                one.subscription,
                one.stream,
                *[_count(getattr(one, name)) for name in _COUNTS],
                span(one.longest_us) if one.longest_us else "",
                ", ".join(one.after),
            ]
            for one in found
        ],
    )


def shown_json(shown: pb.ShowCursorsReply, subject: str) -> dict[str, Any]:
    """A subscription with rows, dead events and orders."""
    about = {"subject": subject, "cursor": shown.cursor, "source_head": shown.source_head, "reason": shown.waits_for}
    return {
        **summary_json(shown.summary),
        **({"about": about} if subject else {}),
        "filter": json.loads(shown.filter) if shown.filter else None,
        "filter_failures": _failures_json(shown.filter_failures) if shown.HasField("filter_failures") else None,
        "subjects": [_row_json(row) for row in shown.rows],
        "dead_events": [_letter_json(letter) for letter in shown.letters],
        "orders": [
            {"order": line.kind, "subject": line.subject, "sequence": line.sequence, "at": iso(line.at_us),
             "who": line.who, "reason": line.reason}
            for line in shown.orders
        ],
    }  # fmt: skip


def print_shown(shown: pb.ShowCursorsReply, subject: str) -> None:
    """The same for people."""
    if subject:
        print_facts(
            [
                ("subject", subject),
                ("state", shown.waits_for),
                ("cursor", str(shown.cursor)),
                ("source has", str(shown.source_head)),
            ]
        )
    else:
        print_summaries([shown.summary])
    _print_filter(shown)
    if shown.rows and not subject:
        print()
        print_table(
            ["SUBJECT", "STATUS", "CURSOR", "HEAD", "ATTEMPTS", "STANDS", "HELD FOR"],
            [
                [
                    row.subject, _status(row), str(row.cursor), str(row.head), str(row.attempts),
                    span(row.stands_us) if row.stands_us else "", row.held_for,
                ]
                for row in shown.rows
            ],
        )  # fmt: skip
    if shown.letters:
        print()
        print_table(
            ["DEAD EVENT", "SUBJECT", "DIED", "BLOCKS", "ATTEMPTS", "REASON", "ERROR"],
            [
                [
                    str(each.sequence), each.subject, local(each.died_at_us), "yes" if each.blocks else "no",
                    str(each.attempts), each.reason, one_line(f"{each.error_type}: {each.error_message}"),
                ]
                for each in shown.letters
            ],
        )  # fmt: skip
    if shown.orders:
        print()
        print_table(
            ["ORDER", "EVENT", "SUBJECT", "WHEN", "WHO", "WHY"],
            [
                [line.kind, str(line.sequence), line.subject, local(line.at_us), line.who, line.reason]
                for line in shown.orders
            ],
        )


def _print_filter(shown: pb.ShowCursorsReply) -> None:
    facts = [("filter", one_line(shown.filter, WIDE_CHARS))] if shown.filter else []
    if shown.HasField("filter_failures"):
        failed = shown.filter_failures
        last = f"{local(failed.at_us)}, event {failed.sequence} of {failed.subject!r}: {failed.error}"
        what = "events for which an expression failed: it counts as false"
        facts.append(("filter failed", f"{failed.count} times, {what}"))
        facts.append(("last failure", one_line(last, WIDE_CHARS)))
    if facts:
        print()
        print_facts(facts)


def _failures_json(failed: pb.FilterFailures) -> dict[str, Any]:
    return {
        "count": failed.count,
        "error": failed.error,
        "subject": failed.subject,
        "sequence": failed.sequence,
        "at": iso(failed.at_us),
    }


def loop_json(loop: pb.RefreshLoop) -> dict[str, Any]:
    """One loop over one stream."""
    return {
        "stream": loop.stream,
        "loop": _loop(loop),
        "under_way_since": iso(loop.began_at_us) if loop.began_at_us else None,
        "subjects": loop.subjects,
        "behind": loop.behind,
        "troubled": loop.troubled,
        "last_pass": {
            "began_at": iso(loop.last_began_at_us) if loop.last_began_at_us else None,
            "ended_at": iso(loop.last_ended_at_us) if loop.last_ended_at_us else None,
            "subjects": loop.last_subjects,
            "behind": loop.last_behind,
            "troubled": loop.last_troubled,
        },
        "next_at": iso(loop.next_at_us),
        "asked_by": loop.asked_by,
    }


def finding_json(found: pb.RefreshFinding) -> dict[str, Any]:
    """A subject that does not go on."""
    return {
        "subscription": found.subscription,
        "subject": found.subject,
        "trouble": _trouble(found),
        "cursor": found.cursor,
        "head": found.head,
        "attempts": found.attempts,
        "crashes": found.crashes,
        "stands_s": found.stands_us / 1_000_000,
        "seen_at": iso(found.seen_at_us),
    }


def print_loops(loops: Sequence[pb.RefreshLoop]) -> None:
    """A line a loop."""
    print_table(
        ["STREAM", "LOOP", "LAST PASS ENDED", "SUBJECTS", "BEHIND", "TROUBLED", "NOW", "NEXT"],
        [
            [
                loop.stream,
                _loop(loop),
                local(loop.last_ended_at_us) if loop.last_ended_at_us else "never",
                str(loop.last_subjects),
                str(loop.last_behind),
                str(loop.last_troubled),
                f"{loop.subjects} subjects so far" if loop.began_at_us else "",
                local(loop.next_at_us),
            ]
            for loop in loops
        ],
    )


def print_findings(found: Sequence[pb.RefreshFinding]) -> None:
    """A line a subject, what has stood longest first."""
    print_table(
        ["SUBSCRIPTION", "SUBJECT", "TROUBLE", "STANDS", "ATTEMPTS", "CRASHES", "CURSOR", "HEAD"],
        [
            [
                each.subscription, each.subject, _trouble(each), span(each.stands_us), str(each.attempts),
                str(each.crashes), str(each.cursor), str(each.head),
            ]
            for each in found
        ],
    )  # fmt: skip


def lag_json(lag: pb.CursorLag) -> dict[str, Any]:
    """A subject that a subscription has not completed."""
    return {
        "subscription": lag.subscription,
        "subject": lag.subject,
        "cursor": lag.cursor,
        "head": lag.head,
        "waits_for": lag.waits_for,
        "stands_s": lag.stands_us / 1_000_000,
    }


def print_lags(lags: Sequence[pb.CursorLag]) -> None:
    """A line each."""
    print_table(
        ["SUBSCRIPTION", "SUBJECT", "CURSOR", "SOURCE HAS", "STANDS", "WAITS FOR"],
        [
            [
                each.subscription, each.subject, str(each.cursor), str(each.head),
                span(each.stands_us) if each.stands_us else "", each.waits_for,
            ]
            for each in lags
        ],
    )  # fmt: skip


def _row_json(row: pb.CursorRow) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "status": _status(row),
        "cursor": row.cursor,
        "head": row.head,
        "held_for": row.held_for,
        "attempts": row.attempts,
        "crashes": row.crashes,
        "lapses": row.lapses,
        "batch_limit": row.batch_limit,
        "executor": row.executor,
        "stands_s": row.stands_us / 1_000_000,
    }


def _letter_json(letter: pb.EventLetter) -> dict[str, Any]:
    return {
        "subject": letter.subject,
        "sequence": letter.sequence,
        "type": letter.type,
        "died_at": iso(letter.died_at_us),
        "blocks": letter.blocks,
        "reason": letter.reason,
        "attempts": letter.attempts,
        "crashes": letter.crashes,
        "error": {"type": letter.error_type, "message": letter.error_message} if letter.error_type else None,
    }


def _status(row: pb.CursorRow) -> str:
    status = status_name(row.status) if row.status else "idle"
    return f"{status}, replay" if row.is_replay else status


def _loop(loop: pb.RefreshLoop) -> str:
    return "full" if loop.full else "recent"


def _trouble(found: pb.RefreshFinding) -> str:
    return pb.Trouble.Name(found.trouble).removeprefix("TROUBLE_").lower().replace("_", " ")


def _count(count: int) -> str:
    return f"{CURSORS_COUNT_MAX}+" if count >= CURSORS_COUNT_MAX else str(count)
