"""One system that runs: its server, its workers, the producer, and the marks that tasks leave."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import psutil

from benchmarks.cells import Cells
from benchmarks.children import Child
from benchmarks.peers.environment import programs_of
from benchmarks.peers.loads import Bulk, Load, Sent
from benchmarks.peers.marks import Marks, cells_for
from benchmarks.peers.peer import Ground, Peer
from benchmarks.row import RowFailed

TASKS_MAX = 2_000_000
LOOK_EVERY_S = 0.005
START_TIMEOUT_S = 120.0
WARM_UP_TASKS = 200
PRODUCER = "benchmarks.peers.programs.producer"


class Site:
    """Tasks have numbers from 0 on; those of the warm-up come first."""

    def __init__(self, peer: Peer, programs: Path, environment: Mapping[str, str], folder: Path) -> None:
        self.peer = peer
        self.marks = Marks(Cells.create(folder / "cells", cells_for(TASKS_MAX)))
        self._programs, self._folder = programs, folder
        self._environment = {**environment, **self.marks.cells.environment()}
        self._workers: list[Child] = []
        self._producer: Child | None = None

    async def prepare(self) -> None:
        """The server knows what the system needs there, and the producer waits."""
        command = [str(self._programs / "python"), "-m", PRODUCER, self.peer.program]
        self._producer = await Child.start("producer", command, self._environment, self._folder)
        await self._hears("ready")

    async def start_workers(self) -> None:
        """Returns at once: they come up while tasks are sent."""
        for number, command in enumerate(self.peer.workers(self._programs)):
            self._workers.append(await Child.start(f"worker-{number}", command, self._environment, self._folder))

    async def stop_workers(self) -> None:
        """In order: they may end what they do."""
        stopping, self._workers = self._workers, []
        await asyncio.gather(*(worker.stop() for worker in stopping))

    def worker_processes(self) -> list[psutil.Process]:
        """The workers and all that they have started. Looking takes longer than some tasks."""
        return [each for worker in self._workers for each in _tree(worker.pid)]

    def kill_workers(self, known: Sequence[psutil.Process]) -> None:
        """SIGKILL to those that are known, at once, and then to whatever they have started since."""
        _kill(known)
        _kill(self.worker_processes())
        self._workers = []

    async def warm_up(self) -> int:
        """Workers are up and have run some tasks; answers how many."""
        await self._hears("connected", says="connect")
        await self.send(Bulk(first=0, seconds=START_TIMEOUT_S, tasks_max=WARM_UP_TASKS, in_flight=TASKS_MAX))
        await self.until(lambda: self.marks.executed >= WARM_UP_TASKS, START_TIMEOUT_S, "the warm-up")
        return WARM_UP_TASKS

    async def send(self, load: Load) -> Sent:
        """What the producer reports when all calls were answered."""
        producer = self._the_producer()
        producer.say(msgspec.json.encode(load).decode())
        return msgspec.json.decode(await producer.line(600.0), type=Sent)

    async def until(self, is_done: Callable[[], bool], timeout_s: float, what: str) -> None:
        """Looks again and again; raises `RowFailed` when it takes too long."""
        ends_at_s = time.monotonic() + timeout_s
        while not is_done():
            if ended := [worker.name for worker in self._workers if worker.has_ended]:
                raise RowFailed(f"{what}: {', '.join(ended)} has ended{self.complaints()}")
            if time.monotonic() > ends_at_s:
                raise RowFailed(
                    f"{what}: {self.marks.executed} tasks were run after {timeout_s:g} s{self.complaints()}"
                )
            await asyncio.sleep(LOOK_EVERY_S)

    def complaints(self) -> str:
        """What producer and workers have written to their logs."""
        children = [*self._workers, *([self._producer] if self._producer else [])]
        return "".join(f"\n{child.last_lines()}" for child in children if child.errors.stat().st_size)

    async def stop(self) -> None:
        """Producer and workers."""
        producer, self._producer = self._producer, None
        await asyncio.gather(self.stop_workers(), *([producer.stop()] if producer else []))

    async def _hears(self, word: str, says: str = "") -> None:
        producer = self._the_producer()
        if says:
            producer.say(says)
        if (line := await producer.line(START_TIMEOUT_S)) != word:
            raise RowFailed(f"the producer said {line!r} in place of {word}")

    def _the_producer(self) -> Child:
        assert self._producer is not None
        return self._producer


def _kill(processes: Sequence[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def _tree(pid: int) -> list[psutil.Process]:
    """The process and all its descendants, whatever groups they are in."""
    try:
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []


@asynccontextmanager
async def site(peer: Peer, ground: Ground) -> AsyncIterator[tuple[Site, Mapping[str, str]]]:
    """The system on a fresh server, workers not started yet; and the versions of the server's parts."""
    programs = await programs_of(peer, ground.cache)
    async with peer.server(ground) as server:
        running = Site(peer, programs, server.environment, ground.folder)
        try:
            await running.prepare()
            yield running, server.versions
        finally:
            await running.stop()
