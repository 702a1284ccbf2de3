"""The whole platform as real processes, on a fresh database of engines that are already there."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Generic, TypeVar

import asyncpg
import msgspec

from benchmarks import orders, usage
from benchmarks.cells import Cells
from benchmarks.children import Child, python
from benchmarks.row import RowFailed
from benchmarks.store_reading import StoreReading
from penstock.adapters.embedded import EmbeddedEngines
from penstock.adapters.postgres import migrate

LOOK_EVERY_S = 0.01
WARM_UP_TASKS = 500
START_TIMEOUT_S = 60.0
Report = TypeVar("Report")
_numbers = itertools.count(1)


class Platform:
    """Frontend and orchestrator run from the start; the worker is started and stopped by the row."""

    def __init__(self, engines: EmbeddedEngines, database: str, folder: Path, cells: Cells) -> None:
        self.dsn = engines.database_dsn(database)
        self.cells = cells
        self.address = ""
        self.address_file = folder / "address"
        self._engines, self._database, self._folder = engines, database, folder
        self._children: dict[str, Child] = {}
        self._clients = itertools.count(1)
        self._settings: dict[str, str] = {}

    async def start(self, more: Mapping[str, str]) -> None:
        """`more`: settings of the servers beside those that lead them to their engines."""
        await migrate(self.dsn)
        settings = {
            **more,
            "PENSTOCK_POSTGRES_URL": self.dsn,
            "PENSTOCK_NATS_URL": self._engines.nats_url,
            "PENSTOCK_NATS_PREFIX": self._database,
            "PENSTOCK_FRONTEND_PORT": "0",
            "PENSTOCK_HTTP_PORT": "0",
            "PENSTOCK_ORCHESTRATOR_PORT": "0",
            "PENSTOCK_LOG_LEVEL": "WARNING",
        }
        self._settings = settings
        for role in ("orchestrator", "frontend"):
            command = python("penstock.server.process", role)
            self._children[role] = await Child.start(role, command, settings, self._folder)
        addresses = [await self._address(role) for role in ("orchestrator", "frontend")]
        self.address = addresses[1]
        self.address_file.write_text(self.address)

    async def start_push(self) -> None:
        """A push worker beside the servers."""
        settings = {**self._settings, "PENSTOCK_ADDRESS": self.address}
        command = python("penstock.server.process", "push")
        self._children["push"] = await Child.start("push", command, settings, self._folder)

    async def _address(self, role: str) -> str:
        while True:
            words = (await self._children[role].line()).split()
            if words[:2] == ["ready", role]:
                return words[2]

    async def start_worker(self, app: str, name: str = "worker") -> None:
        """`app`: one of `benchmarks.lambdas`. Returns at once: the worker comes up while tasks are scheduled."""
        command = python("penstock.cli", "worker", f"benchmarks.lambdas.{app}:app")
        environment = {"PENSTOCK_ADDRESS": self.address, "PENSTOCK_LOG_LEVEL": "WARNING", **self.cells.environment()}
        self._children[name] = await Child.start(name, command, environment, self._folder)

    async def stop_worker(self, name: str = "worker") -> None:
        """Comes back when it is gone."""
        await self._children.pop(name).stop()

    async def deploy(self, app: str) -> None:
        """Its lambdas are known from now on, and no worker is there: what is scheduled waits for one."""
        await self.start_worker(app)
        async with self.store() as store:
            await self.registered(store, 1)
        await self.stop_worker()

    async def registered(self, store: StoreReading, lambdas: int) -> None:
        """Waits until workers have registered so many."""
        async with asyncio.timeout(START_TIMEOUT_S):
            while await store.lambdas_registered() < lambdas:
                await asyncio.sleep(LOOK_EVERY_S)

    async def client(self, kind: str, load: msgspec.Struct, report: type[Report]) -> "Client[Report]":
        """A client process of `benchmarks.clients` that is ready to go."""
        name = f"client-{next(self._clients)}"
        command = python("benchmarks.clients", kind, msgspec.json.encode(load).decode())
        environment = {"PENSTOCK_ADDRESS": self.address, **self.cells.environment()}
        child = await Child.start(name, command, environment, self._folder)
        self._children[name] = child
        if (line := await child.line()) != "ready":
            raise RowFailed(f"{name} said {line!r} in place of ready")
        return Client(child, report)

    async def warm_up(self, task: str) -> int:
        """Waits until the worker is there and has run some tasks; answers how many, for `drained`."""
        client = await self.client("bulk", orders.Bulk(orders.Total(WARM_UP_TASKS), task), orders.Sent)
        client.go()
        await client.report()
        await self.executed(WARM_UP_TASKS, START_TIMEOUT_S)
        return WARM_UP_TASKS

    async def executed(self, tasks: int, timeout_s: float) -> None:
        """Waits until so many executions were counted; raises `RowFailed` when they take longer."""
        loop = asyncio.get_running_loop()
        ends_at_s = loop.time() + timeout_s
        while (count := self.cells.values[0]) < tasks:
            if loop.time() > ends_at_s:
                raise RowFailed(f"{count} of {tasks} tasks were executed within {timeout_s:g} s\n{self.complaints()}")
            await asyncio.sleep(LOOK_EVERY_S)

    async def comes_true(self, condition: Callable[[], bool], timeout_s: float) -> bool:
        """Waits until it is true; False: it took longer."""
        loop = asyncio.get_running_loop()
        ends_at_s = loop.time() + timeout_s
        while not condition():
            if loop.time() > ends_at_s:
                return False
            await asyncio.sleep(10 * LOOK_EVERY_S)
        return True

    async def drained(self, store: StoreReading, tasks: int, timeout_s: float, sleeping: int = 0) -> None:
        """Waits until every task but the sleeping ones has its outcome in the store; raises `RowFailed` otherwise."""
        await self.executed(tasks, timeout_s)
        for _ in range(100):
            if await store.live() == sleeping:
                return await store.require_all_done(tasks)
            await asyncio.sleep(0.05)
        raise RowFailed(f"{await store.live() - sleeping} tasks never ended\n{self.complaints()}")

    def store(self) -> StoreReading:
        """To be entered."""
        return StoreReading(self.dsn)

    def usage(self) -> usage.Usage:
        """Of everything that runs: servers, worker, clients, engines."""
        ours = [("client" if name.startswith("client") else name, pid) for name, pid in self.pids().items()]
        engines = [("postgres", self._engines.postgres_pid), ("nats", self._engines.nats_pid)]
        return usage.read([*ours, *((role, pid) for role, pid in engines if pid)])

    def pids(self) -> dict[str, int]:
        """Of the processes started here, by name."""
        return {name: child.pid for name, child in self._children.items()}

    def complaints(self) -> str:
        """What the processes have written to their logs."""
        return "\n".join(child.last_lines() for child in self._children.values() if child.errors.stat().st_size)

    async def stop(self) -> None:
        """Clients and worker first, then the servers that they use."""
        servers = [self._children.pop(role) for role in ("frontend", "orchestrator") if role in self._children]
        await asyncio.gather(*(child.stop() for child in self._children.values()))
        await asyncio.gather(*(child.stop() for child in servers))


class Client(Generic[Report]):
    """A client process that waits for the word. `kind`: the shape of its report."""

    def __init__(self, child: Child, kind: type[Report]) -> None:
        self._child, self._kind = child, kind

    def go(self) -> None:
        self._child.say("go")

    def stop(self) -> None:
        self._child.say("stop")

    async def report(self, timeout_s: float = 300.0) -> Report:
        """What it did, once it has ended its work."""
        return msgspec.json.decode(await self._child.line(timeout_s), type=self._kind)


@asynccontextmanager
async def fresh_platform(
    engines: EmbeddedEngines, folder: Path, cell_count: int = 1, settings: Mapping[str, str] | None = None
) -> AsyncIterator[Platform]:
    """A platform on a database and queues of its own, which are gone afterwards."""
    database = f"bench_{next(_numbers)}"
    place = folder / database
    place.mkdir()
    await _execute(engines, f"create database {database}", "checkpoint")
    platform = Platform(engines, database, place, Cells.create(place / "cells", max(cell_count, 1)))
    try:
        await platform.start(settings or {})
        yield platform
    finally:
        await platform.stop()
        await _execute(engines, f"drop database {database} with (force)")


async def _execute(engines: EmbeddedEngines, *statements: str) -> None:
    connection = await asyncpg.connect(engines.database_dsn("postgres"))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
