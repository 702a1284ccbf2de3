"""Overdue rows: lost references, lost leases, lost queues, held tasks, and a clock that cannot be believed."""

import asyncio

import pytest

from penstock.model.changes import AskToCancel, Move
from penstock.model.errors import Unavailable
from penstock.model.lane import Priority, lane_of, lanes_of
from penstock.model.lifecycle import Event, Status
from penstock.model.task import Reference
from penstock.model.work import Beat
from penstock.ports.signals import Topic
from penstock.scheduler import Scheduler
from tests.layers.scheduler_bench import SchedulerBench, on_bench


@on_bench
async def test_a_lost_reference_is_published_again_once(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 3, enqueue=True)  # whoever stored them died before publishing
    await asyncio.sleep(20.0)
    assert bench.published == ids


@on_bench
async def test_a_reference_lost_behind_others_is_published_again_when_they_are_gone(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    [first] = await bench.put(lane, enqueue=True)
    bench.bus.publish(lane, [Reference(first)], bench.cluster.now_us())
    await asyncio.sleep(0.1)
    [lost] = await bench.put(lane, enqueue=True)
    await asyncio.sleep(30.0)
    assert bench.published == []  # the lane does not move: it may well be in there
    bench.bus.lose(lane)
    await bench.claim([first])
    [last] = await bench.put(lane, enqueue=True)
    bench.bus.publish(lane, [Reference(last)], bench.cluster.now_us())
    await asyncio.sleep(8.0)
    assert bench.published == [lost]


@on_bench
async def test_a_reference_lost_in_a_lane_that_is_always_slow_is_found(bench: SchedulerBench) -> None:
    """The lane's oldest message is 20 s old at every look: only the time the task was enqueued counts."""
    await bench.running()
    lane = await bench.lane()
    [lost] = await bench.put(lane, enqueue=True)
    for _ in range(60):
        bench.bus.lose(lane)
        bench.bus.publish(lane, [Reference(lost)], bench.cluster.now_us() - 20_000_000)
        await asyncio.sleep(1.0)
        if lost in bench.published:
            break
    assert 20 <= bench.cluster.now_us() / 1e6 - bench.time._offset_us / 1e6 <= 32


@on_bench
async def test_a_slow_lane_is_not_filled_twice(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 200)
    await asyncio.sleep(60.0)  # nobody takes any
    assert bench.published == ids


@on_bench
async def test_while_the_queue_cannot_be_asked_nothing_is_published_again(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 5, enqueue=True)
    bench.bus.is_up = False
    await asyncio.sleep(30.0)
    assert bench.published == []
    bench.bus.is_up = True
    await asyncio.sleep(7.0)
    assert bench.published == ids


@on_bench
async def test_after_the_queue_was_lost_everything_enqueued_is_published_once_oldest_first(
    bench: SchedulerBench,
) -> None:
    bench.window.size = 10_000
    await bench.running()
    lanes = [await bench.lane(f"app.lambda{number}") for number in range(3)]
    ids = [await bench.put(lane, 1_000) for lane in lanes]
    await asyncio.sleep(1.0)
    bench.published.clear()
    bench.bus.wipe()
    await asyncio.sleep(3.0)
    assert sorted(bench.published) == sorted(ids[0] + ids[1] + ids[2])
    for theirs in ids:
        assert [each for each in bench.published if each in set(theirs)] == theirs
    await asyncio.sleep(30.0)
    assert len(bench.published) == 3_000


@on_bench
async def test_publishing_again_goes_on_when_the_store_fails_in_the_middle(bench: SchedulerBench) -> None:
    bench.window.size = 10_000
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 1_000)
    await asyncio.sleep(1.0)
    bench.published.clear()
    bench.trips.before["due_work.enqueued_page"] = Unavailable("no connection")
    bench.bus.wipe()
    await asyncio.sleep(2.0)
    assert bench.published == []
    bench.trips.before.clear()
    await asyncio.sleep(2.5)
    assert bench.published == ids


@on_bench
async def test_a_lost_lease_puts_the_task_back_into_its_lane(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 2, enqueue=True)
    await bench.claim(ids, lease_s=30.0)
    await asyncio.sleep(29.0)
    assert bench.statuses(ids) == {Status.CLAIMED}
    await asyncio.sleep(3.0)
    assert bench.statuses(ids) == {Status.ENQUEUED}
    assert bench.published == ids
    assert {bench.row(each).lapses for each in ids} == {1}
    assert {bench.row(each).attempts for each in ids} == {0}


@on_bench
async def test_a_running_task_whose_cancel_was_requested_ends_with_its_lease(bench: SchedulerBench) -> None:
    await bench.running()
    told: list[bytes] = []
    bench.signal_bus.listeners.setdefault(Topic.ENDED, []).append(told.append)
    lane = await bench.lane()
    [task_id] = await bench.put(lane, enqueue=True)
    await bench.claim([task_id])
    assert await bench.store.transitions.apply([AskToCancel(task_id)]) == [True]
    await asyncio.sleep(32.0)
    assert bench.cluster.outcomes[task_id].status is Status.CANCELLED
    assert told == [task_id]


@on_bench
async def test_a_waiting_task_whose_cancel_was_requested_while_it_ran_is_ended(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    [task_id] = await bench.put(lane, enqueue=True)
    await bench.claim([task_id])
    back = Move(task_id, Event.FAILED_RETRIABLY, Status.RETRIABLE_FAILURE, claim=1, delay_us=1_000_000)
    assert await bench.store.transitions.apply([AskToCancel(task_id), back]) == [True, True]
    await asyncio.sleep(5.0)
    assert bench.cluster.outcomes[task_id].status is Status.CANCELLED
    assert bench.published == []


@on_bench
async def test_no_lease_is_ended_for_a_whole_lease_after_the_clock_has_jumped(bench: SchedulerBench) -> None:
    scheduler = await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 1, enqueue=True)
    await bench.claim(ids, lease_s=30.0)
    await asyncio.sleep(10.0)
    bench.time.jump(7_200)
    await asyncio.sleep(29.0)
    assert bench.statuses(ids) == {Status.CLAIMED}
    assert scheduler.guard.alarms == 1
    await asyncio.sleep(5.0)
    assert bench.statuses(ids) == {Status.ENQUEUED}


@pytest.mark.parametrize("watched_s", [20, 40])
def test_a_lease_that_was_renewed_while_the_clock_was_elsewhere_has_its_whole_time(watched_s: int) -> None:
    """There and back between two looks: no comparison of clocks sees it. Leases are believed after 30 s."""

    @on_bench
    async def scene(bench: SchedulerBench) -> None:
        scheduler = await bench.scheduler()

        async def look() -> None:
            await scheduler.buckets.renew()
            await scheduler.overdue.look()

        for _ in range(watched_s):
            await look()
            await asyncio.sleep(1.0)
        await look()
        ids = await bench.put(await bench.lane(), 1, enqueue=True)
        await bench.claim(ids, lease_s=30.0)
        bench.time.jump(-7_200)
        assert not (await bench.store.transitions.heartbeat([Beat(ids[0], 1, started=False)], 30.0)).refused
        bench.time.jump(7_200)
        for _ in range(29):
            await look()
            assert bench.statuses(ids) == {Status.CLAIMED}
            await asyncio.sleep(1.0)
        for _ in range(8):
            await look()
            await asyncio.sleep(1.0)
        assert bench.statuses(ids) != {Status.CLAIMED}, "nobody has renewed it again"

    scene()


async def _watch_for_a_lease(scheduler: Scheduler) -> None:
    """A scheduler that has just begun knows nothing of the clock's past and ends no lease."""
    for _ in range(32):
        await scheduler.overdue.look()
        await asyncio.sleep(1.0)
    await scheduler.overdue.look()


@on_bench
async def test_small_drifts_that_add_up_close_the_guard_too(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    await _watch_for_a_lease(scheduler)
    for _ in range(3):
        await scheduler.overdue.look()
        assert scheduler.guard.may_end_leases()
        bench.time.jump(0.4)
        await asyncio.sleep(1.0)
    await scheduler.overdue.look()
    assert not scheduler.guard.may_end_leases()


@on_bench
async def test_another_primary_closes_the_guard(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    await _watch_for_a_lease(scheduler)
    assert scheduler.guard.may_end_leases()
    bench.cluster.primary = "the standby"
    await scheduler.overdue.look()
    assert not scheduler.guard.may_end_leases()


@on_bench
async def test_a_gap_in_its_own_looks_closes_the_guard(bench: SchedulerBench) -> None:
    scheduler = await bench.scheduler()
    await scheduler.overdue.look()
    await asyncio.sleep(5.1)
    assert not scheduler.guard.may_end_leases()
    await scheduler.overdue.look()
    assert not scheduler.guard.may_end_leases()
    assert scheduler.guard.alarms == 1


@on_bench
async def test_a_task_held_by_mistake_is_freed_when_it_is_looked_at(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    ids = await bench.put(lane, 3, held_for="registration")  # its frontend had not heard of the registration
    await asyncio.sleep(35.0)
    assert bench.published == ids


@on_bench
async def test_a_task_of_a_lambda_that_nobody_has_registered_stays_held(bench: SchedulerBench) -> None:
    await bench.running()
    namespace = await bench.store.registry.namespace("default")
    records = await bench.store.registry.resolve(namespace, ["mail.nobody"])
    lane = lane_of(records["mail.nobody"].id, Priority.HIGH)
    assert lane in lanes_of(records["mail.nobody"].id)
    ids = await bench.put(lane, 3, held_for="registration")
    await asyncio.sleep(100.0)
    assert bench.statuses(ids) == {Status.HELD}
    assert bench.published == []
