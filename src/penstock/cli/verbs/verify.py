"""`penstock verify`: is everything that the sources have completed?"""

import sys
import time
from typing import Annotated, Any, Final

import typer

from penstock.cli.cursor_client import CursorClient
from penstock.cli.cursor_rows import lag_json, print_lags
from penstock.cli.exits import FAILED
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.when import iso, local, parse_duration_us
from penstock.model.errors import NotPossible
from penstock.model.event_rules import check_stream
from penstock.model.names import check_lambda_name
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False)
AGAIN_S: Final = 0.5


class _Verdict:
    """Of one stream."""

    def __init__(self, stream: str, shown_max: int) -> None:
        self.stream = stream
        self.looked_at_us = self.subjects = self.behind = 0
        self.subscriptions: list[str] = []
        self.shown: list[pb.CursorLag] = []
        self._shown_max = shown_max
        self.unreadable = ""
        """why its source cannot be read"""

    @property
    def is_complete(self) -> bool:
        """As far as can be known."""
        return not self.behind and not self.unreadable

    def add(self, page: pb.VerifyReply) -> None:
        """Complete is what was complete up to the first look."""
        self.looked_at_us = self.looked_at_us or page.looked_at_us
        self.subjects += page.subjects
        self.behind += len(page.behind)
        self.subscriptions = list(page.subscriptions)
        self.shown += page.behind[: self._shown_max - len(self.shown)]

    def tell(self) -> None:
        """For people."""
        subjects, subscriptions = f"{self.subjects} subjects", ", ".join(self.subscriptions)
        if self.unreadable:
            print(f"{self.stream}: not known: {self.unreadable}")
            return
        if not self.behind:
            print(f"{self.stream}: complete up to {local(self.looked_at_us)}: {subjects}, for {subscriptions}")
            return
        print(f"{self.stream}: {self.behind} behind, of {subjects}, for {subscriptions}")
        print_lags(self.shown)
        if self.behind > len(self.shown):
            print(f"{len(self.shown)} of them; --limit shows more", file=sys.stderr)

    def json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "stream": self.stream,
            "complete": self.is_complete,
            "unreadable": self.unreadable,
            "looked_at": iso(self.looked_at_us) if self.looked_at_us else None,
            "subjects": self.subjects,
            "subscriptions": self.subscriptions,
            "behind": self.behind,
            "first": [lag_json(lag) for lag in self.shown],
        }


@verb.command()
def verify(
    stream: Annotated[
        str, typer.Argument(metavar="[STREAM]", help="This stream; else all that somebody subscribes to.")
    ] = "",
    subscription: Annotated[str, typer.Option(help="For this lambda only.")] = "",
    wait: Annotated[str, typer.Option(metavar="TIME", help="Look again for so long until all is complete: 30s.")] = "",
    limit: Annotated[int, typer.Option(min=1, help="Show at most so many that are behind.")] = 20,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Compare what the sources have with what the subscriptions have completed.

    Exit code 0: all that was in the sources when it began is completed. 1: something is behind, or a
    source cannot be read.
    """
    if stream:
        check_stream(stream, "STREAM")
    if subscription:
        check_lambda_name(subscription, "--subscription")
    until_s = time.monotonic() + (parse_duration_us(wait, "--wait") / 1_000_000 if wait else 0.0)
    with CursorClient(address, namespace) as client:
        verdicts = _look(client, stream, subscription, limit)
        while not all(each.is_complete for each in verdicts) and time.monotonic() < until_s:
            time.sleep(AGAIN_S)
            verdicts = _look(client, stream, subscription, limit)
    if as_json:
        print_json([each.json() for each in verdicts])
    else:
        for each in verdicts:
            each.tell()
        if not verdicts:
            print("nobody subscribes to anything; there is nothing to compare", file=sys.stderr)
    if not all(each.is_complete for each in verdicts):
        raise typer.Exit(FAILED)


def _look(client: CursorClient, stream: str, subscription: str, limit: int) -> list[_Verdict]:
    found = [] if stream else client.summaries("", subscription)
    verdicts = [_Verdict(each, limit) for each in ([stream] if stream else sorted({one.stream for one in found}))]
    for verdict in verdicts:
        try:
            for page in client.verify(verdict.stream, subscription):
                verdict.add(page)
        except NotPossible as error:  # a source that cannot be read says nothing of the others
            verdict.unreadable = str(error)
    return verdicts
