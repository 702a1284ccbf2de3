"""Orchestrators for many executors of one process: what all of them report at the same time goes in one call."""

import asyncio
from collections.abc import Sequence
from typing import Final

from penstock.model.errors import PenstockError
from penstock.model.identity import TaskId
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.task import Report
from penstock.model.work import Beat, HeartbeatAnswer, Hello
from penstock.ports.orchestrators import Orchestrators, WorkStream

IN_FLIGHT: Final = 4
"""calls with reports at the same time"""

_Waiting = tuple[Sequence[Report], asyncio.Future[list[TaskId]]]


class PooledOrchestrators:
    """Implements `Orchestrators`. A call that fails fails for all whose reports it held: each tries again by itself."""

    def __init__(self, inner: Orchestrators) -> None:
        self._inner = inner
        self._waiting: list[_Waiting] = []
        self._couriers: set[asyncio.Task[None]] = set()

    async def open(self, hello: Hello) -> WorkStream:
        """As it is."""
        return await self._inner.open(hello)

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        """As it is."""
        return await self._inner.heartbeat(executor, beats, timeout_s)

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        """As it is."""
        await self._inner.executor_gone(executor, timeout_s)

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        """With what others report; answers those of ours that were refused."""
        answer: asyncio.Future[list[TaskId]] = asyncio.get_running_loop().create_future()
        self._waiting.append((reports, answer))
        if len(self._couriers) < IN_FLIGHT:
            courier = asyncio.create_task(self._carry(executor, timeout_s))
            self._couriers.add(courier)
            courier.add_done_callback(self._couriers.discard)
        return await answer

    async def _carry(self, executor: str, timeout_s: float) -> None:
        while batch := self._next_batch():
            reports = [report for some, _ in batch for report in some]
            try:
                refused = set(await self._inner.set_results(executor, reports, timeout_s))
            except PenstockError as error:
                for _, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for some, answer in batch:
                    if not answer.done():
                        answer.set_result([report.id for report in some if report.id in refused])

    def _next_batch(self) -> list[_Waiting]:
        """Whatever waits, up to the size of a call; who has given up is left out."""
        batch: list[_Waiting] = []
        rows = 0
        while self._waiting and (not batch or rows + len(self._waiting[0][0]) <= BATCH_ROWS_MAX):
            some, answer = self._waiting.pop(0)
            if not answer.done():
                batch.append((some, answer))
                rows += len(some)
        return batch
