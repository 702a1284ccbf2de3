"""Leases shorter than the defaults."""

import asyncio

from penstock.model.lifecycle import Status
from penstock.scheduler import Timings
from tests.layers.scheduler_bench import SchedulerBench, on_bench


@on_bench
async def test_leases_end_however_short_the_heartbeat_is(bench: SchedulerBench) -> None:
    """The looks are never further apart than a heartbeat: each would have closed the guard for another lease."""
    lane = await bench.lane()
    [task_id] = await bench.put(lane, enqueue=True)
    scheduler = await bench.running(timings=Timings(lease_s=3.0, heartbeat_s=1.0))
    await bench.claim([task_id], lease_s=3.0)
    await asyncio.sleep(30)
    assert bench.row(task_id).status is Status.ENQUEUED
    assert bench.row(task_id).lapses == 1
    assert scheduler.guard.alarms == 0
