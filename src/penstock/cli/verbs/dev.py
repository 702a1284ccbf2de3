"""`penstock dev`: everything on this machine, for as long as this command runs."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

from penstock.cli.app_path import check_app, import_path
from penstock.cli.checked_settings import checked_settings
from penstock.cli.exits import OK
from penstock.cli.flags import Folder
from penstock.cli.logs import Log, Screen
from penstock.cli.platform import LocalPlatform
from penstock.cli.reload import changed, snapshot
from penstock.cli.stop_folder import stop_folder
from penstock.cli.stopping import run_until_signalled
from penstock.model.errors import AppRefused, InvalidInput

verb = typer.Typer(add_completion=False)


@verb.command()
def dev(
    app: Annotated[
        str | None, typer.Argument(metavar="APP", help="module:attribute; without it no worker is started")
    ] = None,
    reload: Annotated[bool, typer.Option("--reload", help="Restart the worker when a Python file changes.")] = False,
    stop: Annotated[
        bool, typer.Option("--stop", help="Stop what runs in the folder, also what a killed one left behind.")
    ] = False,
    folder: Folder = None,
    frontend_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Another one is taken if it is in use.")
    ] = None,
    http_port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Another one is taken if it is in use.")
    ] = None,
) -> int:
    """Run the whole platform on this machine, with a worker for APP.

    Starts private engines in ./.penstock (or uses those of PENSTOCK_POSTGRES_URL and
    PENSTOCK_NATS_URL), brings the schema up to date, and listens on loopback only. Ctrl-C stops
    everything in order; a second one stops now.
    """
    settings = checked_settings(folder=folder, frontend_port=frontend_port, http_port=http_port)
    if stop:
        if app:
            raise InvalidInput("--stop", f"and {app} exclude each other; start it after that")
        return stop_folder(settings)
    log = Screen()
    platform = LocalPlatform(settings, check_app(app) if app else "", log, import_path(Path.cwd()))

    async def body() -> None:
        log("penstock", f"serving at {platform.address}, data in {settings.folder.resolve()}; Ctrl-C stops")
        log("penstock", f"HTTP at {platform.http_url}, its calls at {platform.http_url}/openapi.json")
        if reload:
            await _reload_worker(platform, log)
        elif platform.worker is None:
            await asyncio.Event().wait()
        else:
            await platform.worker.gave_up.wait()
            raise AppRefused(f"{app} cannot be run: the worker's lines above say why; --reload waits for a change")

    asyncio.run(run_until_signalled(platform, body))
    return OK


async def _reload_worker(platform: LocalPlatform, log: Log) -> None:
    folder = Path.cwd()
    standing = snapshot(folder)
    while True:
        path, standing = await changed(folder, standing)
        log("penstock", f"{Path(path).relative_to(folder)} changed: restarting the worker")
        if platform.worker is not None:
            await platform.worker.restart()
