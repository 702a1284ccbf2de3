"""`penstock periodic`: schedules that make tasks again and again."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Annotated, Final

import typer

from penstock.cli.client import check_json_object
from penstock.cli.flags import Address, AsJson, Namespace, Yes
from penstock.cli.output import print_json
from penstock.cli.periodic_client import PeriodicClient
from penstock.cli.periodic_words import (
    line_json,
    page_json,
    print_schedule,
    print_schedules,
    print_ticks,
    schedule_json,
)
from penstock.cli.when import iso, parse_duration_us, parse_moment_us
from penstock.model.errors import InvalidInput
from penstock.model.limits import INTERVAL_S_MAX, JITTER_S_MAX
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Make, look at, pause and backfill periodic schedules."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the schedule.")]
_FLAGS: Final = frozenset(
    {"anchor", "collection", "count", "cron", "every", "from", "jitter", "misfire", "overlap", "tz", "until"}
)
_ARGUMENTS: Final = {"name": "NAME", "lambda": "LAMBDA", "payload": "JSON"}


class Misfire(StrEnum):
    """What becomes of ticks that nobody saw in time."""

    SKIP = "skip"
    ONCE = "once"
    ALL = "all"


class Overlap(StrEnum):
    """What becomes of a tick while the last task has not ended."""

    ALLOW = "allow"
    SKIP = "skip"
    QUEUE = "queue"


class Priority(StrEnum):
    """Within a lambda."""

    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@verb.command("list")
def list_schedules(
    lambda_name: Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="Of this lambda only.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, by name.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List schedules by name."""
    with _client(address, namespace) as client:
        schedules = list(client.schedules(lambda_name, limit))
    if as_json:
        print_json([line_json(each) for each in schedules])
    elif schedules:
        print_schedules(schedules)
        if len(schedules) == limit:
            print(f"the first {limit}; --limit shows more", file=sys.stderr)
    else:
        print("no periodic schedules", file=sys.stderr)


@verb.command()
def show(name: Name, as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """Show one schedule, and the tasks of its last ticks."""
    with _client(address, namespace) as client:
        reply = client.get(name)
    if as_json:
        print_json(page_json(reply))
    else:
        print_schedule(reply)


@verb.command()
def create(
    name: Name,
    lambda_name: Annotated[str, typer.Argument(metavar="LAMBDA", help="Its full name, such as mail.digest.")],
    payload: Annotated[
        str, typer.Argument(metavar="JSON", help="One object of parameter names; `-` reads standard input.")
    ] = "{}",
    cron: Annotated[str, typer.Option(help="Five fields: minute, hour, day of month, month, day of week.")] = "",
    tz: Annotated[str, typer.Option(help="Whose wall time that is: an IANA name; UTC if left out.")] = "",
    every: Annotated[str, typer.Option(help="In place of --cron: 90s, 15m, 1h30m or 2d.")] = "",
    anchor: Annotated[str, typer.Option(help="From when --every counts, such as 2026-03-01T09:00; else 1970.")] = "",
    misfire: Annotated[Misfire, typer.Option(help="Ticks that nobody saw in time.")] = Misfire.ONCE,
    overlap: Annotated[Overlap, typer.Option(help="A tick while the last task has not ended.")] = Overlap.ALLOW,
    jitter: Annotated[str, typer.Option(help="Make each task up to 30s, 5m or the like later.")] = "",
    priority: Annotated[Priority, typer.Option(help="Which of the lambda's lanes.")] = Priority.NORMAL,
    collection: Annotated[str, typer.Option(help="A label to find and gate tasks by.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Make a schedule for LAMBDA. The same again is the one that stands."""
    definition = pb.PeriodicDefinition(
        name=name,
        cron=cron,
        tz=tz,
        every_us=_duration_us("--every", every, INTERVAL_S_MAX),
        anchor_us=parse_moment_us(anchor, "--anchor") if anchor else 0,
        payload=check_json_object(sys.stdin.read() if payload == "-" else payload),
        collection=collection,
        priority=f"PRIORITY_{priority.name}",
        misfire=f"MISFIRE_{misfire.name}",
        overlap=f"OVERLAP_{overlap.name}",
        jitter_us=_duration_us("--jitter", jitter, JITTER_S_MAX),
    )
    setattr(definition, "lambda", lambda_name)
    with _client(address, namespace) as client:
        reply = client.create(definition)
    for warning in reply.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    _tell(reply.schedule, as_json)


@verb.command()
def delete(name: Name, yes: Yes = False, address: Address = None, namespace: Namespace = None) -> None:
    """Delete a schedule. Its tasks stay; one that an app's code declares is back when a worker of it starts."""
    if not yes:
        if not sys.stdin.isatty():
            raise InvalidInput("--yes", "is needed to delete a schedule when nobody can be asked")
        typer.confirm(f"delete schedule {name}?", abort=True, err=True)
    with _client(address, namespace) as client:
        client.delete(name)
    print(f"{name}  deleted")


@verb.command()
def pause(name: Name, as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """Make no more tasks, until it is resumed."""
    with _client(address, namespace) as client:
        _tell(client.pause(name), as_json)


@verb.command()
def resume(name: Name, as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """Make tasks again, from now on; `backfill` makes up for the pause."""
    with _client(address, namespace) as client:
        _tell(client.resume(name), as_json)


@verb.command("next")
def next_ticks(
    name: Name,
    count: Annotated[int, typer.Option(min=1, help="So many.")] = 10,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show the next ticks, in the schedule's time zone and in yours."""
    with _client(address, namespace) as client:
        ticks_us = client.next_ticks(name, count)
        if as_json:
            print_json([iso(tick) for tick in ticks_us])
        else:
            print_ticks(ticks_us, client.get(name).schedule.definition.tz, client.server_info().clock_us)


@verb.command()
def backfill(
    name: Name,
    since: Annotated[str, typer.Option("--from", help="The first moment of the range, such as 2026-03-01T00:00.")],
    until: Annotated[str, typer.Option(help="The first moment after it.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Make the tasks of past ticks that have made none, at low priority. May be repeated."""
    from_us, until_us = parse_moment_us(since, "--from"), parse_moment_us(until, "--until")
    with _client(address, namespace) as client:
        reply = client.backfill(name, from_us, until_us)
    if as_json:
        print_json({"name": name, "made": reply.made, "stood": reply.stood})
    else:
        print(f"{name}  {reply.made} tasks made, {reply.stood} ticks had theirs")


@contextmanager
def _client(address: str | None, namespace: str | None) -> Iterator[PeriodicClient]:
    """The platform names a field; here it was written as a flag or an argument."""
    with PeriodicClient(address, namespace) as client:
        try:
            yield client
        except InvalidInput as refused:
            written = f"--{refused.field}" if refused.field in _FLAGS else _ARGUMENTS.get(refused.field, refused.field)
            raise InvalidInput(written, refused.problem) from None


def _duration_us(flag: str, text: str, longest_s: int) -> int:
    """0 for none, which `0s` is not: the platform is not asked for what was not said."""
    if not text:
        return 0
    duration_us = parse_duration_us(text, flag)
    if not 0 < duration_us <= longest_s * 1_000_000:
        raise InvalidInput(flag, f"{text[:40]!r} is outside of what it may be, more than 0 and at most {longest_s} s")
    return duration_us


def _tell(schedule: pb.PeriodicSchedule, as_json: bool) -> None:
    if as_json:
        print_json(schedule_json(schedule))
    else:
        print_schedules([schedule])
