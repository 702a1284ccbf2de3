"""Reports on their way: they wait, they travel together, and a guilty one stands alone."""

import asyncio
from typing import Any

from penstock.model.lifecycle import Event
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


def test_results_wait_for_an_orchestrator_and_stay_on_the_board_as_ended() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(2)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            tasks = [home.schedule("app.it") for _ in range(5)]
            await asyncio.sleep(1.5)
            home.results_reachable = False
            await asyncio.sleep(60)
            board = here.board.read()
            assert [(claim.ended, claim.started) for claim in board] == [(True, False)] * 5
            home.results_reachable = True
            await home.ended(*tasks)
            assert all(home.endings(task) == [Event.SUCCEEDED] for task in tasks)
            assert all(task.row.claim == 1 for task in tasks), "heartbeats kept them"

    run_virtual(main())


def test_a_batch_is_bounded_and_a_guilty_report_stands_alone() -> None:
    async def main() -> None:
        async def it(_: Any) -> str:
            return "x" * 60_000

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            await home.until_streams(1)
            tasks = [home.schedule("app.it") for _ in range(60)]
            home.poison = tasks[17].id
            await home.ended(*tasks[:17], *tasks[18:])
            await asyncio.sleep(1)
            assert here.executor.reporter.lost == 1
            assert here.board.read() == []
        assert max(len(call) for call in home.report_calls) <= 17
        assert not tasks[17].reports

    run_virtual(main())
