"""An executor leaves: what runs may finish, what waits is handed back."""

import asyncio
from typing import Any

from penstock.model.lifecycle import Event, Status
from penstock.ports.hosts import Leaving
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


def test_a_clean_stop_hands_back_waits_and_interrupts() -> None:
    async def main() -> None:
        async def it(seconds: float) -> None:
            await asyncio.sleep(seconds)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=200, stop_grace_s=10) as here:
            short, long = home.schedule("app.it", 5), home.schedule("app.it", 500)
            await asyncio.sleep(1)
            here.executor.stop()
            late = home.schedule("app.it", 1)
            await here.run
            assert asyncio.get_running_loop().time() < 14
        assert home.endings(short) == [Event.SUCCEEDED]
        assert home.endings(long) == [Event.RELEASE]
        assert long.row.attempts == 0
        assert home.endings(late) == [Event.RELEASE], "it was on its way when the stop was told"
        assert here.board.read() == []

    run_virtual(main())


def test_a_stop_hands_back_what_is_buffered() -> None:
    async def main() -> None:
        ran = []

        async def it(number: int) -> None:
            ran.append(number)
            await asyncio.sleep(0.001)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=2) as here:
            tasks = [home.schedule("app.it", number) for number in range(3000)]
            while not any(not claim.started and not claim.ended for claim in here.board.read()):
                await asyncio.sleep(0.001)
            here.executor.stop()
            await here.run
        endings = [home.endings(task) for task in tasks]
        assert [Event.RELEASE] in endings
        assert endings.count([Event.SUCCEEDED]) == len(ran)
        assert all(task.row.status in (Status.SUCCESS, Status.ENQUEUED) for task in tasks), "none is left claimed"

    run_virtual(main())


def test_a_second_request_interrupts_at_once() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(500)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            task = home.schedule("app.it")
            await asyncio.sleep(1)
            here.executor.stop()
            await asyncio.sleep(1)
            here.executor.stop(interrupt=True)
            await here.run
            assert asyncio.get_running_loop().time() < 4
        assert home.endings(task) == [Event.RELEASE]

    run_virtual(main())


def test_it_says_that_it_leaves() -> None:
    async def main() -> None:
        async def it(_: Any) -> None: ...

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            await home.until_streams(1)
            assert Leaving() not in here.words
            here.executor.stop()
            await here.run
            assert here.words[-1] == Leaving()

    run_virtual(main())
