"""What was claimed and has not started obeys gates that are shut meanwhile, also where nobody can tell of them."""

import asyncio
from typing import Any

from penstock.execution.gate_sight import SIGHT_US
from penstock.model.lifecycle import Event, Status
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators, Task
from tests.layers.executor_place import Place, place

QUICK_S = 0.001


async def warm_up(home: FakeOrchestrators, body: FakeLambda) -> None:
    """Quick ones, until it prefetches."""
    await home.ended(*[home.schedule(body.name, QUICK_S) for _ in range(2_000)])


async def sleeps(seconds: float) -> None:
    await asyncio.sleep(seconds)


async def full(home: FakeOrchestrators, here: Place, count: int = 5) -> list[Task]:
    """One runs for a long while on the only slot, the others wait behind it at the same executor."""
    tasks = [home.schedule("app.it", 30.0) for _ in range(count)]
    await home.until(lambda: len(here.board.read()) > 1 and any(each.started for each in here.board.read()))
    return tasks


def test_what_waits_behind_a_gate_is_handed_back_and_costs_nothing() -> None:
    async def main() -> None:
        home, body = FakeOrchestrators(), FakeLambda("app.it", sleeps)
        home.knows_gates = True
        async with place(home, body, concurrency=1) as here:
            await warm_up(home, body)
            await full(home, here)
            waiting = [claim.key.id for claim in here.board.read() if not claim.begun]
            home.tell_gates(("app.it", "another collection"))
            await asyncio.sleep(0.01)
            assert not any(home.tasks[task_id].reports for task_id in waiting)
            home.tell_gates(("app.it", "box"))
            await home.until(lambda: all(home.tasks[task_id].reports for task_id in waiting))
            assert {home.tasks[task_id].reports[0].ending for task_id in waiting} == {Event.RELEASE}
            assert {home.tasks[task_id].reports[0].run_us for task_id in waiting} == {0}
            running = [claim for claim in here.board.read() if claim.started]
            assert running, "what runs goes on"

    run_virtual(main())


def test_nothing_starts_on_an_old_look() -> None:
    """Cut off or stopped for a while: it cannot know of a gate, so it hands back."""

    async def main() -> None:
        home, started = FakeOrchestrators(), list[int]()
        home.knows_gates = True

        async def it(number: int) -> None:
            started.append(number)

        async with place(home, FakeLambda("app.it", it)):
            await asyncio.sleep(5.0)
            now_us = int(asyncio.get_running_loop().time() * 1_000_000)
            home.stamp_us = now_us - SIGHT_US - 100_000
            late = home.schedule("app.it", 1)
            await home.until(lambda: late.reports)
            assert late.reports[0].ending is Event.RELEASE
            assert started == []
            home.stamp_us = None
            await home.ended(late)
            assert started == [1]

    run_virtual(main())


def test_news_let_start_what_was_claimed_long_ago() -> None:
    async def main() -> None:
        home = FakeOrchestrators()
        home.knows_gates = True
        async with place(home, FakeLambda("app.it", sleeps)):
            await asyncio.sleep(5.0)
            now_us = int(asyncio.get_running_loop().time() * 1_000_000)
            home.tell_gates()
            await asyncio.sleep(0.01)
            home.stamp_us = now_us - SIGHT_US - 100_000
            await home.ended(home.schedule("app.it", 0.0))

    run_virtual(main())


def test_a_claim_that_passed_the_gates_after_the_last_news_starts() -> None:
    """It was opened meanwhile: the news of that are still on their way."""

    async def main() -> None:
        home = FakeOrchestrators()
        home.knows_gates = True
        async with place(home, FakeLambda("app.it", sleeps)):
            await asyncio.sleep(5.0)
            home.tell_gates(("app.it", ""), checked_us=4_900_000)
            await asyncio.sleep(0.01)
            home.stamp_us = 4_900_001
            await home.ended(home.schedule("app.it", 0.0))

    run_virtual(main())


def test_news_are_asked_for_only_while_something_waits() -> None:
    async def main() -> None:
        home, body = FakeOrchestrators(), FakeLambda("app.it", sleeps)
        async with place(home, body, concurrency=1) as here:
            await asyncio.sleep(3.0)
            assert not any(stream.waiting for stream in home.streams)
            await warm_up(home, body)
            await full(home, here)
            await asyncio.sleep(0.5)
            assert all(stream.waiting for stream in home.streams)

    run_virtual(main())


def test_a_server_that_knows_no_gates_is_obeyed_as_before() -> None:
    async def main() -> None:
        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", sleeps)):
            await asyncio.sleep(5.0)
            home.stamp_us = 1_000_000
            task: Any = home.schedule("app.it", 0.0)
            await home.ended(task)
            assert task.row.status is not Status.CLAIMED

    run_virtual(main())
