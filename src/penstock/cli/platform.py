"""The whole platform on one machine: engines, schema, two servers and a worker, as our children.

`penstock dev` and the demo run it. Started from the engines up, stopped from the worker down.
"""

import asyncio
import contextlib
import json
import sys
from collections.abc import Callable, Mapping
from typing import Final

import psutil

from penstock.adapters.embedded import EmbeddedEngines
from penstock.adapters.postgres.migration import migrate
from penstock.cli.address import remove_address, write_address
from penstock.cli.children import Child, ChildFailed, ChildSpec, server_command
from penstock.cli.exits import USAGE
from penstock.cli.logs import Log
from penstock.cli.ports import free_port, is_taken
from penstock.cli.push_child import ROLE as PUSH
from penstock.cli.push_child import PushChild
from penstock.settings import Settings

LOOPBACK: Final = "127.0.0.1"
_ENGINES_LOOK_EVERY_S: Final = 1.0
# On loopback, for one person: nobody is asked who they are, whatever the settings of a real platform say.
_OPEN_SERVER: Final = {
    "PENSTOCK_AUTHENTICATION": "none",
    "PENSTOCK_TLS_CERTIFICATE_FILE": "",
    "PENSTOCK_TLS_KEY_FILE": "",
    "PENSTOCK_TLS_CLIENT_CA_FILE": "",
}
_OURSELVES: Final = ("127.0.0.0/8", "::1/128")
_OPEN_CLIENT: Final = {
    "PENSTOCK_CA_FILE": "",
    "PENSTOCK_CLIENT_CERTIFICATE_FILE": "",
    "PENSTOCK_CLIENT_KEY_FILE": "",
    "PENSTOCK_TOKEN": "",
    "PENSTOCK_TOKEN_FILE": "",
}


class LocalPlatform:
    """One platform in `settings.folder`, with one worker for `app` (none for ""). `command`: what starts a server of
    a role.
    """

    def __init__(
        self,
        settings: Settings,
        app: str,
        log: Log,
        worker_environment: Mapping[str, str] | None = None,
        command: Callable[[str], list[str]] = server_command,
    ) -> None:
        self._settings, self._app, self._log = settings, app, log
        self._worker_environment = dict(worker_environment or {})
        self._command = command
        self._folder = settings.folder.resolve()
        self._engines: EmbeddedEngines | None = None
        self._engines_watch: asyncio.Task[None] | None = None
        self._servers: list[Child] = []
        self._push: PushChild | None = None
        self.worker: Child | None = None
        self.address = self.http_url = self.postgres_url = ""

    async def start(self) -> None:
        """Returns when tasks can be scheduled; raises `PenstockError`, and then nothing of it runs."""
        try:
            await self._start()
        except BaseException:
            await self.stop()
            raise

    async def _start(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        postgres_url, nats_url = await self._start_engines()
        self.postgres_url = postgres_url
        await migrate(postgres_url)
        engines = {"PENSTOCK_POSTGRES_URL": postgres_url, "PENSTOCK_NATS_URL": nats_url}
        self._push = self._push_child(engines)
        _, self.address = await asyncio.gather(
            self._start_server("orchestrator", self._settings.orchestrator_port, engines),
            self._start_server("frontend", self._settings.frontend_port, engines),
        )
        write_address(self._folder, self.address, self.http_url)
        if self._app:
            self.worker = Child(self._worker_spec(), self._log)
            await self.worker.start()

    async def stop(self) -> None:
        """Worker, orchestrator, frontend, engines: each has what it needs until it is gone."""
        if self.address:
            remove_address(self._folder)
            self._log("penstock", "stopping: what runs may finish; Ctrl-C again stops now")
        for child in (self.worker, self._push, *sorted(self._servers, key=_frontend_last)):
            if child is not None:
                await child.stop()
        if self._engines_watch is not None:
            self._engines_watch.cancel()
            await asyncio.wait([self._engines_watch])
        if self._engines is not None:
            await self._engines.stop()
            self._engines = None
            self._log("engines", "stopped")

    def hurry(self) -> None:
        """Whatever still stops shall stop now."""
        for child in (self.worker, self._push, *self._servers):
            if child is not None:
                child.hurry()

    async def _start_engines(self) -> tuple[str, str]:
        settings = self._settings
        if settings.postgres_url and settings.nats_url:
            return settings.postgres_url, settings.nats_url
        engines = await EmbeddedEngines.start(
            self._folder,
            postgres_binary_folder=settings.postgres_binaries,
            nats_binary=settings.nats_binary,
        )
        self._engines = engines
        self._log("engines", f"PostgreSQL (pid {engines.postgres_pid}) and NATS (pid {engines.nats_pid}) run")
        self._engines_watch = asyncio.create_task(self._keep_engines(engines), name="engines")
        return settings.postgres_url or engines.postgres_dsn, settings.nats_url or engines.nats_url

    async def _keep_engines(self, engines: EmbeddedEngines) -> None:
        while True:
            await asyncio.sleep(_ENGINES_LOOK_EVERY_S)
            if not _runs(engines.postgres_pid):
                self._log("engines", "PostgreSQL has ended: starting it again")
                await engines.restart_postgres()
            if not _runs(engines.nats_pid):
                self._log("engines", "NATS has ended: starting it again")
                await engines.restart_nats()

    async def _start_server(self, role: str, wanted_port: int, engines: Mapping[str, str]) -> str:
        """Its address. Its port is chosen here and once, so that it comes back at the same place."""
        while True:
            port = free_port(LOOPBACK, wanted_port)
            http_port = free_port(LOOPBACK, self._settings.http_port) if role == "frontend" else 0
            environment = {
                **engines,
                "PENSTOCK_LISTEN_HOST": LOOPBACK,
                **_OPEN_SERVER,
                "PENSTOCK_ADVERTISE_HOST": LOOPBACK,
                f"PENSTOCK_{role.upper()}_PORT": str(port),
                "PENSTOCK_HTTP_PORT": str(http_port),
                **self._push_allow(),
            }
            child = Child(ChildSpec(role, self._command(role), environment), self._log, self._wanted)
            self._servers.append(child)
            if http_port:
                self.http_url = f"http://{LOOPBACK}:{http_port}"
            try:
                return await child.start()
            except ChildFailed:
                taken = [each for each in (port, http_port) if each and is_taken(LOOPBACK, each)]
                if not taken:
                    raise
                self._log(role, f"another program took port {taken[0]} first: trying the next one")
                self._servers.remove(child)

    def _push_child(self, engines: Mapping[str, str]) -> PushChild:
        environment = {**engines, **_OPEN_SERVER, **_OPEN_CLIENT, **self._push_allow()}
        return PushChild(self._command(PUSH), environment, self._settings.stop_grace_s + 5.0, self._log)

    def _push_allow(self) -> dict[str, str]:
        """Whoever tries something out has its endpoint on this machine."""
        return {"PENSTOCK_PUSH_ALLOW": json.dumps([*self._settings.push_allow, *_OURSELVES])}

    def _wanted(self, role: str) -> None:
        if self._push is not None:
            self._push.start_if_wanted(role)

    def _worker_spec(self) -> ChildSpec:
        command = [sys.executable, "-m", "penstock.cli", "worker", self._app]
        environment = {"PENSTOCK_ADDRESS": self.address, **_OPEN_CLIENT, **self._worker_environment}
        grace_s = self._settings.stop_grace_s + 5.0
        return ChildSpec(
            "worker", command, environment, announces=False, stop_grace_s=grace_s, hopeless_codes=frozenset({USAGE})
        )


def _frontend_last(child: Child) -> bool:
    return child.spec.name == "frontend"


def _runs(pid: int | None) -> bool:
    if pid is None:
        return False
    with contextlib.suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
    return False
