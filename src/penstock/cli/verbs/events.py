"""`penstock events`: look into a stream."""

import sys
from typing import Annotated

import typer

from penstock.cli.event_rows import event_json, print_events
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.stream_client import StreamClient
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_stream, check_subject

verb = typer.Typer(add_completion=False)


@verb.command()
def events(
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="Its name.")],
    subject: Annotated[str | None, typer.Option(help="Of this subject only, in their order.")] = None,
    after: Annotated[int, typer.Option(min=0, help="With --subject: those after this sequence.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="At most so many.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show the events of STREAM.

    The latest first; with --subject, those of one subject in their order.
    """
    check_stream(stream, "STREAM")
    if subject is not None:
        check_subject(subject, "--subject")
    elif after:
        raise InvalidInput("--after", "is a sequence, which only a subject has; give --subject too")
    with StreamClient(address, namespace) as client:
        found = client.latest(stream, limit) if subject is None else client.events_of(stream, subject, after, limit)
        shown = list(found)
    if as_json:
        print_json([event_json(event) for event in shown])
    elif shown:
        print_events(shown)
        if len(shown) == limit:
            print(f"{limit} of them; --limit shows more", file=sys.stderr)
    else:
        print("no events", file=sys.stderr)
