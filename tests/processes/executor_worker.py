"""A whole worker for tests: a controller in this process, real executors, a fake orchestrator over a socket."""

import asyncio
import os
import random
import time
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final

import msgspec

from penstock.adapters.processes.hosts import ProcessHosts
from penstock.execution import Controller, ControllerTuning, ExecutorTuning, Group
from penstock.model.identity import text_of
from penstock.ports.hosts import ExecutorProcess, ExecutorSpec, ExecutorWord
from tests.layers.execution_fakes import FakeOrchestrators, Task
from tests.processes.executor_link import LinkServer

PROGRAM = "penstock.execution.program:make_executor"
CONNECT = "tests.processes.executor_link:connect"
PATIENCE_S: Final = 60.0
"""for a broken program only"""
SCENE_S: Final = 2 * PATIENCE_S


class RememberingHosts(ProcessHosts):
    """Knows every process it started."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.started: list[ExecutorProcess] = []

    async def start(self, spec: ExecutorSpec) -> Any:
        process = await super().start(spec)
        self.started.append(process)
        return process


class Worker:
    def __init__(
        self,
        home: FakeOrchestrators,
        folder: Path,
        lambdas: tuple[str, ...],
        app: str,
        controller: ControllerTuning,
        executor: ExecutorTuning,
    ) -> None:
        self.home = home
        self.words: list[tuple[ExecutorSpec, ExecutorWord]] = []
        self.hosts = RememberingHosts(PROGRAM, CONNECT, str(folder / "link"), msgspec.json.encode(executor))
        self.intervals_file = Path(os.environ["INTERVALS"])
        self.registered = 0
        self.controller = Controller(
            "test",
            app,
            [Group("all", lambdas)],
            self.hosts,
            home,
            self._register,
            controller,
            time.monotonic,
            random.random,
            self._hear,
        )
        self.run = asyncio.create_task(self.controller.run())
        self._heard = asyncio.Event()

    async def _register(self) -> None:
        self.registered += 1

    def _hear(self, spec: ExecutorSpec, word: ExecutorWord) -> None:
        self.words.append((spec, word))
        self._heard.set()

    async def said(self, kind: type, count: int = 1) -> Any:
        while len(found := [word for _, word in self.words if isinstance(word, kind)]) < count:
            self._heard.clear()
            await self._heard.wait()
        return found[-1]

    async def noted(self, task: Task, what: str, count: int = 1) -> int:
        """The process that wrote it."""
        while True:
            found = [line for line in self.notes() if line[0] == text_of(task.id) and line[2] == what]
            if len(found) >= count:
                return int(found[-1][4])
            await asyncio.sleep(0.02)

    def give_the_word(self) -> None:
        """Lets every `until_told` end."""
        Path(f"{self.intervals_file}.word").touch()

    def notes(self) -> list[list[str]]:
        if not self.intervals_file.exists():
            return []
        return [line.split() for line in self.intervals_file.read_text().splitlines()]

    def check_no_overlap(self) -> None:
        """No execution of a task begins before the last one's code has ended, or its process died.

        A killed execution writes no end: what bounds it is that a claim begins only after its reaping.
        """
        by_task: dict[str, list[tuple[float, int, str]]] = defaultdict(list)
        for task_id, claim, what, at_s, *_ in self.notes():
            by_task[task_id].append((float(at_s), int(claim), what))
        for lines in by_task.values():
            lines.sort()
            claims = [claim for _, claim, _ in lines]
            assert claims == sorted(claims), f"an older claim's code wrote after a newer one began: {lines}"


def is_alive(pid: int) -> bool:
    """Running, not merely waiting to be reaped by somebody."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until_dead(pid: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while is_alive(pid):
            await asyncio.sleep(0.02)


@asynccontextmanager
async def worker(
    folder: Path,
    *lambdas: str,
    app: str = "tests.processes.executor_app:app",
    lease_s: float = 30.0,
    heartbeat_s: float = 5.0,
    controller: ControllerTuning | None = None,
    **executor: Any,
) -> AsyncIterator[Worker]:
    home = FakeOrchestrators(lease_s, heartbeat_s)
    names = tuple(f"app.{name}" for name in lambdas)
    async with asyncio.timeout(SCENE_S), LinkServer(home, str(folder / "link")):
        here = Worker(home, folder, names, app, controller or ControllerTuning(), ExecutorTuning(**executor))
        try:
            yield here
        finally:
            here.controller.stop()
            here.controller.stop()
            await here.run
            here.hosts.close()
            assert not any(is_alive(process.pid) for process in here.hosts.started)
        here.check_no_overlap()
