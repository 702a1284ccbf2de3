"""A lease that is renewed between the look at it and its end goes on."""

import asyncio

from penstock.model.lifecycle import Status
from penstock.model.work import Beat
from tests.layers.scheduler_bench import SchedulerBench, on_bench

WATCHED_S = 40
"""longer than a lease: by then the clock is believed"""


@on_bench
async def test_a_heartbeat_that_comes_between_the_look_and_the_write_keeps_the_task(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    ids = await bench.put(await bench.lane(), 1, enqueue=True)
    await bench.claim(ids, lease_s=WATCHED_S - 0.5)
    for _ in range(WATCHED_S):
        await scheduler.buckets.renew()
        await scheduler.overdue.look()
        await asyncio.sleep(1.0)
    gate = bench.trips.stuck["transitions.apply"] = asyncio.Event()
    look = asyncio.ensure_future(scheduler.overdue.look())
    await asyncio.sleep(0.1)
    assert bench.trips.counts["transitions.apply"] == 1, "the end of the lease is on its way"
    answer = await bench.store.transitions.heartbeat([Beat(ids[0], 1, started=False)], 30.0)
    assert not answer.refused
    gate.set()
    await look
    assert bench.statuses(ids) == {Status.CLAIMED}
