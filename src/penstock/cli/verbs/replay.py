"""`penstock replay`: what a subscription has completed is handed over to it again."""

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from penstock.cli.cursor_client import CursorClient
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.when import iso, local, parse_since_us
from penstock.model.errors import InvalidInput
from penstock.model.event_rules import check_sequence
from penstock.model.names import check_lambda_name
from penstock.model.replay_rules import check_bounds, check_subjects
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False)


class _Sum:
    """Of all pages."""

    def __init__(self) -> None:
        self.subjects = self.busy = self.looked_at = self.first_us = 0
        self.events: int | None = 0

    def add(self, page: pb.ReplayReply) -> None:
        """One more."""
        self.subjects, self.busy = self.subjects + page.subjects, self.busy + page.busy
        self.looked_at += page.looked_at
        self.events = None if self.events is None or page.events < 0 else self.events + page.events
        self.first_us = min(filter(None, (self.first_us, page.first_us)), default=0)


@verb.command()
def replay(
    subscription: Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The lambda that subscribes.")],
    subject: Annotated[
        list[str] | None, typer.Option(help="This subject; may be given several times. Without it: all of them.")
    ] = None,
    begin: Annotated[
        str, typer.Option("--from", metavar="WHEN", help="Since a sequence, 2h ago, or 2026-03-01T09:00, included.")
    ] = "",
    end: Annotated[str, typer.Option("--to", metavar="WHEN", help="Up to such a place, included.")] = "",
    preview: Annotated[bool, typer.Option("--preview", help="Say how many events that are, and do nothing.")] = False,
    reason: Annotated[str, typer.Option(help="Why, for those who look.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Hand what SUBSCRIPTION has completed over to it again.

    In order, beside what is new and below it; its cursors stay. A sequence is a number as `penstock events` shows it,
    and needs one --subject.
    """
    check_lambda_name(subscription, "SUBSCRIPTION")
    request = pb.ReplayRequest(subscription=subscription, subjects=subject or [], preview=preview, reason=reason)
    now = datetime.now(UTC)
    request.from_sequence, request.from_us = _place(begin, "--from", now)
    request.to_sequence, request.to_us = _place(end, "--to", now)
    check_bounds(request.from_sequence, request.from_us, request.to_sequence, request.to_us)
    check_subjects(request.subjects, has_sequences=bool(request.from_sequence or request.to_sequence))
    if not reason and not preview:
        raise InvalidInput("--reason", "is empty; say why these events are handed over again, or look with --preview")
    total = _Sum()
    with CursorClient(address, namespace) as client:
        for page in client.replay(request):
            total.add(page)
    if as_json:
        print_json(
            {
                "subscription": subscription, "preview": preview, "subjects": total.subjects, "events": total.events,
                "busy": total.busy, "looked_at": total.looked_at, "first_at": iso(total.first_us),
            }
        )  # fmt: skip
        return
    events = "" if total.events is None else f"{total.events} events of "
    since = f", the first of {local(total.first_us)}" if total.first_us else ""
    will = "would be handed over again" if preview else "are handed over again, below what is new"
    print(f"{subscription}: {events}{total.subjects} subjects {will}{since}")
    if total.busy:
        print(f"{total.busy} subjects are left out: a replay of them is under way", file=sys.stderr)


def _place(text: str, field: str, now: datetime) -> tuple[int, int]:
    """A sequence, or else a time."""
    if text.isascii() and text.isdigit():
        return check_sequence(int(text), field), 0
    return 0, parse_since_us(text, now, field) if text else 0
