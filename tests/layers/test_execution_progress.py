"""What running code says of its progress, and when it is told."""

import asyncio
from typing import Any

from penstock import progress
from penstock.model.progress import Progress
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


def told(home: FakeOrchestrators) -> list[Progress]:
    return [beat.progress for _, beats in home.beats for beat in beats if beat.progress is not None]


def test_the_last_word_goes_with_a_beat_about_once_a_second() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            for number in range(10_000):
                progress(number, 10_000, "copying")
                await asyncio.sleep(0.001)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await home.ended(task)
        said = told(home)
        assert 8 <= len(said) <= 12, "ten seconds"
        assert [each.done for each in said] == sorted(each.done for each in said)
        assert said[0].message == "copying"

    run_virtual(main())


def test_what_was_told_is_not_told_again() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            progress(1, 2)
            await asyncio.sleep(60)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            await home.ended(home.schedule("app.it"))
        assert told(home) == [Progress(1, 2)]

    run_virtual(main())


def test_what_a_lost_beat_said_is_told_by_the_next() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            progress(1, 2)
            await asyncio.sleep(60)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await asyncio.sleep(0.1)
            home.reachable = False
            await asyncio.sleep(3)
            assert told(home) == []
            home.reachable = True
            await home.ended(task)
        assert told(home) == [Progress(1, 2)]

    run_virtual(main())


def test_a_task_that_says_nothing_costs_no_beat_more() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(100)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            await home.ended(home.schedule("app.it"))
        assert len(home.beats) <= 100 / 5 + 3
        assert told(home) == []

    run_virtual(main())
