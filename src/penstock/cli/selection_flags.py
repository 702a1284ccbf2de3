"""The flags that name many tasks at once, and the selection they make."""

from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from penstock.cli.when import parse_since_us
from penstock.model.attributes import check_attributes
from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import OF_TASKS
from penstock.model.names import check_collection, check_lambda_name
from penstock.model.sweep import RATE_PER_S_MAX, RATE_PER_S_MIN
from penstock.wire.v1 import penstock_pb2 as pb

OfLambda = Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="Instead of ids: all of this lambda.")]
OfCollection = Annotated[str, typer.Option("--collection", help="Of this collection only.")]
OfStatus = Annotated[list[str] | None, typer.Option("--status", help="In this status only; may be repeated.")]
WithAttribute = Annotated[
    list[str] | None, typer.Option("--attribute", metavar="NAME=VALUE", help="With this attribute; may be repeated.")
]
After = Annotated[
    str, typer.Option("--scheduled-after", help="Scheduled for then or later: 15m (ago), 2d, or a moment.")
]
Before = Annotated[
    str, typer.Option("--scheduled-before", help="Scheduled for an earlier time: 15m (ago), or a moment.")
]
CANCELS_PER_S: Final = 1000.0
RETRIES_PER_S: Final = 100.0
Rate = Annotated[
    float | None,
    typer.Option(
        "--rate",
        metavar="PER_S",
        min=RATE_PER_S_MIN,
        max=RATE_PER_S_MAX,
        help=f"At most so many a second: {CANCELS_PER_S:g} of a cancel, {RETRIES_PER_S:g} of a retry, if not given.",
        show_default=False,
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, for the audit.")]
Preview = Annotated[bool, typer.Option("--preview", help="Say what would be handled, and do nothing.")]


def selection_of(
    lambda_name: str,
    collection: str,
    statuses: list[str] | None,
    after: str,
    before: str,
    attributes: list[str] | None,
) -> pb.TaskSelection:
    """Empty where no flag was given; raises `InvalidInput` naming the flag."""
    if lambda_name:
        check_lambda_name(lambda_name, "--lambda")
    now = datetime.now(UTC)
    wanted = pb.TaskSelection(
        collection=check_collection(collection),
        statuses=[wire_status(name) for name in statuses or ()],
        scheduled_from_us=parse_since_us(after, now, "--scheduled-after") if after else 0,
        scheduled_until_us=parse_since_us(before, now, "--scheduled-before") if before else 0,
        attributes=attributes_of(attributes),
    )
    setattr(wanted, "lambda", lambda_name)
    if wanted.scheduled_until_us and wanted.scheduled_until_us <= wanted.scheduled_from_us:
        raise InvalidInput("--scheduled-before", "is not after --scheduled-after")
    return wanted


def attributes_of(texts: list[str] | None) -> dict[str, str]:
    """Out of `name=value` each; raises `InvalidInput`."""
    pairs: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not equals:
            raise InvalidInput("--attribute", f"{text[:80]!r} has no =; say NAME=VALUE, such as customer=7")
        if name in pairs:
            raise InvalidInput("--attribute", f"{name[:80]!r} is given twice; a task has one value for a name")
        pairs[name] = value
    return dict(check_attributes(pairs, "--attribute"))


def wire_status(name: str) -> str:
    """Raises `InvalidInput`."""
    known = {status.name: f"STATUS_{status.name}" for status in sorted(OF_TASKS)}
    try:
        return known[name.upper()]
    except KeyError:
        names = ", ".join(known).lower()
        raise InvalidInput("--status", f"{name[:40]!r} is no status; use one of {names}") from None
