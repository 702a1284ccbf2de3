"""The whole platform as processes of the test's own: engines, servers, two workers, and a watcher of deaths."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import psutil

from penstock.adapters.embedded import EmbeddedEngines
from penstock.adapters.postgres.migration import migrate
from penstock.cli.ports import free_port
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.process import Process

LEASE_S: Final = 6.0
SETTINGS: Final = {
    "PENSTOCK_LEASE_S": str(LEASE_S),
    "PENSTOCK_HEARTBEAT_S": "1",
    "PENSTOCK_HEARTBEAT_TIMEOUT_S": "1",
    "PENSTOCK_ENQUEUE_TIMEOUT_S": "2",
    "PENSTOCK_CONCURRENCY": "12",
    "PENSTOCK_THREADS": "4",
}
SERVER: Final = "penstock.server.process"
_HOST: Final = "127.0.0.1"
_PORT: Final = 20_000 + os.getpid() % 10_000
"""below those of outgoing connections: a client that dials a dead server must not be given its port"""


class Stack:
    """`address` is the frontend's for all its lives. Every second life of the orchestrator has another port."""

    def __init__(
        self, folder: Path, engines: EmbeddedEngines, app: str, settings: dict[str, str], workers: int, server: str
    ) -> None:
        self.folder, self.engines = folder, engines
        self.address = f"{_HOST}:{free_port(_HOST, _PORT)}"
        common = {
            **settings,
            "PENSTOCK_POSTGRES_URL": engines.postgres_dsn,
            "PENSTOCK_NATS_URL": engines.nats_url,
            "PENSTOCK_FRONTEND_PORT": self.address.rpartition(":")[2],
            "PENSTOCK_ADDRESS": self.address,
            FOLDER: str(folder),
        }
        self.watcher = Process("watcher", ["tests.processes.fault_run.lifelines", str(folder)], folder, {})
        self.frontend = Process("frontend", [server, "frontend"], folder, common)
        self.orchestrator = Process("orchestrator", [server, "orchestrator"], folder, common)
        self._worker_arguments, self._common = ["penstock.cli", "worker", app], common
        self.workers: list[Process] = []
        for _ in range(workers):
            self.another_worker()
        self.orchestrator_address = ""

    def another_worker(self) -> Process:
        """One more, to be started."""
        name = f"worker-{len(self.workers) + 1}"
        self.workers.append(Process(name, self._worker_arguments, self.folder, self._common))
        return self.workers[-1]

    @property
    def processes(self) -> list[Process]:
        """Workers first: they stop while the servers still serve."""
        return [*self.workers, self.orchestrator, self.frontend, self.watcher]

    async def start(self) -> None:
        (self.folder / "deaths").touch()
        await migrate(self.engines.postgres_dsn)
        await self.watcher.start(until="ready")
        await asyncio.gather(self.start_orchestrator(), self.start_frontend())
        for worker in self.workers:
            await worker.start()
        while len(list(self.folder.glob("records-*"))) < len(self.workers):
            for worker in self.workers:
                assert worker.runs, f"{worker.name} ended; the end of {worker.log}:\n{worker.tail()}"
            await asyncio.sleep(0.05)

    async def start_frontend(self) -> None:
        await self.frontend.start(until="ready frontend")

    async def start_orchestrator(self) -> None:
        self.orchestrator.environment["PENSTOCK_ORCHESTRATOR_PORT"] = str(
            free_port(_HOST, _PORT + 1 + self.orchestrator.lives // 2)
        )
        line = await self.orchestrator.start(until="ready orchestrator")
        self.orchestrator_address = line.split()[2]

    async def stop_workers(self) -> list[int]:
        return list(await asyncio.gather(*(worker.stop() for worker in self.workers)))

    def executors(self, worker: Process) -> list[int]:
        """Process ids of the executors under a worker that runs."""
        if not worker.runs:
            return []
        return [child.pid for child in psutil.Process(worker.pid).children() if _is_executor(child)]


def _is_executor(process: psutil.Process) -> bool:
    try:
        return "penstock.adapters.processes.executor_main" in process.cmdline()
    except psutil.Error:
        return False


def in_one_group(*lambdas: str) -> str:
    """The setting that has them share an executor."""
    return json.dumps({"shared": list(lambdas)})


@asynccontextmanager
async def stack(
    folder: Path,
    app: str,
    groups: str,
    workers: int = 2,
    server: str = SERVER,
    prepare: Callable[[str], Awaitable[None]] | None = None,
    **settings: str,
) -> AsyncIterator[Stack]:
    """Everything, running; everything ended at the end, whatever happened. `prepare` is given the database first."""
    engines = await EmbeddedEngines.start(folder / "engines")
    try:
        running = Stack(folder, engines, app, {**SETTINGS, "PENSTOCK_GROUPS": groups, **settings}, workers, server)
        try:
            if prepare is not None:
                await prepare(engines.postgres_dsn)
            await running.start()
            yield running
        finally:
            for process in running.processes:
                process.end()
    finally:
        await engines.stop()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
