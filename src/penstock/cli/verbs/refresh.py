"""`penstock refresh`: how far it has come, what it found, and a pass now."""

import sys
from typing import Annotated

import typer

from penstock.cli.cursor_client import CursorClient
from penstock.cli.cursor_rows import finding_json, loop_json, print_findings, print_loops
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_stream

verb = typer.Typer(add_completion=False)


@verb.command()
def refresh(
    stream: Annotated[str, typer.Argument(metavar="[STREAM]", help="This stream only.", show_default=False)] = "",
    now: Annotated[bool, typer.Option("--now", help="Have every subject of STREAM compared now.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many subjects that do not go on.")] = 20,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show how far refresh has come over each stream, and of STREAM what does not go on."""
    if stream:
        check_stream(stream, "STREAM")
    if now and not stream:
        raise InvalidInput("--now", "needs a stream; name it")
    with CursorClient(address, namespace) as client:
        if now:
            client.start_refresh(stream)
        found = client.refresh(stream, limit if stream else 0)
    if as_json:
        loops = [loop_json(loop) for loop in found.loops]
        print_json({"loops": loops, "findings": [finding_json(each) for each in found.findings]})
        return
    if found.loops:
        print_loops(found.loops)
    else:
        print("no stream is refreshed yet: nobody subscribes to one", file=sys.stderr)
    if found.findings:
        print("\nwhat the last passes saw, which may have gone on since; --now looks again:")
        print_findings(found.findings)
