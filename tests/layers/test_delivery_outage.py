"""Delivery while the store does not answer."""

import asyncio
import logging
from collections.abc import Sequence

import pytest

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Claimed
from tests.layers.flow_bench import FlowBench, on_bench


class Outage:
    """In place of the claims of a bench's task state."""

    def __init__(self, bench: FlowBench) -> None:
        self.tries = 0
        self.over = False
        self._claim = bench.task_state.claim
        bench.task_state.claim = self  # type: ignore[method-assign]

    async def __call__(self, ids: Sequence[TaskId], lane: LaneId | None = None) -> list[Claimed]:
        self.tries += 1
        if not self.over:
            raise Unavailable("the store did not answer")
        return await self._claim(ids, lane)


@on_bench
async def test_claims_are_asked_for_no_more_often_the_longer_the_store_is_away(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    await bench.put(lane, 100)
    outage = Outage(bench)
    executors = [await bench.executor("mail.send", credit=10) for _ in range(4)]
    for _ in range(60):
        await asyncio.sleep(1.0)
        for executor in executors:
            executor.give(0)  # the stamp of every second, which repeats the credit
    assert outage.tries <= 60 / 0.5 * len(executors) + len(executors)
    outage.over = True
    await asyncio.sleep(1.0)
    assert [len(executor.assignments) for executor in executors] == [10] * 4


def test_an_outage_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    @on_bench
    async def scene(bench: FlowBench) -> None:
        outage = Outage(bench)
        await bench.put(await bench.lane("mail.send"), 10)
        await bench.executor("mail.send", credit=10)
        await asyncio.sleep(20.0)
        assert outage.tries > 10

    with caplog.at_level(logging.WARNING):
        scene()
    assert [record.message for record in caplog.records] == ["claims are put off: the store did not answer"]
