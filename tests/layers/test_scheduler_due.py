"""The store consumer: what is due goes into its lane, in order, in time, and never too much of it."""

import asyncio

from penstock.model.errors import Unavailable
from penstock.model.lifecycle import Status
from penstock.ports.signals import Topic
from penstock.scheduler.store_consumer import LANE_ROWS_MAX
from tests.layers.scheduler_bench import SchedulerBench, on_bench


def _due_signal(bench: SchedulerBench, lane: int, due_at_us: int) -> None:
    bench.signal_bus.send(Topic.DUE, lane.to_bytes(8, "big") + due_at_us.to_bytes(8, "big"))


@on_bench
async def test_a_due_task_goes_into_its_lane(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    lane = await bench.lane()
    ids = await bench.put(lane, 3)
    await scheduler.consumer.probe()
    assert await scheduler.consumer.serve_due() == 3
    assert bench.published == ids
    assert bench.statuses(ids) == {Status.ENQUEUED}


@on_bench
async def test_a_backlog_stays_in_the_store_but_for_a_window(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    lane = await bench.lane()
    ids = await bench.put(lane, 1_000)
    await scheduler.consumer.probe()
    for _ in range(10):
        await scheduler.consumer.serve_due()
    assert bench.published == ids[:200]
    assert bench.statuses(ids[200:]) == {Status.NEW}


@on_bench
async def test_a_full_lane_costs_no_trips(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await bench.put(lane, 1_000)
    await asyncio.sleep(1.0)
    bench.trips.counts.clear()
    await asyncio.sleep(10.0)
    assert bench.trips.counts.get("due_work.enqueue_due", 0) == 0
    assert bench.trips.counts["due_work.next_due"] <= 25  # the safety net, twice a second


@on_bench
async def test_as_a_lane_drains_its_window_is_filled_again(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 1_000)
    while len(bench.published) < 1_000:
        await asyncio.sleep(0.25)
        assert bench.window.full[lane] <= bench.window.size
        bench.drain(lane)
    assert bench.published == ids


@on_bench
async def test_the_older_task_goes_first_though_new_ones_keep_arriving(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    everything: list[bytes] = []
    for _ in range(40):
        everything += await bench.put(lane, 100)
        await asyncio.sleep(0.05)
        bench.drain(lane)
    assert bench.published == everything[: len(bench.published)]
    assert len(bench.published) > 2_000


@on_bench
async def test_a_delayed_task_is_never_early_and_a_few_milliseconds_late(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    due_at_us = {}
    for number in range(100):
        [task_id] = await bench.put(lane, delay_s=5.0 + number * 0.013)
        due_at_us[task_id] = bench.row(task_id).trigger_at_us
        _due_signal(bench, lane, due_at_us[task_id])
    lateness_us: list[int] = []
    while len(lateness_us) < 100:
        await asyncio.sleep(0.0005)
        now_us = bench.cluster.now_us()
        lateness_us += [now_us - due_at_us[task_id] for task_id in bench.published[len(lateness_us) :]]
    assert min(lateness_us) >= 0
    assert max(lateness_us) <= 5_000


@on_bench
async def test_a_scheduler_whose_clock_is_fast_waits_without_asking_all_the_time(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    lane = await bench.lane()
    await bench.put(lane, delay_s=0.5)
    await scheduler.guard.look()
    await scheduler.consumer.probe()
    bench.time.jump(-1.0)  # from now on our picture of the store's clock is a second ahead
    serving = asyncio.ensure_future(scheduler.consumer.run())
    await asyncio.sleep(1.4)
    assert bench.published == []
    assert 1 < bench.trips.counts["due_work.enqueue_due"] < 20
    await asyncio.sleep(0.4)
    assert len(bench.published) == 1
    serving.cancel()


@on_bench
async def test_an_idle_scheduler_asks_for_nothing_but_its_safety_look(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await bench.put(lane, 100)
    await asyncio.sleep(2.0)
    assert len(bench.published) == 100
    bench.trips.counts.clear()
    await asyncio.sleep(10.0)
    assert "due_work.enqueue_due" not in bench.trips.counts


@on_bench
async def test_a_signal_that_was_lost_is_made_good_by_the_safety_look(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await asyncio.sleep(10.0)
    ids = await bench.put(lane)  # nobody is told
    await asyncio.sleep(0.6)
    assert bench.published == ids


@on_bench
async def test_three_hundred_idle_lanes_are_one_cheap_trip(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    for number in range(100):
        await bench.lane(f"app.lambda{number}")
    bench.trips.counts.clear()
    await scheduler.consumer.probe()
    assert await scheduler.consumer.serve_due() == 0
    assert bench.trips.counts == {"registry.all": 1, "due_work.next_due": 1}


@on_bench
async def test_a_lane_with_a_backlog_keeps_no_other_lane_waiting(bench: SchedulerBench) -> None:
    bench.window.size = 10_000
    scheduler = await bench.scheduler()
    flooded, quiet = await bench.lane("a.flooded"), await bench.lane("b.quiet")
    await bench.put(flooded, 5_000)
    [late] = await bench.put(quiet)
    await scheduler.consumer.probe()
    assert await scheduler.consumer.serve_due() == LANE_ROWS_MAX + 1
    assert late in bench.published


@on_bench
async def test_a_lane_with_a_backlog_shares_no_trip_with_others(bench: SchedulerBench) -> None:
    bench.window.size = 100_000
    scheduler = await bench.scheduler()
    flooded, quiet = await bench.lane("a.flooded"), await bench.lane("b.quiet")
    trips: list[set[int]] = []
    plain = scheduler.consumer._due_work.enqueue_due

    async def note(wants: dict[int, int], *rest: object) -> object:
        trips.append(set(wants))
        await asyncio.sleep(0.01)
        return await plain(wants, *rest)  # type: ignore[arg-type]

    scheduler.consumer._due_work.enqueue_due = note  # type: ignore[method-assign,assignment]
    await bench.put(flooded, 20_000)
    await scheduler.consumer.probe()
    assert await scheduler.consumer.serve_due() == LANE_ROWS_MAX
    await bench.put(quiet)
    scheduler.consumer.hear(quiet, bench.cluster.now_us())  # now both are due
    serving = asyncio.ensure_future(scheduler.consumer.run())
    await asyncio.sleep(0.05)
    assert {quiet} in trips
    assert {flooded, quiet} not in trips
    serving.cancel()


@on_bench
async def test_a_pass_that_is_stuck_keeps_no_other_lane_waiting(bench: SchedulerBench) -> None:
    await bench.running()
    stuck, free = await bench.lane("a.stuck"), await bench.lane("b.free")
    await bench.put(stuck)
    gate = bench.trips.stuck["due_work.enqueue_due"] = asyncio.Event()
    await asyncio.sleep(1.0)
    del bench.trips.stuck["due_work.enqueue_due"]  # the pass under way still waits at the gate
    [task_id] = await bench.put(free)
    await asyncio.sleep(1.0)
    assert bench.published == [task_id]
    gate.set()


@on_bench
async def test_a_lane_that_cannot_be_served_is_found_and_the_others_go_on(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    bad, good = await bench.lane("a.bad"), await bench.lane("b.good")
    await bench.put(bad)
    [task_id] = await bench.put(good)
    plain = scheduler.consumer._due_work.enqueue_due

    async def refuse_bad(wants: dict[int, int], *rest: object) -> object:
        if bad in wants:
            raise RuntimeError("a row that nobody understands")
        return await plain(wants, *rest)  # type: ignore[arg-type]

    scheduler.consumer._due_work.enqueue_due = refuse_bad  # type: ignore[method-assign,assignment]
    await scheduler.consumer.probe()
    assert await scheduler.consumer.serve_due() == 1
    assert bench.published == [task_id]
    assert await scheduler.consumer.serve_due() == 0  # the bad lane is put off, not asked again at once


@on_bench
async def test_when_the_store_answers_again_due_tasks_are_moved(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    bench.trips.before["due_work.enqueue_due"] = Unavailable("no connection")
    ids = await bench.put(lane)
    await asyncio.sleep(10.0)
    assert bench.published == []
    assert bench.trips.counts["due_work.enqueue_due"] < 60
    bench.trips.before.clear()
    await asyncio.sleep(5.0)
    assert bench.published == ids


@on_bench
async def test_a_pass_that_committed_and_lost_its_answer_loses_no_task(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    bench.trips.after["due_work.enqueue_due"] = Unavailable("the answer was lost")
    ids = await bench.put(lane)
    await asyncio.sleep(1.0)
    assert bench.statuses(ids) == {Status.ENQUEUED}
    assert bench.published == []
    bench.trips.after.clear()
    await asyncio.sleep(7.0)
    assert bench.published == ids


@on_bench
async def test_two_consumers_share_the_buckets_and_move_each_task_once(bench: SchedulerBench) -> None:
    bench.window.size = 100_000
    one, two = await bench.running("one"), await bench.running("two")
    await asyncio.sleep(5.0)
    mine, theirs = _buckets(one.buckets.share()), _buckets(two.buckets.share())
    assert len(mine) == len(theirs) == 512
    assert not mine & theirs
    lane = await bench.lane()
    ids = await bench.put(lane, 1_000)
    await asyncio.sleep(2.0)
    assert sorted(bench.published) == ids


@on_bench
async def test_a_scheduler_that_dies_is_replaced_when_its_lease_ends(bench: SchedulerBench) -> None:
    await bench.scheduler("dead")  # holds all buckets and never renews
    survivor = await bench.running("alive")
    lane = await bench.lane()
    ids = await bench.put(lane, 10)
    assert survivor.buckets.share() == ()
    await asyncio.sleep(10.0)
    assert bench.published == ids


@on_bench
async def test_buckets_whose_renewal_is_late_are_not_served(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    lane = await bench.lane()
    await bench.put(lane)
    await scheduler.consumer.probe()
    await asyncio.sleep(6.0)
    assert scheduler.buckets.share() == ()
    assert await scheduler.consumer.serve_due() == 0


@on_bench
async def test_a_stop_is_prompt_and_gives_the_buckets_up(bench: SchedulerBench) -> None:
    scheduler = await bench.running("one")
    lane = await bench.lane()
    ids = await bench.put(lane, 10)
    bench.trips.stuck["due_work.next_due"] = asyncio.Event()  # never: the look after the pass hangs
    _due_signal(bench, lane, bench.cluster.now_us())
    await asyncio.sleep(0.1)
    began_s = asyncio.get_running_loop().time()
    await scheduler.stop()
    assert asyncio.get_running_loop().time() - began_s < 2.0
    assert bench.published == ids
    assert bench.cluster.bucket_holders == {}


def _buckets(share: tuple[tuple[int, int], ...]) -> set[int]:
    return {bucket for low, high in share for bucket in range(low, high + 1)}
