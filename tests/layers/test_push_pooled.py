"""Reports of many endpoints share calls, and each hears of its own."""

import asyncio
from collections.abc import Sequence

import pytest

from penstock.execution.push.pooled import IN_FLIGHT, PooledOrchestrators
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId, make_ids
from penstock.model.lifecycle import Event
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.task import Report
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeOrchestrators


class Slow(FakeOrchestrators):
    def __init__(self) -> None:
        super().__init__()
        self.calls: list[int] = []
        self.fails = False

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        self.calls.append(len(reports))
        await asyncio.sleep(1)
        if self.fails:
            raise Unavailable("not now")
        return [report.id for report in reports if report.claim == 13]


def report(number: int, claim: int = 1) -> Report:
    return Report(make_ids(1_760_000_000_000, str(number).encode(), 1)[0], claim, Event.SUCCEEDED)


def test_what_waits_shares_a_call_and_everybody_hears_of_their_own() -> None:
    async def body() -> None:
        home = Slow()
        pooled = PooledOrchestrators(home)
        asked = [pooled.set_results("here", [report(n, 13 if n % 3 == 0 else 1)], 5.0) for n in range(2_500)]
        refused = await asyncio.gather(*asked)
        assert [len(each) for each in refused] == [int(n % 3 == 0) for n in range(2_500)]
        assert sum(home.calls) == 2_500
        assert len(home.calls) <= IN_FLIGHT + 3
        assert max(home.calls) <= BATCH_ROWS_MAX

    run_virtual(body())


def test_a_call_that_fails_fails_for_all_and_the_next_goes_on() -> None:
    async def body() -> None:
        home = Slow()
        pooled = PooledOrchestrators(home)
        home.fails = True
        ends = await asyncio.gather(
            *(pooled.set_results("here", [report(n)], 5.0) for n in range(9)), return_exceptions=True
        )
        assert all(isinstance(end, Unavailable) for end in ends)
        home.fails = False
        assert await pooled.set_results("here", [report(1)], 5.0) == []

    run_virtual(body())


def test_who_gives_up_waits_for_nothing() -> None:
    async def body() -> None:
        pooled = PooledOrchestrators(Slow())
        asked = asyncio.create_task(pooled.set_results("here", [report(1)], 5.0))
        await asyncio.sleep(0.5)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked
        assert await pooled.set_results("here", [report(2)], 5.0) == []

    run_virtual(body())
