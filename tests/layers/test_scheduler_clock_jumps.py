"""The store's clock jumps at the worst moments: no lease of a living holder may be ended for it."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from penstock.model.lifecycle import Status
from tests.layers.scheduler_bench import SchedulerBench, Trips, on_bench

Answer = TypeVar("Answer")
TWO_HOURS_S = 7_200


class SuddenTrips(Trips):
    """Something happens right before the effect of a call, once."""

    def __init__(self) -> None:
        super().__init__()
        self.sudden: dict[str, Callable[[], None]] = {}

    async def __call__(self, operation: str, effect: Callable[[], Answer], /) -> Answer:
        def after_what_happens() -> Answer:
            self.sudden.pop(operation, lambda: None)()
            return effect()

        return await super().__call__(operation, after_what_happens)


@on_bench
async def test_a_jump_between_the_look_at_the_clock_and_the_look_at_the_rows(bench: SchedulerBench) -> None:
    trips = bench.trips = SuddenTrips()
    scheduler = await bench.running()
    ids = await bench.put(await bench.lane(), 3, enqueue=True)
    await asyncio.sleep(40.0)
    await bench.claim(ids)
    trips.sudden["due_work.overdue"] = lambda: bench.time.jump(TWO_HOURS_S)
    await asyncio.sleep(20.0)
    assert not trips.sudden
    assert scheduler.guard.alarms == 1
    assert bench.statuses(ids) == {Status.CLAIMED}


@on_bench
async def test_a_jump_before_it_began_to_watch(bench: SchedulerBench) -> None:
    ids = await bench.put(await bench.lane(), 3, enqueue=True)
    await bench.claim(ids)
    bench.time.jump(TWO_HOURS_S)
    await bench.running()  # a server that was started again
    await asyncio.sleep(29.0)
    assert bench.statuses(ids) == {Status.CLAIMED}
    await asyncio.sleep(5.0)
    assert Status.CLAIMED not in bench.statuses(ids)  # nobody has renewed them
