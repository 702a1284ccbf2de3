"""What heartbeats tell, and what their answers and their failures do."""

import asyncio
from typing import Any

import pytest
from msgspec import structs

from penstock.model.lifecycle import Event, Status
from penstock.ports.hosts import TouchLost
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


def test_heartbeats_tell_a_start_after_a_second_and_keep_a_long_task_leased() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(200)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            task = home.schedule("app.it")
            await home.until(lambda: home.beats)
            assert home.beats[0][1][0].started
            assert 1 <= asyncio.get_running_loop().time() <= 3
            assert 1_000_000 <= home.beats[0][1][0].run_us <= 3_000_000
            await home.ended(task)
            assert home.endings(task) == [Event.SUCCEEDED]
            assert task.row.claim == 1
            assert len(home.beats) <= 200 / 5 + 3
            await asyncio.sleep(1)
            assert here.board.read() == []

    run_virtual(main())


def test_three_failed_heartbeats_end_the_process() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(200)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            home.schedule("app.it")
            await home.until(lambda: home.beats)
            home.reachable = False
            before_s = asyncio.get_running_loop().time()
            await here.died.wait()
            assert asyncio.get_running_loop().time() - before_s < 25, "well before the lease is over"
            assert isinstance(here.words[-1], TouchLost)

    run_virtual(main())


def test_two_failed_heartbeats_do_not() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(60)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            task = home.schedule("app.it")
            await home.until(lambda: home.beats)
            for _ in range(3):
                home.reachable = False
                await asyncio.sleep(9)
                home.reachable = True
                await asyncio.sleep(6)
            await home.ended(task)
            assert not here.died.is_set()

    run_virtual(main())


def test_a_refused_claim_is_stopped_and_never_reported() -> None:
    async def main() -> None:
        stopped = asyncio.Event()

        async def it(_: Any) -> None:
            try:
                await asyncio.sleep(500)
            finally:
                stopped.set()

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            task = home.schedule("app.it")
            await home.until(lambda: home.beats)
            task.row = structs.replace(task.row, claim=9, status=Status.SUCCESS)
            await stopped.wait()
            await asyncio.sleep(5)
            assert here.board.read() == []
            assert home.report_calls == []

    run_virtual(main())


@pytest.mark.parametrize("why", ["refused", "no heartbeat"])
def test_code_that_goes_on_without_a_lease_ends_its_process(why: str) -> None:
    async def main() -> None:
        go_on = True

        async def it(_: Any) -> None:
            while go_on:
                try:
                    await asyncio.sleep(1)
                except asyncio.CancelledError:
                    continue

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            task = home.schedule("app.it")
            await home.until(lambda: home.beats)
            before_s = asyncio.get_running_loop().time()
            if why == "refused":
                task.row = structs.replace(task.row, claim=9, status=Status.SUCCESS)
            else:
                home.beats_hang = True
            await here.died.wait()
            took_s = asyncio.get_running_loop().time() - before_s
            assert took_s < (8 if why == "refused" else 30)
            assert isinstance(here.words[-1], TouchLost)
            go_on = False

    run_virtual(main())


def test_a_newer_claim_waits_until_the_older_ones_code_has_stopped() -> None:
    async def main() -> None:
        intervals: list[tuple[float, float]] = []

        async def it(_: Any) -> None:
            loop = asyncio.get_running_loop()
            start_s = loop.time()
            try:
                await asyncio.sleep(20)
            except asyncio.CancelledError:
                await asyncio.sleep(0.9)  # cleans up slowly
                raise
            finally:
                intervals.append((start_s, loop.time()))

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await home.until(lambda: home.beats)
            task.lease_until_s = -1  # the store gave it up, for whatever reason
            home.deal()
            assert task.row.claim == 2
            await home.ended(task)
        (first, second) = intervals
        assert first[1] <= second[0]
        assert [report.claim for report in task.reports] == [2]

    run_virtual(main())
