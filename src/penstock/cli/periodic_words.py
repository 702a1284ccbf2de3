"""How periodic schedules look: to people as a table or a page, to programs as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from penstock.cli.output import print_facts, print_table
from penstock.cli.task_words import document, document_text, id_text, priority_name
from penstock.cli.when import iso, local, span
from penstock.model.errors import InvalidInput
from penstock.model.identity import split_ids, text_of
from penstock.model.zones import zone_of
from penstock.wire.v1 import penstock_pb2 as pb

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_PASSED: Final = {
    "missed": "nobody saw it in time",
    "overlap": "the task of the one before it had not ended",
    "broken": "a server could not read its cron expression or time zone; its log says why",
}


def print_schedules(schedules: Sequence[pb.PeriodicSchedule]) -> None:
    """As a table."""
    rows = [
        [
            each.definition.name,
            getattr(each.definition, "lambda"),
            _rhythm(each.definition),
            local(each.next_tick_us) if not (each.paused or each.retired) else "-",
            local(each.last_tick_us) or "-",
            _state(each),
        ]
        for each in schedules
    ]
    print_table(("NAME", "LAMBDA", "WHEN", "NEXT", "LAST", "STATE"), rows)


def print_schedule(reply: pb.GetPeriodicReply) -> None:
    """Everything about one."""
    schedule, definition = reply.schedule, reply.schedule.definition
    passed = f"{local(schedule.passed_tick_us)}: {_PASSED.get(schedule.passed, schedule.passed)}"
    print_facts(
        [
            ("name", definition.name),
            ("lambda", getattr(definition, "lambda")),
            ("when", _rhythm(definition)),
            ("anchor", local(definition.anchor_us)),
            ("jitter", span(definition.jitter_us) if definition.jitter_us else ""),
            ("misfire", _word(pb.Misfire.Name(definition.misfire))),
            ("overlap", _word(pb.Overlap.Name(definition.overlap))),
            ("priority", priority_name(definition.priority)),
            ("collection", definition.collection),
            ("payload", document_text(definition.payload)),
            ("made by", f"the code of app {schedule.app}" if schedule.app else "a call"),
            ("state", _state(schedule)),
            ("next tick", "" if schedule.paused or schedule.retired else _wall(schedule.next_tick_us, definition.tz)),
            ("passed over", passed if schedule.passed else ""),
        ]
    )
    if reply.ticks_us:
        print()
        tasks = [text_of(task_id) for task_id in split_ids(reply.task_ids)]
        rows = [[_wall(tick, definition.tz), task] for tick, task in zip(reply.ticks_us, tasks, strict=True)]
        print_table(("TICK", "TASK"), rows)


def print_ticks(ticks_us: Sequence[int], zone: str, now_us: int) -> None:
    """Ticks to come."""
    rows = [[_wall(tick, zone), local(tick), span(max(0, tick - now_us))] for tick in ticks_us]
    print_table(("TICK", "LOCAL TIME", "IN"), rows)


def schedule_json(schedule: pb.PeriodicSchedule) -> dict[str, Any]:
    """A schedule for programs."""
    definition = schedule.definition
    return {
        "name": definition.name,
        "lambda": getattr(definition, "lambda"),
        "cron": definition.cron or None,
        "tz": definition.tz or None,
        "every_s": definition.every_us / 1_000_000 if definition.every_us else None,
        "anchor": iso(definition.anchor_us),
        "jitter_s": definition.jitter_us / 1_000_000,
        "misfire": _word(pb.Misfire.Name(definition.misfire)),
        "overlap": _word(pb.Overlap.Name(definition.overlap)),
        "priority": priority_name(definition.priority),
        "collection": definition.collection,
        "payload": document(definition.payload),
        "app": schedule.app or None,
        "paused": schedule.paused,
        "retired": schedule.retired,
        "next_tick": iso(schedule.next_tick_us),
        "last_tick": iso(schedule.last_tick_us),
        "last_task": id_text(schedule.last_task_id) or None,
        "passed_tick": iso(schedule.passed_tick_us),
        "passed": schedule.passed or None,
    }


def line_json(schedule: pb.PeriodicSchedule) -> dict[str, Any]:
    """A schedule of a list, which is not given payloads."""
    whole = schedule_json(schedule)
    return {name: whole[name] for name in whole if name != "payload"}


def page_json(reply: pb.GetPeriodicReply) -> dict[str, Any]:
    """All about one for programs."""
    tasks = [text_of(task_id) for task_id in split_ids(reply.task_ids)]
    ticks = [{"tick": iso(tick), "task": task} for tick, task in zip(reply.ticks_us, tasks, strict=True)]
    return {**schedule_json(reply.schedule), "ticks": ticks}


def _rhythm(definition: pb.PeriodicDefinition) -> str:
    return f"{definition.cron} ({definition.tz})" if definition.cron else f"every {span(definition.every_us)}"


def _state(schedule: pb.PeriodicSchedule) -> str:
    if schedule.retired:
        return "retired: no longer in the app's code"
    return "paused" if schedule.paused else "active"


def _wall(tick_us: int, zone: str) -> str:
    """As a wall clock there shows it, with its distance from UTC; in UTC when the zone is not known here."""
    at = _EPOCH + timedelta(microseconds=tick_us)
    try:
        at = at.astimezone(zone_of(zone or "UTC"))
    except InvalidInput:
        zone = "UTC"
    return f"{at:%a %Y-%m-%d %H:%M:%S%z} {zone or 'UTC'}"


def _word(name: str) -> str:
    return name.partition("_")[2].lower()
