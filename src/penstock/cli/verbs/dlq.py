"""`penstock dlq`: dead letters: look at them, make them new tasks, delete them."""

import os
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from penstock.cli.client import Client
from penstock.cli.exits import OK
from penstock.cli.flags import Address, AsJson, Namespace, Yes
from penstock.cli.output import print_json
from penstock.cli.sweep_rows import (
    group_json,
    print_groups,
    print_letters,
    print_sweep,
    print_sweeps,
    sweep_json,
)
from penstock.cli.task_json import as_json as task_json
from penstock.cli.task_json import as_line as line_json
from penstock.cli.task_rows import print_page
from penstock.cli.task_words import id_text
from penstock.cli.when import parse_since_us
from penstock.cli.who import who
from penstock.model.errors import InvalidInput, NotPossible
from penstock.model.identity import parse_id, text_of
from penstock.model.sweep import RATE_PER_S_MAX, RATE_PER_S_MIN
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False, no_args_is_help=True, help="List, redrive and purge dead letters.")

OfLambda = Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="Of this lambda only.")]
OfCollection = Annotated[str, typer.Option("--collection", help="Of this collection only.")]
OfError = Annotated[str, typer.Option("--error", metavar="TYPE", help="Whose last error is of this type.")]
OfCause = Annotated[str, typer.Option("--cause", help="Dead for this: budget, poison, lapses or undecodable.")]
Since = Annotated[str, typer.Option(help="Dead since: 15m, 2d, or 2026-03-01T09:00.")]
Until = Annotated[str, typer.Option(help="Dead before: 15m ago, 2d ago, or 2026-03-01T09:00.")]
Rate = Annotated[
    float, typer.Option(metavar="PER_S", min=RATE_PER_S_MIN, max=RATE_PER_S_MAX, help="At most so many a second.")
]
Reason = Annotated[str, typer.Option(help="Why, for the audit.")]
Preview = Annotated[bool, typer.Option("--preview", help="Say what would be handled, and do nothing.")]


@verb.command("list")
def list_letters(
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    error_type: OfError = "",
    cause: OfCause = "",
    since: Since = "",
    until: Until = "",
    limit: Annotated[int, typer.Option(min=1, help="At most so many, the newest first.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List dead letters: tasks that are dead and were not tried again."""
    wanted = _filter(lambda_name, collection, error_type, cause, since, until)
    with Client(address, namespace) as client:
        letters = list(client.dead_letters(wanted, limit))
    if as_json:
        print_json([line_json(letter) for letter in letters])
    elif letters:
        print_letters(letters)
        if len(letters) == limit:
            print(f"the newest {limit}; --limit shows more, `penstock dlq kinds` counts them", file=sys.stderr)
    else:
        print("no dead letters", file=sys.stderr)


@verb.command()
def kinds(
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    error_type: OfError = "",
    cause: OfCause = "",
    since: Since = "",
    until: Until = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Count dead letters by lambda, collection, error and cause."""
    wanted = _filter(lambda_name, collection, error_type, cause, since, until)
    with Client(address, namespace) as client:
        groups = client.dead_letter_groups(wanted)
    if as_json:
        print_json([group_json(group) for group in groups])
    elif groups:
        print_groups(groups)
    else:
        print("no dead letters", file=sys.stderr)


@verb.command()
def show(
    task_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a dead letter.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show one dead letter: its payload, its error with traceback, the history of its attempts."""
    wanted = parse_id(task_id)
    with Client(address, namespace) as client:
        task = client.task(wanted)
    if task.status != pb.STATUS_DEAD:
        raise NotPossible(f"task {text_of(wanted)} is not dead; `penstock tasks show` shows it")
    if as_json:
        print_json(task_json(task))
    else:
        print_page(task)


@verb.command()
def redrive(
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    error_type: OfError = "",
    cause: OfCause = "",
    since: Since = "",
    until: Until = "",
    rate: Rate = 100.0,
    reason: Reason = "",
    preview: Preview = False,
    yes: Yes = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> int:
    """Make each dead letter a new task, once, at a bounded rate; what dies later is left alone.

    The platform leads the redrive on by itself, whatever restarts: `penstock dlq sweeps` shows how far it
    has come, `penstock dlq stop` ends it.
    """
    wanted = _filter(lambda_name, collection, error_type, cause, since, until)
    order = pb.StartSweepRequest(kind=pb.SWEEP_KIND_REDRIVE, filter=wanted, rate_per_s=rate, reason=reason)
    return _order(order, "redrive", preview, yes, as_json, address, namespace)


@verb.command()
def purge(
    lambda_name: OfLambda = "",
    collection: OfCollection = "",
    error_type: OfError = "",
    cause: OfCause = "",
    since: Since = "",
    until: Until = "",
    rate: Rate = 1000.0,
    reason: Reason = "",
    preview: Preview = False,
    yes: Yes = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> int:
    """Delete dead letters with all that is known of them; that cannot be undone."""
    wanted = _filter(lambda_name, collection, error_type, cause, since, until)
    order = pb.StartSweepRequest(kind=pb.SWEEP_KIND_PURGE, filter=wanted, rate_per_s=rate, reason=reason)
    return _order(order, "purge", preview, yes, as_json, address, namespace)


@verb.command()
def sweeps(
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the newest first.")] = 20,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List sweeps (redrives, purges, cancels, retries): who ordered what, why, and how far it has come."""
    with Client(address, namespace) as client:
        found = client.sweeps(limit)
    if as_json:
        print_json([sweep_json(sweep) for sweep in found])
    elif found:
        print_sweeps(found)
    else:
        print("no sweeps", file=sys.stderr)


@verb.command()
def stop(
    sweep_id: Annotated[str, typer.Argument(metavar="ID", help="The id of a sweep.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Stop a sweep; what it has handled stays handled."""
    try:
        wanted = parse_id(sweep_id)
    except InvalidInput:
        raise InvalidInput(
            "ID", f"{sweep_id[:80]!r} is not the id of a sweep; `penstock sweeps list` shows them"
        ) from None
    with Client(address, namespace) as client:
        sweep = client.stop_sweep(wanted, who())
    if as_json:
        print_json(sweep_json(sweep))
    else:
        print_sweep(sweep)


def _order(
    order: pb.StartSweepRequest,
    what: str,
    preview: bool,
    yes: bool,
    as_json: bool,
    address: str | None,
    namespace: str | None,
) -> int:
    order.asked_by, order.request_token = who(), os.urandom(16)
    with Client(address, namespace) as client:
        groups = client.dead_letter_groups(order.filter)
        count = sum(group.count for group in groups)
        if preview or not count:
            _tell_preview(groups, what, as_json)
            return OK
        _ask(groups, what, yes)
        sweep = client.start_sweep(order)
    if as_json:
        print_json(sweep_json(sweep))
    else:
        print_sweep(sweep)
        print(f"it goes on by itself; `penstock dlq stop {id_text(sweep.sweep_id)}` ends it", file=sys.stderr)
    return OK


def _tell_preview(groups: list[pb.DeadLetterGroup], what: str, as_json: bool) -> None:
    if as_json:
        print_json({"would": what, "groups": [group_json(group) for group in groups]})
    elif groups:
        print_groups(groups)
        print(f"{sum(group.count for group in groups)} dead letters; nothing was done", file=sys.stderr)
    else:
        print(f"no dead letters to {what}", file=sys.stderr)


def _ask(groups: list[pb.DeadLetterGroup], what: str, yes: bool) -> None:
    """A person sees what would be handled first; a program says --yes."""
    count = sum(group.count for group in groups)
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", f"is needed to {what} {count} dead letters when nobody can be asked")
    print_groups(groups)
    typer.confirm(f"{what} {count} dead letters?", abort=True, err=True)


def _filter(
    lambda_name: str, collection: str, error_type: str, cause: str, since: str, until: str
) -> pb.DeadLetterFilter:
    wanted = pb.DeadLetterFilter(collection=collection, error_type=error_type, cause=cause)
    setattr(wanted, "lambda", lambda_name)
    now = datetime.now(UTC)
    if since:
        wanted.from_us = parse_since_us(since, now, "--since")
    if until:
        wanted.until_us = parse_since_us(until.removesuffix(" ago"), now, "--until")
    if wanted.until_us and wanted.until_us <= wanted.from_us:
        raise InvalidInput("--until", "is not after --since")
    return wanted
