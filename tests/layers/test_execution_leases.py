"""When a lease is over, as its holder sees it: never later than the store does."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from penstock.model.work import Beat, HeartbeatAnswer
from penstock.testing.virtual_loop import run_virtual
from tests.layers.execution_fakes import FakeLambda, FakeOrchestrators
from tests.layers.executor_place import place


class SlowToAnswer(FakeOrchestrators):
    """Renews at once and answers two seconds later. `renewed_at_s` is when it renewed."""

    def __init__(self) -> None:
        super().__init__()
        self.renewed_at_s: list[float] = []

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        answer = await super().heartbeat(executor, beats, timeout_s)
        self.renewed_at_s.append(asyncio.get_running_loop().time())
        await asyncio.sleep(2)
        return answer


def test_a_renewed_lease_is_counted_from_the_sending_of_the_heartbeat() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(500)

        home = SlowToAnswer()
        async with place(home, FakeLambda("app.it", it)) as here:
            home.schedule("app.it")
            await asyncio.sleep(20)
            [claim] = here.board.read()
            known = [at_s for at_s in home.renewed_at_s if at_s <= 18]
            assert abs(claim.deadline_us / 1_000_000 - (known[-1] + home.lease_s)) < 0.1

    run_virtual(main())


def test_a_claim_is_leased_from_the_stamp_that_it_came_with() -> None:
    async def main() -> None:
        async def it(_: Any) -> None:
            await asyncio.sleep(500)

        home = FakeOrchestrators()
        async with place(home, FakeLambda("app.it", it)) as here:
            await home.until_streams(1)
            await asyncio.sleep(10)
            home.stamp_us = 7_000_000  # the orchestrator took three seconds to claim
            home.schedule("app.it")
            await asyncio.sleep(0.1)
            [claim] = here.board.read()
            assert claim.deadline_us == 37_000_000

    run_virtual(main())


def test_code_of_a_refused_claim_that_will_not_stop_ends_its_process() -> None:
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
            task.row = structs.replace(task.row, claim=9)
            await asyncio.sleep(10)
            go_on = False
            assert here.died.is_set()

    run_virtual(main())


def test_a_report_that_is_not_answered_is_repeated_while_its_lease_lasts() -> None:
    async def main() -> None:
        async def it(_: Any) -> None: ...

        home = FakeOrchestrators(lease_s=6.0, heartbeat_s=2.0)
        home.results_to_hang = 2
        async with place(home, FakeLambda("app.it", it)):
            task = home.schedule("app.it")
            await home.ended(task)
            assert asyncio.get_running_loop().time() < home.lease_s
            assert task.row.claim == 1

    run_virtual(main())
