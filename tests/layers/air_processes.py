"""Executors made of air: a process that ends when it is told to, and a desk that takes reports."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId, make_ids
from penstock.model.task import ClaimKey, Report
from penstock.ports.hosts import (
    ExecutorSpec,
    ExecutorWord,
    RunningClaim,
)

IDS = make_ids(1, b"seed", 5)


def claim(number: int, started: bool = True, deadline_us: int = 10**12, ended: bool = False) -> RunningClaim:
    return RunningClaim(ClaimKey(IDS[number], 1), "app.it", started, deadline_us, 5 if started else 0, ended)


class AirProcess:
    """Ends when told to; its board is a list."""

    def __init__(self, spec: ExecutorSpec, *board: RunningClaim) -> None:
        self.spec, self.pid = spec, 1
        self.claims = list(board)
        self.spoken: asyncio.Queue[ExecutorWord | None] = asyncio.Queue()
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.killed_at_s: float | None = None
        self.asked: list[bool] = []
        self.crashed_at = ""

    def board(self) -> Sequence[RunningClaim]:
        return self.claims

    def earliest_deadline_us(self) -> int | None:
        return min((claim.deadline_us for claim in self.claims), default=None)

    async def words(self) -> AsyncIterator[ExecutorWord]:
        while (word := await self.spoken.get()) is not None:
            yield word

    def say(self, word: ExecutorWord) -> None:
        self.spoken.put_nowait(word)

    def ask_to_stop(self, hand_back: bool) -> None:
        self.asked.append(hand_back)
        self.claims.clear()
        self.exit(0)

    def kill(self) -> None:
        if not self.status.done():
            self.killed_at_s = asyncio.get_running_loop().time()
            self.exit(-9)

    def exit(self, status: int) -> None:
        if not self.status.done():
            self.status.set_result(status)
            self.spoken.put_nowait(None)

    async def reaped(self) -> int:
        return await asyncio.shield(self.status)

    def stack(self) -> str:
        return self.crashed_at

    def last_lines(self) -> str:
        return "its last words"


class Desk:
    """Takes reports, sometimes."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.gone: list[str] = []
        self.failures_left = 0
        self.calls_to_hang = 0

    async def open(self, hello: Any) -> Any:
        raise AssertionError

    async def heartbeat(self, executor: str, beats: Any, timeout_s: float) -> Any:
        raise AssertionError

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        if self.calls_to_hang:
            self.calls_to_hang -= 1
            await asyncio.sleep(timeout_s)
            raise Unavailable("no answer in time")
        if self.failures_left:
            self.failures_left -= 1
            raise Unavailable("not now")
        assert executor not in self.gone, "what was on its way is handed back only after the reports"
        self.reports.extend(reports)
        return []

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        self.gone.append(executor)


SPEC = ExecutorSpec("host/x-1", "app:app", ("app.it",))


def now_s() -> float:
    return asyncio.get_running_loop().time()
