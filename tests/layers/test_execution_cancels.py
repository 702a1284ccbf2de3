"""Code that is told to stop: by a cancel, by its timeout, before its first line."""

import asyncio
from typing import Any

import pytest

from penstock.execution.coroutines import CoroutineRunner
from penstock.execution.gate_sight import GateSight
from penstock.execution.held import Held, Workload
from penstock.execution.same_loop import MemoryBoard, SameLoopSeat
from penstock.execution.tuning import Terms
from penstock.execution.turn import Turn
from penstock.model.identity import make_ids
from penstock.model.lane import Priority
from penstock.model.lifecycle import Event, Status
from penstock.model.task import ClaimKey
from penstock.model.work import Assignment
from penstock.ports.hosts import Draining, KillMe
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place, reports_of


class Unlimited:
    """A pool that keeps no count."""

    def ended(self, count: int) -> None: ...


def test_a_cancel_stops_a_coroutine() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(500)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await asyncio.sleep(3)
            home.cancel(task)
            await home.ended(task)
        assert home.endings(task) == [Event.STOPPED_FOR_CANCEL]
        assert task.row.status is Status.CANCELLED

    run_virtual(main())


def test_a_cancel_that_only_the_heartbeat_tells_arrives() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(500)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await asyncio.sleep(3)
            home.cancel_requested.add(task.id)
            await home.ended(task)
        assert home.endings(task) == [Event.STOPPED_FOR_CANCEL]

    run_virtual(main())


def test_a_lambda_that_swallows_its_cancel_has_the_last_word() -> None:
    async def main() -> None:
        async def it(_: Any) -> str:
            try:
                await asyncio.sleep(500)
            except asyncio.CancelledError:
                await asyncio.sleep(1)
            return "done all the same"

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await asyncio.sleep(3)
            home.cancel(task)
            await home.ended(task)
        assert home.endings(task) == [Event.SUCCEEDED]

    run_virtual(main())


def test_a_buffered_task_that_is_cancelled_is_not_started() -> None:
    async def main() -> None:
        ran = []

        async def it(number: int) -> None:
            ran.append(number)
            await asyncio.sleep(0.002 if number < 2000 else 5)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it), concurrency=2) as here:
            [home.schedule("app.it", number) for number in range(2100)]
            while not any(not claim.started and not claim.ended for claim in here.board.read()) or len(ran) < 2000:
                await asyncio.sleep(0.001)
            buffered = [
                home.tasks[claim.key.id] for claim in here.board.read() if not claim.started and not claim.ended
            ]
            home.cancel(buffered[-1])
            await home.ended(buffered[-1])
        assert home.endings(buffered[-1]) == [Event.STOPPED_FOR_CANCEL]
        assert buffered[-1].reports[0].run_us == 0

    run_virtual(main())


def test_a_coroutine_past_its_timeout_is_cancelled() -> None:
    async def it(_: Any) -> None:
        await asyncio.sleep(500)

    report = run_virtual(reports_of(it, timeout_s=2)).reports[0]
    assert report.ending is Event.TIMED_OUT
    assert "2 s" in report.failure.message
    assert 2_000_000 <= report.run_us < 2_300_000


def test_a_stuck_coroutine_drains_its_executor_and_then_asks_for_the_kill() -> None:
    async def main() -> None:
        let_go = asyncio.Event()

        async def stuck(_: Any) -> None:
            while not let_go.is_set():
                try:
                    await asyncio.wait((asyncio.create_task(let_go.wait()),))
                except asyncio.CancelledError:
                    continue

        async def slow(_: Any) -> None:
            await asyncio.sleep(60)

        home = FakeOrchestrators()
        stubborn = FakeLambda("app.stuck", stuck, timeout_s=3)
        async with place(home, stubborn, FakeLambda("app.slow", slow)) as here:
            task = home.schedule("app.stuck")
            bystander = home.schedule("app.slow")
            drained = await here.said(Draining)
            assert [key.id for key in drained.stuck] == [task.id]
            assert 8 <= asyncio.get_running_loop().time() < 9
            later = home.schedule("app.slow")
            kill_me = await here.said(KillMe)
            assert [key.id for key in kill_me.stuck] == [task.id]
            assert home.endings(bystander) == [Event.SUCCEEDED], "others finish first"
            assert later.row.status is Status.ENQUEUED, "no more work is taken"
            assert task.row.claim == 1, "its lease is kept until the kill"
            assert not task.reports
            let_go.set()

    run_virtual(main())


def test_an_interruption_before_the_first_line_loses_no_claim() -> None:
    """Cancelled before its first step, a coroutine is thrown away without running a line of its own cleaning up."""

    async def main() -> None:
        async def it(_: Any) -> str:
            return "ran"

        ended: list[Held] = []
        seat = SameLoopSeat(MemoryBoard(("app.it",)), lambda: 0.5, lambda word: None, lambda word: None)
        runner = CoroutineRunner(seat, Turn(seat, Terms(), ended.append), 1)
        work = Workload(FakeLambda("app.it", it), 0, "here/1", runner)
        assignment = Assignment(make_ids(1, b"s", 1)[0], 1, "app.it", b"1", 0, 0, "", Priority.NORMAL)
        held = Held(assignment, work, 30_000_000, Unlimited(), 0, GateSight())
        held.slot = seat.board.take(held.id, held.claim, 0, held.deadline_us)
        runner.offer([held])
        runner.interrupt(held)
        for _ in range(10):
            await asyncio.sleep(0)
        assert ended == [held]

    run_virtual(main())


@pytest.mark.parametrize("grace_s", [0.0, 2.0])
def test_code_that_hears_no_cancel_is_killed_for_it_where_its_author_wants_that(grace_s: float) -> None:
    async def main() -> None:
        let_go = asyncio.Event()

        async def deaf(_: Any) -> None:
            while not let_go.is_set():
                try:
                    await asyncio.wait((asyncio.create_task(let_go.wait()),))
                except asyncio.CancelledError:
                    continue

        async def slow(_: Any) -> None:
            await asyncio.sleep(30)

        home = FakeOrchestrators()
        async with place(
            home, FakeLambda("app.deaf", deaf, cancel_grace_s=grace_s), FakeLambda("app.slow", slow)
        ) as here:
            task, bystander = home.schedule("app.deaf"), home.schedule("app.slow")
            await asyncio.sleep(3)
            home.cancel(task)
            drained = await here.said(Draining)
            assert drained == Draining((ClaimKey(task.id, 1),), (ClaimKey(task.id, 1),))
            assert grace_s <= asyncio.get_running_loop().time() - 3 < grace_s + 1
            assert await here.said(KillMe) == KillMe(drained.stuck, drained.for_cancel)
            assert home.endings(bystander) == [Event.SUCCEEDED], "others finish first"
            assert task.row.claim == 1, "its lease is kept until the kill: nobody else runs it"
            assert not task.reports
            let_go.set()

    run_virtual(main())


def test_code_that_hears_no_cancel_goes_on_where_nobody_wants_it_killed() -> None:
    async def main() -> None:
        async def deaf(_: Any) -> str:
            try:
                await asyncio.sleep(500)
            except asyncio.CancelledError:
                await asyncio.sleep(60)
            return "in its own time"

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.deaf", deaf)) as here:
            task = home.schedule("app.deaf")
            await asyncio.sleep(3)
            home.cancel(task)
            await home.ended(task)
            assert not any(isinstance(word, Draining | KillMe) for word in here.words)
        assert home.endings(task) == [Event.SUCCEEDED]

    run_virtual(main())


def test_a_coroutine_that_ends_within_its_grace_kills_nobody() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            try:
                await asyncio.sleep(500)
            finally:
                await asyncio.sleep(1.5)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it, cancel_grace_s=2.0)) as here:
            task = home.schedule("app.it")
            await asyncio.sleep(3)
            home.cancel(task)
            await home.ended(task)
            assert not any(isinstance(word, Draining | KillMe) for word in here.words)
        assert home.endings(task) == [Event.STOPPED_FOR_CANCEL]

    run_virtual(main())
