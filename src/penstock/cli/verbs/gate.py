"""`penstock gate`: pause or drop what is due of a lambda or a collection, open it again, see who did what."""

import os
import sys
from typing import Annotated

import typer

from penstock.cli.client import Client
from penstock.cli.flags import Address, AsJson, Namespace, Yes
from penstock.cli.gate_rows import change_json, gate_json, print_changes, print_gate, print_gates
from penstock.cli.output import print_json
from penstock.cli.when import parse_duration_us, parse_moment_us
from penstock.model.errors import InvalidInput
from penstock.model.names import check_lambda_name
from penstock.sdk.caller import caller
from penstock.wire.v1 import penstock_pb2 as pb

verb = typer.Typer(add_completion=False, no_args_is_help=True, help="Pause, drop or open what is due of LAMBDA.")

Lambda = Annotated[str, typer.Argument(metavar="LAMBDA", help="app.lambda, such as mail.send_email")]
MaybeLambda = Annotated[str, typer.Argument(metavar="[LAMBDA]", help="Of this lambda only.", show_default=False)]
Collection = Annotated[str, typer.Option(help="Of this collection only; else the whole lambda.")]
Until = Annotated[str, typer.Option(metavar="MOMENT", help="Open it then: 2026-03-01T09:00.")]
For = Annotated[str, typer.Option("--for", metavar="TIME", help="Open it after this: 90s, 2h, 1d.")]
Reason = Annotated[str, typer.Option(help="Why, for those who look.")]


@verb.command()
def pause(
    lambda_name: Lambda,
    collection: Collection = "",
    until: Until = "",
    lasting: For = "",
    reason: Reason = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Keep what is due, and run it in due order once the gate is open again. What runs goes on."""
    order = _order(pb.GATE_STATE_PAUSE, lambda_name, collection, until, lasting, reason)
    _set(order, as_json, address, namespace)


@verb.command()
def drop(
    lambda_name: Lambda,
    collection: Collection = "",
    until: Until = "",
    lasting: For = "",
    reason: Reason = "",
    yes: Yes = False,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """End what is due, and what a pause has kept, as dropped: it never runs. What runs goes on."""
    order = _order(pb.GATE_STATE_DROP, lambda_name, collection, until, lasting, reason)
    _ask(order, yes)
    _set(order, as_json, address, namespace)


@verb.command("open")
def open_gate(
    lambda_name: Lambda,
    collection: Collection = "",
    reason: Reason = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Let what is due run again."""
    _set(_order(pb.GATE_STATE_OPEN, lambda_name, collection, "", "", reason), as_json, address, namespace)


@verb.command("list")
def list_gates(
    lambda_name: MaybeLambda = "", as_json: AsJson = False, address: Address = None, namespace: Namespace = None
) -> None:
    """Show the gates that are not open, and how many tasks each holds."""
    if lambda_name:
        check_lambda_name(lambda_name, "LAMBDA")
    with Client(address, namespace) as client:
        gates = client.gates(lambda_name)
    if as_json:
        print_json([gate_json(gate) for gate in gates])
    elif gates:
        print_gates(gates)
    else:
        print("all gates are open", file=sys.stderr)


@verb.command()
def history(
    lambda_name: MaybeLambda = "",
    collection: Annotated[str | None, typer.Option(help="Of this collection only; '' for the whole lambda's.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many, the latest first.")] = 100,
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show who ordered what, the latest first."""
    if lambda_name:
        check_lambda_name(lambda_name, "LAMBDA")
    with Client(address, namespace) as client:
        lines = client.gate_history(lambda_name, collection, limit)
    if as_json:
        print_json([change_json(line) for line in lines])
    elif lines:
        print_changes(lines)
    else:
        print("no gate was ever closed", file=sys.stderr)


def _order(
    state: pb.GateState, lambda_name: str, collection: str, until: str, lasting: str, reason: str
) -> pb.SetGateRequest:
    if until and lasting:
        raise InvalidInput("--for", "is given together with --until; use one of them")
    for_us = parse_duration_us(lasting, "--for") if lasting else 0
    if lasting and not for_us:
        raise InvalidInput("--for", "is no time at all; leave it out for a gate without an end")
    order = pb.SetGateRequest(
        collection=collection,
        state=state,
        until_us=parse_moment_us(until, "--until") if until else 0,
        for_us=for_us,
        reason=reason,
        who=caller(),
        request_token=os.urandom(16),
    )
    setattr(order, "lambda", check_lambda_name(lambda_name, "LAMBDA"))
    return order


def _set(order: pb.SetGateRequest, as_json: bool, address: str | None, namespace: str | None) -> None:
    with Client(address, namespace) as client:
        gate = client.set_gate(order)
    if as_json:
        print_json(gate_json(gate))
    else:
        print_gate(gate)


def _ask(order: pb.SetGateRequest, yes: bool) -> None:
    """What is dropped never runs: that needs a yes, by a person or by --yes."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise InvalidInput("--yes", "is needed to drop tasks when nobody can be asked; pause keeps them")
    of = f"collection {order.collection} of " if order.collection else ""
    typer.confirm(
        f"end all tasks of {of}{getattr(order, 'lambda')} that are due, without running them?", abort=True, err=True
    )
