"""`penstock lanes`: what stands in lanes, and who serves them."""

import sys
from typing import Annotated

import typer

from penstock.cli.client import Client
from penstock.cli.explain_rows import NOT_WHOLE
from penstock.cli.flags import Address, AsJson, Namespace
from penstock.cli.lane_rows import lane_json, print_lanes
from penstock.cli.output import print_json
from penstock.model.names import check_lambda_name

verb = typer.Typer(add_completion=False)


@verb.command()
def lanes(
    lambda_name: Annotated[str, typer.Option("--lambda", metavar="APP.LAMBDA", help="Of this lambda only.")] = "",
    as_json: AsJson = False,
    address: Address = None,
    namespace: Namespace = None,
) -> None:
    """Show what stands in lanes: how much, how old, and who serves it.

    Lanes in which nothing stands are left out. Each count goes up to 10,000.
    """
    if lambda_name:
        check_lambda_name(lambda_name, "--lambda")
    with Client(address, namespace) as client:
        pages = list(client.lanes(lambda_name))
    found = [lane for page in pages for lane in page.lanes]
    now_us = pages[-1].now_us
    if as_json:
        print_json([lane_json(lane, now_us) for lane in found])
    elif found:
        print_lanes(found, now_us)
    else:
        print("nothing stands in any lane", file=sys.stderr)
    if not all(page.whole for page in pages):
        print(NOT_WHOLE, file=sys.stderr)
