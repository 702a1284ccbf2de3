"""One real platform for many tests: engines, a migrated database, frontend, orchestrator, on demand a worker.

Use it from a conftest: `from tests.processes.platform_fixture import platform as platform`.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
import grpc
import pytest

from penstock.adapters.postgres import migrate
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.cli_runner import PATIENCE_S, clean_environment

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator
    from pathlib import Path

    from penstock.adapters.embedded import EmbeddedEngines

DATABASE = "one_platform"
_numbers = count(1)
T = TypeVar("T")


class Server:
    """A process of the platform. Its log goes to a file."""

    def __init__(self, name: str, command: list[str], environment: dict[str, str], folder: Path) -> None:
        self.name, self.log = name, folder / f"{name}.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=folder,
                env=clean_environment(**environment),
                start_new_session=True,
            )

    def address(self) -> str:
        """Where it serves, once it does."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            words = line.split()
            if words[:2] == ["ready", self.name]:
                return words[2]
        raise AssertionError(f"{self.name} has ended:\n{self.log.read_text()}")

    def stop(self) -> int:
        """SIGTERM; its exit code."""
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise
        finally:
            if self.process.stdout is not None:
                self.process.stdout.close()


class Platform:
    """Addresses, stubs, and SQL on a connection of its own."""

    def __init__(self, engines: EmbeddedEngines, folder: Path) -> None:
        self.engines, self.folder = engines, folder
        self._database = f"{DATABASE}_{next(_numbers)}"
        self.dsn = engines.database_dsn(self._database)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="platform sql", daemon=True)
        self._thread.start()

    def start(self) -> None:
        self._run(_make_database(self.engines.postgres_dsn, self.dsn, self._database))
        self._connection = self._run(asyncpg.connect(self.dsn))
        self.environment = {
            "PENSTOCK_POSTGRES_URL": self.dsn,
            "PENSTOCK_NATS_URL": self.engines.nats_url,
            "PENSTOCK_NATS_PREFIX": self._database,
            "PENSTOCK_FRONTEND_PORT": "0",
            "PENSTOCK_ORCHESTRATOR_PORT": "0",
            "PENSTOCK_LEASE_S": "3600",  # longer than any session: no claim ends by itself
        }
        self._servers = {
            role: Server(role, [sys.executable, "-m", "penstock.server.process", role], self.environment, self.folder)
            for role in ("orchestrator", "frontend")
        }
        self.orchestrator_address = self._servers["orchestrator"].address()
        self.address = self._servers["frontend"].address()
        self.frontend_channel = grpc.insecure_channel(self.address)
        self.orchestrator_channel = grpc.insecure_channel(self.orchestrator_address)
        self.frontend = pb_grpc.FrontendStub(self.frontend_channel)
        self.orchestrator = pb_grpc.OrchestratorStub(self.orchestrator_channel)
        self.http_url: str = self.frontend.GetServerInfo(pb.GetServerInfoRequest()).facts["http"]

    def stop(self) -> None:
        self.frontend_channel.close()
        self.orchestrator_channel.close()
        for server in self._servers.values():
            server.stop()
        self._run(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def worker(self, app: str, **environment: str) -> Iterator[Server]:
        """`penstock worker APP`, stopped at the end; modules are found in `folder`."""
        command = [sys.executable, "-m", "penstock.cli", "worker", app]
        server = Server("worker", command, {"PENSTOCK_ADDRESS": self.address, **environment}, self.folder)
        try:
            yield server
        finally:
            server.stop()

    def log(self, role: str) -> str:
        """All that a server has logged so far."""
        return self._servers[role].log.read_text()

    def pid(self, role: str) -> int:
        return self._servers[role].process.pid

    def sql(self, statement: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows of a statement, past the platform."""
        rows: list[asyncpg.Record] = self._run(self._connection.fetch(statement, *arguments))
        return rows

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_S)


async def execute(dsn: str, *statements: str) -> list[asyncpg.Record]:
    """The rows of the last statement, on a connection of its own."""
    connection = await asyncpg.connect(dsn)
    try:
        rows: list[asyncpg.Record] = []
        for statement in statements:
            rows = await connection.fetch(statement)
        return rows
    finally:
        await connection.close()


async def _make_database(engine_dsn: str, dsn: str, database: str) -> None:
    await execute(engine_dsn, f"create database {database}")
    await migrate(dsn)


@pytest.fixture(scope="session")
def platform(engines: EmbeddedEngines, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    """The same platform for every test of the session."""
    it = Platform(engines, tmp_path_factory.mktemp("platform"))
    it.start()
    yield it
    it.stop()
