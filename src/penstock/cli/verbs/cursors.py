"""`penstock cursors`: how far subscriptions have come, what stands, why, and what to do about it."""

import sys
from typing import Annotated

import typer

from penstock.cli.cursor_client import CursorClient
from penstock.cli.cursor_rows import print_shown, print_summaries, shown_json, summary_json
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_sequence, check_stream, check_subject
from penstock.model.names import check_lambda_name

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Show how far subscriptions have come, and move what stands."
)

Subscription = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The lambda that subscribes: app.lambda.")]
Subject = Annotated[str, typer.Argument(metavar="SUBJECT", help="What its events are about.")]
Sequence = Annotated[int, typer.Argument(metavar="SEQUENCE", help="Where the event stands in its subject.")]


@verb.command("list")
def list_cursors(
    stream: Annotated[str, typer.Option(help="Subscriptions of this stream only.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """List subscriptions, and how many subjects of each wait for what, counted up to 10,000."""
    if stream:
        check_stream(stream, "--stream")
    with CursorClient(address, namespace) as client:
        found = client.summaries(stream)
    if as_json:
        print_json([summary_json(each) for each in found])
    elif found:
        print_summaries(found)
    else:
        print("no subscriptions; a worker whose app has `@app.on(...)` makes them", file=sys.stderr)


@verb.command()
def show(
    subscription: Subscription,
    subject: Annotated[str, typer.Option(help="This subject only, and what it waits for.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many of each.")] = 20,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show the subjects of a subscription that have stood longest, its dead events, and what was ordered."""
    check_lambda_name(subscription, "SUBSCRIPTION")
    if subject:
        check_subject(subject, "--subject")
    with CursorClient(address, namespace) as client:
        shown = client.show(subscription, subject, limit)
    if as_json:
        print_json(shown_json(shown, subject))
    else:
        print_shown(shown, subject)


@verb.command()
def explain(
    subscription: Subscription,
    subject: Subject,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Say in one sentence what a subject of a subscription waits for."""
    check_lambda_name(subscription, "SUBSCRIPTION")
    check_subject(subject, "SUBJECT")
    with CursorClient(address, namespace) as client:
        shown = client.show(subscription, subject, 20)
    if as_json:
        print_json(shown_json(shown, subject))
    else:
        print(f"{subscription}, {subject!r}: {shown.waits_for}")


@verb.command()
def skip(
    subscription: Subscription,
    subject: Subject,
    sequence: Sequence,
    reason: Annotated[str, typer.Option(help="Why, for those who look for the event.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Pass over the event that comes next, for good. It counts as done; who and why is kept."""
    _check(subscription, subject, sequence)
    if not reason:
        raise InvalidInput("--reason", "is empty; say why this event is passed over")
    with CursorClient(address, namespace) as client:
        cursor = client.skip(subscription, subject, sequence, reason)
    _tell("skipped", subscription, subject, sequence, cursor, as_json)


@verb.command()
def redrive(
    subscription: Subscription,
    subject: Subject,
    sequence: Sequence,
    reason: Annotated[str, typer.Option(help="Why, for those who look.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Try a dead event again, alone, with all its attempts; one that was passed over comes out of order."""
    _check(subscription, subject, sequence)
    with CursorClient(address, namespace) as client:
        done = client.redrive(subscription, subject, sequence, reason)
    if as_json:
        place = {"subscription": subscription, "subject": subject, "sequence": sequence, "cursor": done.cursor}
        print_json({"done": "redriven", **place, "out_of_order": done.out_of_order})
        return
    _tell("redriven", subscription, subject, sequence, done.cursor, as_json)
    if done.out_of_order:
        print("it had been passed over: it comes out of order, after events that followed it", file=sys.stderr)


def _check(subscription: str, subject: str, sequence: int) -> None:
    check_lambda_name(subscription, "SUBSCRIPTION")
    check_subject(subject, "SUBJECT")
    check_sequence(sequence, "SEQUENCE")


def _tell(what: str, subscription: str, subject: str, sequence: int, cursor: int, as_json: bool) -> None:
    if as_json:
        place = {"subscription": subscription, "subject": subject, "sequence": sequence, "cursor": cursor}
        print_json({"done": what, **place})
    else:
        print(f"{subscription}, {subject!r}: event {sequence} is {what}; the cursor stands at {cursor}")
