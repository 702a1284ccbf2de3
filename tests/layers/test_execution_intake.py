"""What an executor takes: as much as it can run, each claim once, suspects only in a quarantine."""

import asyncio
from typing import Any

from penstock.model.lifecycle import Event, Status
from penstock.model.work import WorkMessage
from penstock.ports.hosts import QuarantineWanted
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


def test_no_more_run_than_there_are_slots_and_slow_ones_are_not_prefetched() -> None:
    async def main() -> None:
        running = most = 0

        async def it(_: Any) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(10)
            running -= 1

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=3) as here:
            tasks = [home.schedule("app.it") for _ in range(10)]
            await asyncio.sleep(5)
            assert len(here.board.read()) == 3
            await home.ended(*tasks)
        assert most == 3

    run_virtual(main())


def test_quick_ones_are_prefetched_in_order() -> None:
    async def main() -> None:
        order = []

        async def it(number: int) -> None:
            order.append(number)
            await asyncio.sleep(0.001)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=4) as here:
            tasks = [home.schedule("app.it", number) for number in range(3000)]
            most = 0
            while not tasks[-1].ended_as:
                await asyncio.sleep(0.01)
                most = max(most, len(here.board.read()))
            await home.ended(*tasks)
        assert order == sorted(order)
        assert most > 8

    run_virtual(main())


def test_a_broken_stream_is_opened_again_and_loses_nothing() -> None:
    async def main() -> None:
        async def it(number: int) -> int:
            await asyncio.sleep(1)
            return number

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=5):
            tasks = [home.schedule("app.it", number) for number in range(50)]
            for _ in range(5):
                await asyncio.sleep(1.3)
                home.break_streams()
            home.reachable = False
            await asyncio.sleep(3)
            home.reachable = True
            await home.ended(*tasks)
        assert all(home.endings(task) == [Event.SUCCEEDED] for task in tasks)
        assert not any(task.refused for task in tasks)
        assert len(home.hellos) >= 6

    run_virtual(main())


def test_a_repeated_assignment_is_taken_once() -> None:
    async def main() -> None:
        ran = []

        async def it(number: int) -> None:
            ran.append(number)
            await asyncio.sleep(1)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            await home.until_streams(1)
            task = home.schedule("app.it", 1)
            (message,) = [one for one in home.sent if one.assignments]
            home.streams[0].outbox.put_nowait(message)
            await home.ended(task)
        assert ran == [1]

    run_virtual(main())


def test_what_is_buffered_past_its_deadline_is_dropped_without_a_word() -> None:
    async def main() -> None:
        ran = []

        async def it(number: int) -> None:
            ran.append(number)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            await home.until_streams(1)
            await asyncio.sleep(40)
            home.stamp_us = 5_000_000  # of long ago
            task = home.schedule("app.it", 1)
            await asyncio.sleep(1)
            assert ran == []
            assert here.board.read() == []
            assert task.row.status is Status.CLAIMED
            home.stamp_us = None
            await asyncio.sleep(31)
            await home.ended(task)
        assert ran == [1]
        assert home.endings(task) == [Event.SUCCEEDED]

    run_virtual(main())


def test_a_quarantine_takes_suspects_one_at_a_time_and_leaves_when_idle() -> None:
    async def main() -> None:
        running = most = 0

        async def it(_: Any) -> None:
            nonlocal running, most
            running += 1
            most = max(most, running)
            await asyncio.sleep(1)
            running -= 1

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), quarantine=True) as here:
            suspects = [home.schedule("app.it", suspect=True) for _ in range(3)]
            innocent = home.schedule("app.it")
            await home.ended(*suspects)
            await here.run
            assert 33 <= asyncio.get_running_loop().time() < 36
        assert most == 1
        assert innocent.row.claim == 0
        assert home.hellos[0].quarantine

    run_virtual(main())


def test_a_quarantine_takes_the_next_suspect_only_when_the_last_ones_report_is_accepted() -> None:
    async def main() -> None:
        async def it(_: Any) -> None: ...

        home = FakeOrchestrators()
        home.results_reachable = False
        async with place(home, FakeLambda("app.it", it), quarantine=True) as here:
            first, second = (home.schedule("app.it", suspect=True) for _ in range(2))
            await asyncio.sleep(5)
            assert [claim.key.id for claim in here.board.read()] == [first.id], "a crash now would be its own"
            home.results_reachable = True
            await home.ended(first, second)
            assert asyncio.get_running_loop().time() < 8

    run_virtual(main())


def test_a_wanted_quarantine_is_told_to_the_supervisor() -> None:
    async def main() -> None:
        async def it(_: Any) -> None: ...

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            await home.until_streams(1)
            home.streams[0].outbox.put_nowait(WorkMessage(quarantine_wanted=["app.it"]))
            word = await here.said(QuarantineWanted)
            assert word.lambdas == ("app.it",)

    run_virtual(main())


def test_a_full_board_takes_no_more() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(1)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), capacity=5) as here:
            tasks = [home.schedule("app.it") for _ in range(20)]
            await asyncio.sleep(0.5)
            assert len(here.board.read()) == 5
            await home.ended(*tasks)

    run_virtual(main())
