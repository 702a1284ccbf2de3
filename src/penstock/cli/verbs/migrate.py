"""`penstock migrate`: the schema, brought up to date before new servers start."""

import asyncio
from typing import Annotated

import typer

from penstock.adapters.postgres.migration import migrate as apply_migrations
from penstock.cli.checked_settings import checked_settings
from penstock.cli.flags import AsJson
from penstock.cli.output import print_json
from penstock.model.errors import InvalidInput

verb = typer.Typer(add_completion=False)


@verb.command()
def migrate(
    postgres_url: Annotated[str | None, typer.Option(help="Better in PENSTOCK_POSTGRES_URL: ps shows flags.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring the PostgreSQL schema up to date.

    Forward only and safe beside running servers: the servers of one version before go on working.
    `penstock dev` does it by itself.
    """
    dsn = checked_settings(postgres_url=postgres_url).postgres_url
    if not dsn:
        raise InvalidInput(
            "postgres_url", "is needed: set PENSTOCK_POSTGRES_URL (`penstock dev` migrates its own engine by itself)"
        )
    applied = asyncio.run(apply_migrations(dsn))
    if as_json:
        print_json({"applied": applied})
    else:
        print("\n".join(f"applied {name}" for name in applied) or "up to date")
