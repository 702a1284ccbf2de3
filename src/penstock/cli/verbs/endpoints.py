"""`penstock endpoints`: lambdas that are HTTP addresses."""

import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, Final

import typer

from penstock.cli.endpoint_client import EndpointClient
from penstock.cli.endpoint_rows import endpoint_json, print_endpoints, print_health
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_facts, print_json
from penstock.cli.when import local, parse_duration_us
from penstock.model.errors import InvalidInput
from penstock.model.names import check_lambda_name
from penstock.model.subscription import START_AT_THE_BEGINNING, Order, WhenDead
from penstock.wire.subscription_codec import ORDER_TO_WIRE
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Make lambdas of HTTP endpoints, look at them and remove them."
)

Lambda = Annotated[str, typer.Argument(metavar="LAMBDA", help="app.lambda, such as billing.charge")]
_WHEN_DEAD: Final = {
    WhenDead.BLOCK: pb.WHEN_DEAD_BLOCK,
    WhenDead.SKIP: pb.WHEN_DEAD_SKIP,
    WhenDead.PASS: pb.WHEN_DEAD_PASS,
}


class Mode(StrEnum):
    """How one event stands in a request."""

    BINARY = "binary"
    STRUCTURED = "structured"


class EventOrder(StrEnum):
    """What is promised about the events of a subject."""

    SUBJECT = "subject"
    LATEST = "latest"
    NONE = "none"


class AfterDeath(StrEnum):
    """What becomes of a subject whose event is dead."""

    BLOCK = "block"
    SKIP = "skip"
    PASS = "pass"  # noqa: S105 - no password


@verb.command()
def add(
    lambda_name: Lambda,
    urls: Annotated[list[str], typer.Argument(metavar="URL...", help="Where it is; several share the work.")],
    stream: Annotated[str, typer.Option(help="Send it the events of this stream; else it takes tasks.")] = "",
    types: Annotated[list[str] | None, typer.Option("--type", help="Of these types only; file.* too. Repeat.")] = None,
    order: Annotated[EventOrder, typer.Option(help="Of the events of one subject.")] = EventOrder.SUBJECT,
    batch: Annotated[int, typer.Option(min=1, help="Events in a request; more than 1: a JSON array.")] = 1,
    after: Annotated[list[str] | None, typer.Option(help="Lambdas that go first. Repeat.")] = None,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="All the stream has, not only new.")] = False,
    when_dead: Annotated[AfterDeath, typer.Option(help="What follows a dead event.")] = AfterDeath.BLOCK,
    header: Annotated[list[str] | None, typer.Option(help="Sent with each request: 'Name: value'. Repeat.")] = None,
    mode: Annotated[Mode, typer.Option(help="Attributes in headers, or all in one JSON object.")] = Mode.BINARY,
    timeout: Annotated[str, typer.Option(help="For a whole attempt.")] = "15s",
    concurrency: Annotated[int, typer.Option(min=1, help="Requests under way, to each address.")] = 10,
    rate: Annotated[float, typer.Option(min=0, help="Requests a second, to each address; 0: any.")] = 0.0,
    attempts: Annotated[int, typer.Option(min=1, help="Attempts before a task is dead.")] = 20,
    client_errors_fatal: Annotated[
        bool, typer.Option("--client-errors-fatal", help="No second try after a 4xx that says that the request is bad.")
    ] = False,
    throttling_costs: Annotated[
        bool, typer.Option("--throttling-costs-attempts", help="429, 502, 503 and 504 count as attempts.")
    ] = False,
    unknown: Annotated[str, typer.Option(help="How long after a 202 the attempt has failed.")] = "60s",
    replace: Annotated[
        bool, typer.Option("--replace", help="Of one that exists: all that is not named is as for a new one.")
    ] = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Make LAMBDA an endpoint. A new one's secret is printed, this once; --replace keeps that of one that exists.

    The secret goes to standard output, all else to standard error, so that `> secret` keeps it.
    """
    check_lambda_name(lambda_name, "LAMBDA")
    spec = pb.EndpointSpec(
        urls=urls,
        headers=[_header(each) for each in header or []],
        mode=pb.ENDPOINT_MODE_STRUCTURED if mode is Mode.STRUCTURED else pb.ENDPOINT_MODE_BINARY,
        timeout_s=_seconds("--timeout", timeout),
        read_timeout_s=_seconds("--timeout", timeout),
        concurrency=concurrency,
        rate_per_s=rate,
        client_errors_are_fatal=client_errors_fatal,
        throttling_costs_attempts=throttling_costs,
        unknown_s=_seconds("--unknown", unknown),
        policy=pb.LambdaPolicy(attempts_max=attempts),
    )
    if stream:
        spec.subscription.CopyFrom(_subscription(stream, types, order, batch, after, from_beginning, when_dead))
    elif types or batch > 1 or after or from_beginning:
        raise InvalidInput("--stream", "is missing: types, batch, after and the beginning are those of a stream")
    with EndpointClient(address, namespace) as client:
        if not replace and any(getattr(each, "lambda") == lambda_name for each in client.endpoints()):
            raise InvalidInput(
                "LAMBDA",
                f"{lambda_name} is an endpoint already; --replace puts this in its place, and what is not named "
                "(headers, stream, limits) is then as for a new one",
            )
        _print_made(client.put(lambda_name, spec), as_json)


@verb.command("list")
def list_endpoints(as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """List endpoints, each with the worst that is known of its addresses."""
    with EndpointClient(address, namespace) as client:
        endpoints = client.endpoints()
    if as_json:
        print_json([endpoint_json(endpoint) for endpoint in endpoints])
    elif endpoints:
        print_endpoints(endpoints)
    else:
        print("no endpoints", file=sys.stderr)


@verb.command()
def show(lambda_name: Lambda, as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """Show an endpoint, and how each of its addresses stands."""
    check_lambda_name(lambda_name, "LAMBDA")
    with EndpointClient(address, namespace) as client:
        [endpoint] = client.endpoints(lambda_name)
    if as_json:
        print_json(endpoint_json(endpoint))
        return
    shown = endpoint_json(endpoint)
    del shown["health"]
    print_facts(
        [(name.replace("_", " "), _fact(value)) for name, value in shown.items() if value not in (None, "", [])]
    )
    if endpoint.health:
        print_health(endpoint)
    else:
        print("no push worker has told of it in the last 90 s", file=sys.stderr)


@verb.command()
def remove(lambda_name: Lambda, address: Address = None, namespace: Namespace = None) -> None:
    """Make LAMBDA an endpoint no longer. What waits for it waits; its cursors stay."""
    check_lambda_name(lambda_name, "LAMBDA")
    with EndpointClient(address, namespace) as client:
        client.remove(lambda_name)
    print(f"{lambda_name} is no endpoint any more", file=sys.stderr)


@verb.command()
def rotate(
    lambda_name: Lambda,
    both: Annotated[str, typer.Option(help="How long the current secret signs too.")] = "1d",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Give LAMBDA another secret and print it, this once."""
    check_lambda_name(lambda_name, "LAMBDA")
    with EndpointClient(address, namespace) as client:
        _print_made(client.rotate(lambda_name, _seconds("--both", both)), as_json)


@verb.command()
def enable(lambda_name: Lambda, as_json: AsJson = False, address: Address = None, namespace: Namespace = None) -> None:
    """Send work to LAMBDA again, to all of its addresses."""
    _switch(lambda_name, True, "", as_json, address, namespace)


@verb.command()
def disable(
    lambda_name: Lambda,
    reason: Annotated[str, typer.Option(help="Why, for those who look.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Send nothing to LAMBDA. What is under way ends; the rest waits."""
    _switch(lambda_name, False, reason, as_json, address, namespace)


def _switch(
    lambda_name: str, enabled: bool, reason: str, as_json: bool, address: str | None, namespace: str | None
) -> None:
    check_lambda_name(lambda_name, "LAMBDA")
    with EndpointClient(address, namespace) as client:
        endpoint = client.switch(lambda_name, enabled=enabled, reason=reason)
    if as_json:
        print_json(endpoint_json(endpoint))
    else:
        print_endpoints([endpoint])


def _print_made(reply: pb.PutEndpointReply, as_json: bool) -> None:
    for warning in reply.warnings:
        print(f"warning: {warning}", file=sys.stderr)
    endpoint = reply.endpoint
    if as_json:
        print_json({**endpoint_json(endpoint), "secret": reply.secret or None})
        return
    name = getattr(endpoint, "lambda")
    if not reply.secret:
        print(f"{name} is changed; its secret stays as it is", file=sys.stderr)
        return
    both = f"; the one before signs too until {local(endpoint.previous_until_us)}" if endpoint.previous_until_us else ""
    print(f"{name}: this is the only time that its secret is shown{both}", file=sys.stderr)
    print(reply.secret)


def _subscription(
    stream: str,
    types: Sequence[str] | None,
    order: EventOrder,
    batch: int,
    after: Sequence[str] | None,
    from_beginning: bool,
    when_dead: AfterDeath,
) -> pb.Subscription:
    return pb.Subscription(
        stream=stream,
        order=ORDER_TO_WIRE[Order[order.upper()]],
        batch_max=batch,
        types=types or [],
        start_at_us=START_AT_THE_BEGINNING if from_beginning else None,
        after=after or [],
        when_dead=_WHEN_DEAD[WhenDead[when_dead.upper()]],
    )


def _header(text: str) -> pb.EndpointHeader:
    name, colon, value = text.partition(":")
    if not colon:
        raise InvalidInput("--header", "is written as 'Name: value'")
    return pb.EndpointHeader(name=name.strip(), value=value.strip())


def _seconds(flag: str, text: str) -> float:
    return parse_duration_us(text, flag) / 1_000_000


def _fact(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
