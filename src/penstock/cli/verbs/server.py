"""`penstock server`: frontends and orchestrators on engines of one's own."""

import asyncio
from enum import StrEnum
from typing import Annotated

import typer

from penstock.cli.checked_settings import checked_settings
from penstock.cli.children import Child, ChildSpec, server_command
from penstock.cli.exits import OK
from penstock.cli.logs import Log, Screen
from penstock.cli.ports import free_port
from penstock.cli.push_child import ROLE as PUSH
from penstock.cli.push_child import PushChild
from penstock.cli.stopping import run_until_signalled
from penstock.model.errors import InvalidInput
from penstock.server.tls import server_credentials
from penstock.settings import Settings

verb = typer.Typer(add_completion=False)


class Role(StrEnum):
    """Which server processes to run."""

    ALL = "all"
    FRONTEND = "frontend"
    ORCHESTRATOR = "orchestrator"
    PUSH = "push"


@verb.command()
def server(
    role: Annotated[Role, typer.Option(help="Which server processes to run.")] = Role.ALL,
    processes: Annotated[int | None, typer.Option(min=1, max=64, help="How many of each.")] = None,
    listen_host: Annotated[
        str | None, typer.Option(help="The address to listen on; others than loopback need tokens and TLS.")
    ] = None,
    postgres_url: Annotated[str | None, typer.Option(help="Better in PENSTOCK_POSTGRES_URL: ps shows flags.")] = None,
    nats_url: Annotated[str | None, typer.Option(help="Your NATS servers, comma-separated.")] = None,
) -> int:
    """Run frontends and orchestrators on engines of your own.

    Needs PENSTOCK_POSTGRES_URL and PENSTOCK_NATS_URL, and a schema that `penstock migrate` made.
    """
    settings = checked_settings(
        processes=processes, listen_host=listen_host, postgres_url=postgres_url, nats_url=nats_url
    )
    check_engines_named(settings)
    server_credentials(settings)  # what is wrong with its files is told once, not by each server
    log = Screen()
    servers = Servers(settings, role, log)

    async def body() -> None:
        log("penstock", f"{len(servers.children)} server processes serve; Ctrl-C stops")
        await asyncio.Event().wait()

    asyncio.run(run_until_signalled(servers, body))
    return OK


def check_engines_named(settings: Settings) -> None:
    """`server` starts no engines; raises `InvalidInput` naming what is missing."""
    missing = [name for name in ("postgres_url", "nats_url") if not getattr(settings, name)]
    if missing:
        variables = " and ".join(f"PENSTOCK_{name.upper()}" for name in missing)
        raise InvalidInput(missing[0], f"`server` runs on engines of your own: set {variables}, or use `penstock dev`")


class Servers:
    """`settings.processes` of each role. Frontends share a port; orchestrators get one each."""

    def __init__(self, settings: Settings, role: Role, log: Log) -> None:
        self._settings, self._role, self._log = settings, role, log
        self.children: list[Child] = []
        self._push = PushChild(server_command(PUSH), self._shared(), settings.stop_grace_s + 5.0, log)

    async def start(self) -> None:
        """Returns when all serve."""
        self.children = [Child(spec, self._log, self._wanted) for spec in self._specs()]
        await asyncio.gather(*(child.start() for child in self.children))

    async def stop(self) -> None:
        """Push workers and orchestrators first: workers still register and read through the frontends."""
        await self._push.stop()
        for child in self.children:
            await child.stop()

    def hurry(self) -> None:
        """Now."""
        self._push.hurry()
        for child in self.children:
            child.hurry()

    def _wanted(self, role: str) -> None:
        """One thing to start: with all roles, push workers come by themselves."""
        if self._role is Role.ALL:
            self._push.start_if_wanted(role)

    def _shared(self) -> dict[str, str]:
        settings = self._settings
        return {
            "PENSTOCK_POSTGRES_URL": settings.postgres_url,
            "PENSTOCK_NATS_URL": settings.nats_url,
            "PENSTOCK_LISTEN_HOST": settings.listen_host,
            "PENSTOCK_PROCESSES": str(settings.processes),
        }

    def _specs(self) -> list[ChildSpec]:
        settings, specs = self._settings, []
        shared = self._shared()
        if self._role is Role.PUSH:
            grace_s = settings.stop_grace_s + 5.0
            names = [f"{PUSH}-{index + 1}" if settings.processes > 1 else PUSH for index in range(settings.processes)]
            return [ChildSpec(name, server_command(PUSH), shared, stop_grace_s=grace_s) for name in names]
        for role in (Role.ORCHESTRATOR, Role.FRONTEND):
            if self._role not in (Role.ALL, role):
                continue
            port = settings.frontend_port if role is Role.FRONTEND else settings.orchestrator_port
            if role is Role.FRONTEND and port == 0:
                port = free_port(settings.listen_host, 0)
            http_port = settings.http_port
            if role is Role.FRONTEND and http_port == 0 and settings.processes > 1:
                http_port = free_port(settings.listen_host, 0)
            for index in range(settings.processes):
                own = port + index if role is Role.ORCHESTRATOR and port else port
                environment = {
                    **shared,
                    f"PENSTOCK_{role.upper()}_PORT": str(own),
                    "PENSTOCK_HTTP_PORT": str(http_port),
                }
                name = f"{role}-{index + 1}" if settings.processes > 1 else str(role)
                specs.append(ChildSpec(name, server_command(role), environment))
        return specs
