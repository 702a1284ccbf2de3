"""`penstock worker`: the controller, with its executors under it."""

import asyncio
import os
from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.address import named_or_found
from penstock.cli.app_path import check_app, import_path
from penstock.cli.checked_settings import checked_settings
from penstock.cli.flags import Address, App, Namespace
from penstock.cli.logs import log_to_stderr
from penstock.compose import run_worker
from penstock.server.parent_watch import watch_parent

verb = typer.Typer(add_completion=False)


@verb.command()
def worker(
    app: App,
    address: Address = None,
    namespace: Namespace = None,
    concurrency: Annotated[
        int | None, typer.Option(min=1, help="Coroutines an executor runs at the same time.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(min=1, help="Plain functions an executor runs at the same time.")
    ] = None,
    accept_signatures: Annotated[
        bool,
        typer.Option("--accept-signatures", help="Even if tasks wait that the lambdas' parameters do not fit."),
    ] = False,
) -> int:
    """Run the lambdas of APP.

    SIGTERM or Ctrl-C stops in order: no new tasks, running ones finish or are handed back. A second
    one stops now.
    """
    settings = checked_settings(
        address=named_or_found(address).text,
        namespace=namespace,
        concurrency=concurrency,
        threads=threads,
        signatures="accept" if accept_signatures else None,
    )
    path = check_app(app)
    # Executors are processes of their own: they look for the app where we do.
    os.environ.update(import_path(Path.cwd()))
    log_to_stderr()
    watch_parent()
    return asyncio.run(run_worker(settings, path))
