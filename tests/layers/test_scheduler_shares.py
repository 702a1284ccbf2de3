"""A scheduler serves its own buckets, and no other's."""

import asyncio

from penstock.model.identity import bucket_of
from penstock.model.lifecycle import Status
from tests.layers.scheduler_bench import SchedulerBench, on_bench


@on_bench
async def test_a_pass_leaves_the_buckets_of_others_alone(bench: SchedulerBench) -> None:
    bench.window.size = 100_000
    one, two = await bench.scheduler("one"), await bench.scheduler("two")
    await one.buckets.renew()
    await two.buckets.renew()
    mine = {bucket for low, high in one.buckets.share() for bucket in range(low, high + 1)}
    assert len(mine) == 512
    lane = await bench.lane()
    ids = await bench.put(lane, 500)
    await one.consumer.probe()
    while await one.consumer.serve_due():
        await asyncio.sleep(0.01)
    assert sorted(bench.published) == [task_id for task_id in ids if bucket_of(task_id) in mine]
    left = [task_id for task_id in ids if bucket_of(task_id) not in mine]
    assert left
    assert bench.statuses(left) == {Status.NEW}
