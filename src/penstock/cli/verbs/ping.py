"""`penstock ping`: a hint by hand."""

from typing import Annotated

import typer

from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.stream_client import StreamClient
from penstock.model.event_rules import check_sequence, check_stream, check_subject

verb = typer.Typer(add_completion=False)


@verb.command()
def ping(
    stream: Annotated[str, typer.Argument(metavar="STREAM", help="A stream with a source of its own.")],
    subject: Annotated[str, typer.Option(help="What has come further.")],
    sequence: Annotated[int, typer.Option(help="How far, at least.")],
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Say that a subject of STREAM has come further at its source.

    A hint: what is not pinged is found by refresh.
    """
    check_stream(stream, "STREAM")
    check_subject(subject, "--subject")
    check_sequence(sequence, "--sequence")
    with StreamClient(address, namespace) as client:
        told = client.ping(stream, subject, sequence)
    if as_json:
        print_json({"stream": stream, "subject": subject, "sequence": sequence, "taken": bool(told)})
    else:
        print(f"{stream}: told that {subject!r} has reached {sequence}")
