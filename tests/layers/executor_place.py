"""One executor with an orchestrator, a board and a supervisor's ear of its own, on a virtual loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from penstock.execution import Executor, ExecutorTuning
from penstock.execution.same_loop import MemoryBoard, SameLoopSeat
from penstock.ports.hosts import ExecutorSpec, ExecutorWord
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators, Task, table

Body = Callable[[Any], Awaitable[Any]]


class Place:
    """One executor, its orchestrator, its board, and what it said to its supervisor."""

    def __init__(self, home: FakeOrchestrators, *lambdas: FakeLambda, quarantine: bool = False, **tuning: Any) -> None:
        self.home = home
        spec = ExecutorSpec("here/1", "", tuple(each.name for each in lambdas), quarantine)
        self.board = MemoryBoard(spec.lambdas, tuning.pop("capacity", 8192))
        self.words: list[ExecutorWord] = []
        self.died = asyncio.Event()
        seat = SameLoopSeat(self.board, lambda: 0.5, self.words.append, self._die)
        self.executor = Executor(spec, table(*lambdas), home, seat, ExecutorTuning(**tuning))
        self.run = asyncio.create_task(self.executor.run())

    def _die(self, word: ExecutorWord) -> None:
        self.words.append(word)
        self.died.set()
        self.run.cancel()

    async def said(self, kind: type) -> Any:
        while not (found := [word for word in self.words if isinstance(word, kind)]):
            await asyncio.sleep(0.01)
        return found[-1]


@asynccontextmanager
async def place(home: FakeOrchestrators, *lambdas: FakeLambda, **options: Any) -> AsyncIterator[Place]:
    here = Place(home, *lambdas, **options)
    try:
        yield here
        if here.run.done() and not here.run.cancelled():
            here.run.result()
    finally:
        here.run.cancel()
        await asyncio.gather(here.run, return_exceptions=True)


async def reports_of(body: Body, argument: object = None, timeout_s: float = 600.0) -> Task:
    """A task after its first report."""
    home = FakeOrchestrators()
    async with place(home, FakeLambda("app.it", body, timeout_s=timeout_s)):
        task = home.schedule("app.it", argument)
        await home.until(lambda: task.reports)
    return task
