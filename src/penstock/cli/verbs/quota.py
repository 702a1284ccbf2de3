"""`penstock quota`: how many tasks of a lambda may be scheduled and started a second, and its weight among others."""

import math
import os
import sys
from typing import Annotated

import typer

from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.output import print_json
from penstock.cli.quota_client import QuotaClient
from penstock.cli.quota_rows import change_json, print_changes, print_quotas, quota_json
from penstock.model.errors import InvalidInput
from penstock.model.lane import Priority
from penstock.model.names import check_lambda_name
from penstock.model.quota import WHOLE_LAMBDA, QuotaKind, check_amount, check_burst
from penstock.sdk.caller import caller
from penstock.wire.quota_codec import QUOTA_KIND_TO_WIRE, lanes_to_wire
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Bound what LAMBDA may schedule and start a second."
)

Lambda = Annotated[str, typer.Argument(metavar="LAMBDA", help="app.lambda, such as mail.send_email")]
MaybeLambda = Annotated[str, typer.Argument(metavar="[LAMBDA]", help="Of this lambda only.", show_default=False)]
Kind = Annotated[str, typer.Argument(metavar="schedule|start|weight", help="Accepted, started, or its share.")]
Amount = Annotated[str, typer.Argument(metavar="AMOUNT", help="100/s, 30/m, 'unlimited'; of a weight: 2.5.")]
Burst = Annotated[int | None, typer.Option(min=1, help="Tasks at once; else those of one second.", show_default=False)]
OfPriority = Annotated[str, typer.Option("--priority", help="Of start: of this lane only (high, normal, low).")]
Reason = Annotated[str, typer.Option(help="Why, for those who look.")]

_PER_S = {"s": 1.0, "m": 60.0, "h": 3600.0}


@verb.command("set")
def set_quota(
    lambda_name: Lambda,
    kind: Kind,
    amount: Amount,
    burst: Burst = None,
    priority: OfPriority = "",
    reason: Reason = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Set a quota. It counts before what the code declares, until it is cleared."""
    order = _order(lambda_name, kind, priority, reason)
    order.amount = parse_amount(QuotaKind(order.kind), amount)
    order.burst = check_burst("--burst", burst or 0)
    _send(order, as_json, address, namespace)


@verb.command()
def clear(
    lambda_name: Lambda,
    kind: Kind,
    priority: OfPriority = "",
    reason: Reason = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Let what the code declares count again."""
    _send(_order(lambda_name, kind, priority, reason), as_json, address, namespace)


@verb.command("list")
def list_quotas(
    lambda_name: MaybeLambda = "", as_json: AsJson = False, address: Address = None, namespace: Namespace = None
) -> None:
    """Show the quotas that stand; in brackets those of the code that an order stands before."""
    if lambda_name:
        check_lambda_name(lambda_name, "LAMBDA")
    with QuotaClient(address, namespace) as client:
        quotas = client.quotas(lambda_name)
    _print(quotas, as_json)


@verb.command()
def history(
    lambda_name: MaybeLambda = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the latest first.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show who ordered what, the latest first."""
    if lambda_name:
        check_lambda_name(lambda_name, "LAMBDA")
    with QuotaClient(address, namespace) as client:
        lines = client.quota_history(lambda_name, limit)
    if as_json:
        print_json([change_json(line) for line in lines])
    elif lines:
        print_changes(lines)
    else:
        print("no quota was ever set", file=sys.stderr)


def parse_amount(kind: QuotaKind, text: str) -> float:
    """`100/s`, `30/m`, `unlimited`; of a weight a number. Raises `InvalidInput`."""
    number, slash, unit = text.partition("/")
    is_weight = kind is QuotaKind.WEIGHT
    if text == "unlimited" and not is_weight:
        return math.inf
    example = "a weight, such as 2.5" if is_weight else "tasks a second, such as 100/s or 30/m, or 'unlimited'"
    try:
        amount = float(number)
    except ValueError:
        raise InvalidInput("AMOUNT", f"{text!r} is not {example}") from None
    if (slash and (is_weight or unit not in _PER_S)) or math.isinf(amount):
        raise InvalidInput("AMOUNT", f"{text!r} is not {example}")
    return check_amount("AMOUNT", kind, amount / _PER_S[unit or "s"])


def _order(lambda_name: str, kind: str, priority: str, reason: str) -> pb.SetQuotaRequest:
    kinds, priorities = [str(each) for each in QuotaKind], [str(each) for each in Priority]
    if kind not in kinds:
        raise InvalidInput("schedule|start|weight", f"{kind!r} is none of them")
    if priority and priority not in priorities:
        raise InvalidInput("--priority", f"{priority!r} is none; use {', '.join(priorities)}")
    if priority and kind != "start":
        raise InvalidInput("--priority", f"a {kind} quota is one for all lanes of a lambda; leave it out")
    order = pb.SetQuotaRequest(
        kind=QUOTA_KIND_TO_WIRE[QuotaKind[kind.upper()]],
        priority=lanes_to_wire(Priority[priority.upper()] if priority else WHOLE_LAMBDA),
        reason=reason,
        who=caller(),
        request_token=os.urandom(16),
    )
    setattr(order, "lambda", check_lambda_name(lambda_name, "LAMBDA"))
    return order


def _send(order: pb.SetQuotaRequest, as_json: bool, address: str | None, namespace: str | None) -> None:
    with QuotaClient(address, namespace) as client:
        quotas = client.set_quota(order)
    _print(quotas, as_json)


def _print(quotas: list[pb.Quota], as_json: bool) -> None:
    if as_json:
        print_json([quota_json(quota) for quota in quotas])
    elif quotas:
        print_quotas(quotas)
    else:
        print("no quota stands", file=sys.stderr)
