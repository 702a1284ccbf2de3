"""`penstock server` on a public address: tokens, mutual TLS, and everything that it has ever said."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc

from penstock.adapters.postgres import migrate
from penstock.testing.engines import run_apart
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc
from tests.processes.cli_runner import Running, penstock, running
from tests.processes.platform_fixture import execute

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from penstock.adapters.embedded import EmbeddedEngines
    from tests.processes.guarded.authority import Authority

DATABASE = "guarded"
PATIENCE_S = 60.0


class Caller:
    """Stubs for one token."""

    def __init__(self, platform: GuardedPlatform, token: str) -> None:
        self.token, self.id = token, token.split("_")[1]
        self.metadata = (("authorization", f"Bearer {token}"),)
        self.frontend: Any = pb_grpc.FrontendStub(platform.frontend_channel)
        self.access: Any = pb_grpc.AccessStub(platform.frontend_channel)
        self.orchestrator: Any = pb_grpc.OrchestratorStub(platform.orchestrator_channel)

    def ask(self, call: str, request: Any) -> Any:
        """The reply; raises `grpc.RpcError`."""
        stub = next(each for each in (self.frontend, self.access, self.orchestrator) if hasattr(each, call))
        return getattr(stub, call)(request, metadata=self.metadata, timeout=PATIENCE_S)

    def status(self, call: str, request: Any) -> grpc.StatusCode:
        """How it is answered."""
        try:
            self.ask(call, request)
        except grpc.RpcError as error:
            code: grpc.StatusCode = error.code()
            return code
        return grpc.StatusCode.OK


class GuardedPlatform:
    """Made by `started`."""

    def __init__(self, folder: Path, authority: Authority, dsn: str, server: Running) -> None:
        self.folder, self.authority, self.dsn, self.server = folder, authority, dsn, server
        ready = [server.wait_for("ready at").split() for _ in range(2)]
        addresses = {words[0].partition("-")[0]: words[-1] for words in ready}
        self.address, self.orchestrator_address = addresses["frontend"], addresses["orchestrator"]
        server.wait_for("Ctrl-C stops")
        self.frontend_channel = grpc.secure_channel(self.address, self.credentials())
        self.orchestrator_channel = grpc.secure_channel(self.orchestrator_address, self.credentials())
        self.tokens: list[str] = []
        self.admin = self.caller(self.cli("tokens", "create", "root", "--role=admin", "--namespace=*", "--at-store"))

    @staticmethod
    @contextmanager
    def started(engines: EmbeddedEngines, authority: Authority, folder: Path) -> Iterator[GuardedPlatform]:
        dsn = engines.database_dsn(DATABASE)
        run_apart(_make_database(engines.postgres_dsn, dsn))
        environment = {
            "PENSTOCK_POSTGRES_URL": dsn,
            "PENSTOCK_NATS_URL": engines.nats_url,
            "PENSTOCK_NATS_PREFIX": DATABASE,
            "PENSTOCK_FRONTEND_PORT": "0",
            "PENSTOCK_ORCHESTRATOR_PORT": "0",
            "PENSTOCK_ADVERTISE_HOST": "127.0.0.1",
            "PENSTOCK_AUTHENTICATION": "tokens",
            "PENSTOCK_TLS_CERTIFICATE_FILE": authority.certificate("server"),
            "PENSTOCK_TLS_KEY_FILE": authority.key("server"),
            "PENSTOCK_TLS_CLIENT_CA_FILE": authority.ca_file,
            "PENSTOCK_LOG_LEVEL": "DEBUG",
        }
        command = [sys.executable, "-m", "penstock.cli", "server", "--listen-host=0.0.0.0"]
        with running(command, folder, **environment) as server:
            platform = GuardedPlatform(folder, authority, dsn, server)
            yield platform
            platform.frontend_channel.close()
            platform.orchestrator_channel.close()

    def credentials(self) -> grpc.ChannelCredentials:
        """Of a client that the authority has signed."""
        files = (self.authority.ca_file, self.authority.key("client"), self.authority.certificate("client"))
        return grpc.ssl_channel_credentials(*(Path(file).read_bytes() for file in files))

    def environment(self, token: str = "") -> dict[str, str]:
        """What a client is told by its environment."""
        shown = {"PENSTOCK_TOKEN": token} if token else {}
        return {
            "PENSTOCK_ADDRESS": self.address,
            "PENSTOCK_CA_FILE": self.authority.ca_file,
            "PENSTOCK_CLIENT_CERTIFICATE_FILE": self.authority.certificate("client"),
            "PENSTOCK_CLIENT_KEY_FILE": self.authority.key("client"),
            **shown,
        }

    def run(self, *arguments: str, token: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
        """One command of the command line, as a client."""
        told = {**self.environment(token), "PENSTOCK_POSTGRES_URL": self.dsn, **environment}
        return penstock(*arguments, folder=self.folder, environment=told)

    def cli(self, *arguments: str, token: str = "") -> str:
        """What a command prints that must work."""
        done = self.run(*arguments, token=token)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def make(self, role: str, *namespaces: str, name: str = "") -> Caller:
        """A caller with a new token."""
        name = name or f"{role}-{len(self.tokens)}"
        request = pb.CreateTokenRequest(name=name, role=role, namespaces=namespaces or ("*",))
        return self.caller(self.admin.ask("CreateToken", request).text)

    def rows(self, statement: str) -> list[str]:
        """Rows past the platform, as text."""
        return [str(tuple(row)) for row in run_apart(execute(self.dsn, statement))]

    def caller(self, token: str) -> Caller:
        """For a token; it is remembered, so that the end can look for it in every log."""
        self.tokens.append(token)
        return Caller(self, token)


async def _make_database(engine_dsn: str, dsn: str) -> None:
    await execute(engine_dsn, f"create database {DATABASE}")
    await migrate(dsn)
