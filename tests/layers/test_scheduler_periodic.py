"""Periodic schedules in the scheduler: woken by the tick, one task a tick, whatever fails."""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import structs

from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import lambda_of, lane_of
from penstock.model.lifecycle import Event, Status
from penstock.model.periodic import Advance, Definition, Misfire, NewSchedule, Overlap, Passed, Schedule, due_us
from penstock.model.rhythm import Rhythm
from penstock.ports.periodic import Advanced
from penstock.ports.signals import Topic
from penstock.scheduler import Scheduler
from penstock.testing.contracts.scene import Standing, finish
from tests.layers.scheduler_bench import SchedulerBench, on_bench

S = 1_000_000
MINUTE = 60 * S
USUAL = Definition("mail.send", "mail.send", Rhythm(interval_us=MINUTE))


async def schedule(bench: SchedulerBench, bucket: int = 7, **fields: Any) -> Schedule:
    """One for a lambda that a worker has registered; its first tick is its rhythm's next."""
    definition = structs.replace(USUAL, **fields)
    lane = lane_of(lambda_of(await bench.lane()), definition.priority)
    first_us = definition.rhythm.next_tick_us(bench.cluster.now_us())
    new = NewSchedule(definition, lane, b"seed", bucket, first_us, due_us(first_us, b"seed", definition.jitter_us))
    made = await bench.store.schedules.create(1, new)
    bench.signal_bus.send(Topic.PERIODIC, b"")
    return made


def ticks(bench: SchedulerBench) -> list[int]:
    """Of all tasks that were made, in order."""
    return sorted(row.scheduled_at_us for row in bench.cluster.tasks.values())


def stands(bench: SchedulerBench, name: str = "mail.send") -> Schedule:
    return bench.cluster.schedules[1, name].schedule


def _hears_ends(scheduler: Scheduler) -> bool:
    return scheduler.periodic._stop_hearing is not None


async def until(bench: SchedulerBench, at_us: int) -> None:
    await asyncio.sleep((at_us - bench.cluster.now_us()) / S)


async def end(bench: SchedulerBench, task_id: TaskId) -> None:
    """A worker runs it, and says so."""
    [claimed] = await bench.store.transitions.claim([task_id], 30.0)
    assert await bench.store.transitions.apply([finish(Standing(task_id, claimed.claim), Event.SUCCEEDED)]) == [True]
    bench.signal_bus.send(Topic.ENDED, bytes(16) + task_id)


@on_bench
async def test_each_tick_makes_its_task_within_milliseconds(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench)
    for number in range(3):
        await until(bench, made.next_tick_us + number * MINUTE - 1)
        assert len(bench.published) == number
        await asyncio.sleep(0.005)
        assert len(bench.published) == number + 1
    assert ticks(bench) == [made.next_tick_us + number * MINUTE for number in range(3)]


@on_bench
async def test_schedules_that_wait_cost_a_look_a_second(bench: SchedulerBench) -> None:
    await bench.running()
    for number in range(50):
        await schedule(bench, name=f"idle.{number}", rhythm=Rhythm(cron="0 0 1 1 *"))
    await asyncio.sleep(2.0)
    bench.trips.counts.clear()
    await asyncio.sleep(10.0)
    assert bench.trips.counts["ticks.due"] <= 12
    assert "ticks.advance" not in bench.trips.counts


@on_bench
async def test_a_new_schedule_wakes_the_scheduler_before_its_next_look(bench: SchedulerBench) -> None:
    scheduler = await bench.running()
    await asyncio.sleep(5.0)
    made = await schedule(bench, rhythm=Rhythm(interval_us=S))
    await until(bench, made.next_tick_us)
    await asyncio.sleep(0.005)
    assert len(bench.published) == 1
    assert scheduler.members


@on_bench
async def test_a_lost_signal_delays_a_new_schedule_by_a_look_at_most(bench: SchedulerBench) -> None:
    await bench.running()
    lane = await bench.lane()
    await asyncio.sleep(5.05)
    definition = structs.replace(USUAL, misfire=Misfire.ALL)
    now_us = bench.cluster.now_us()
    await bench.store.schedules.create(1, NewSchedule(definition, lane, b"s", 1, now_us, now_us))
    await asyncio.sleep(1.2)
    assert len(bench.published) == 1


@on_bench
async def test_many_due_at_once_are_taken_in_batches(bench: SchedulerBench) -> None:
    await bench.running()
    bench.window.size = 10_000
    for number in range(1_000):
        await schedule(bench, name=f"many.{number}", bucket=number % 1024)
    bench.trips.counts.clear()
    await asyncio.sleep(60.5)
    assert len(ticks(bench)) == 1_000
    assert bench.trips.counts["ticks.advance"] <= 6


@on_bench
async def test_several_schedulers_make_one_task_a_tick(bench: SchedulerBench) -> None:
    for name in ("one", "two", "three"):
        await bench.running(name)
    for number in range(40):
        await schedule(bench, name=f"many.{number}", bucket=number * 25)
    await asyncio.sleep(180.5)
    assert len(ticks(bench)) == 3 * 40
    assert len(bench.cluster.ticks_made) == 3 * 40


@on_bench
async def test_schedulers_that_believe_to_hold_the_same_buckets_make_one_task_a_tick(bench: SchedulerBench) -> None:
    first, second = await bench.scheduler("one"), await bench.scheduler("two")
    first.periodic._share = second.periodic._share = lambda: ((0, 1023),)
    for number in range(20):
        await schedule(bench, name=f"many.{number}")
    await asyncio.sleep(60.5)
    moved = await asyncio.gather(*(each.periodic.look() for each in (first, second, first, second)))
    assert sum(moved) == 20
    assert len(ticks(bench)) == 20


@on_bench
async def test_a_commit_whose_answer_was_lost_is_made_once_and_heard_of(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench)
    bench.trips.after["ticks.advance"] = Unavailable("committed, and nobody knows")
    await until(bench, made.next_tick_us + S)
    del bench.trips.after["ticks.advance"]
    await until(bench, made.next_tick_us + MINUTE + S)
    assert ticks(bench) == [made.next_tick_us, made.next_tick_us + MINUTE]
    assert len(bench.published) == 2


@on_bench
async def test_a_store_that_does_not_answer_delays_a_tick_and_loses_none(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, rhythm=Rhythm(interval_us=10 * S))
    bench.trips.before["ticks.due"] = Unavailable("no")
    await until(bench, made.next_tick_us + 25 * S)
    assert ticks(bench) == []
    del bench.trips.before["ticks.due"]
    await asyncio.sleep(2.5)
    assert ticks(bench) == [made.next_tick_us + number * 10 * S for number in range(3)]


@on_bench
async def test_who_takes_over_from_a_dead_scheduler_makes_what_is_due(bench: SchedulerBench) -> None:
    await bench.scheduler("dead")  # it holds its buckets, and does nothing
    await bench.running("alive")
    made = await schedule(bench, bucket=1, rhythm=Rhythm(interval_us=10 * S))
    await until(bench, made.next_tick_us + 20 * S + S)
    assert ticks(bench) == [made.next_tick_us + number * 10 * S for number in range(3)]


@on_bench
async def test_a_clock_that_jumps_there_and_back_makes_no_tick_twice(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, misfire=Misfire.ALL)
    await until(bench, made.next_tick_us + S)
    bench.time.jump(600.0)
    await asyncio.sleep(5.0)
    assert ticks(bench) == [made.next_tick_us + number * MINUTE for number in range(11)]
    bench.time.jump(-600.0)
    await asyncio.sleep(600.0 + MINUTE / S)
    assert ticks(bench) == [made.next_tick_us + number * MINUTE for number in range(12)]


@on_bench
async def test_jitter_delays_the_task_and_not_the_tick(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, jitter_us=30 * S)
    made_at_us = due_us(made.next_tick_us, b"seed", 30 * S)
    await until(bench, made_at_us - 1)
    assert ticks(bench) == []
    await asyncio.sleep(0.005)
    assert ticks(bench) == [made.next_tick_us]


@on_bench
async def test_a_queue_goes_on_when_its_task_has_ended(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, overlap=Overlap.QUEUE)
    await until(bench, made.next_tick_us + 2 * MINUTE + S)
    assert ticks(bench) == [made.next_tick_us]
    for number in range(2):
        await end(bench, bench.published[number])
        await asyncio.sleep(0.02)
        assert ticks(bench)[-1] == made.next_tick_us + (number + 1) * MINUTE
        assert len(bench.published) == number + 2
    assert stands(bench).passed is None


@on_bench
async def test_a_queue_whose_signal_was_lost_goes_on_by_itself(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, overlap=Overlap.QUEUE)
    await until(bench, made.next_tick_us + MINUTE + S)
    [claimed] = await bench.store.transitions.claim(bench.published, 30.0)
    await bench.store.transitions.apply([finish(Standing(claimed.id, claimed.claim), Event.SUCCEEDED)])
    await asyncio.sleep(6.5)
    assert ticks(bench) == [made.next_tick_us, made.next_tick_us + MINUTE]


@on_bench
async def test_ends_are_listened_to_only_while_a_queue_waits(bench: SchedulerBench) -> None:
    scheduler = await bench.running()
    made = await schedule(bench, overlap=Overlap.QUEUE)
    assert not _hears_ends(scheduler)
    await until(bench, made.next_tick_us + MINUTE + S)
    assert _hears_ends(scheduler)
    await end(bench, bench.published[0])
    await asyncio.sleep(1.0)
    await end(bench, bench.published[1])
    await until(bench, made.next_tick_us + 2 * MINUTE + S)
    assert not _hears_ends(scheduler)


@on_bench
async def test_ends_are_no_longer_listened_to_for_a_queue_that_was_paused(
    bench: SchedulerBench,
) -> None:
    scheduler = await bench.running()
    made = await schedule(bench, overlap=Overlap.QUEUE)
    await until(bench, made.next_tick_us + MINUTE + S)
    assert _hears_ends(scheduler)
    await bench.store.schedules.pause(1, "mail.send")
    await asyncio.sleep(20.0)
    assert not _hears_ends(scheduler)


@on_bench
async def test_overlap_skip_leaves_ticks_out_while_the_task_runs(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench, overlap=Overlap.SKIP)
    await until(bench, made.next_tick_us + MINUTE + S)
    assert ticks(bench) == [made.next_tick_us]
    assert stands(bench).passed is Passed.OVERLAP
    await end(bench, bench.published[0])
    await until(bench, made.next_tick_us + 2 * MINUTE + S)
    assert ticks(bench) == [made.next_tick_us, made.next_tick_us + 2 * MINUTE]


@on_bench
async def test_one_schedule_that_cannot_be_read_keeps_no_other_waiting(bench: SchedulerBench) -> None:
    await bench.running()
    await schedule(bench, name="good")
    bad = await schedule(bench, name="bad")
    row = bench.cluster.schedules[1, "bad"]
    rhythm = Rhythm(cron="0 9 * * *", zone="Mars/Olympus")
    row.schedule = structs.replace(bad, definition=structs.replace(bad.definition, rhythm=rhythm))
    await until(bench, bad.next_tick_us + MINUTE + S)
    assert ticks(bench) == [bad.next_tick_us, bad.next_tick_us + MINUTE]
    assert stands(bench, "bad").passed is Passed.BROKEN
    assert stands(bench, "bad").next_tick_us == bad.next_tick_us


@on_bench
async def test_a_paused_schedule_makes_nothing(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench)
    await bench.store.schedules.pause(1, "mail.send")
    await until(bench, made.next_tick_us + 5 * MINUTE)
    assert ticks(bench) == []


@on_bench
async def test_tasks_that_ticks_made_are_tasks_like_any_other(bench: SchedulerBench) -> None:
    await bench.running()
    made = await schedule(bench)
    await until(bench, made.next_tick_us + S)
    assert bench.statuses(bench.published) == {Status.ENQUEUED}


@on_bench
async def test_a_schedule_that_the_store_refuses_keeps_no_other_waiting(bench: SchedulerBench) -> None:
    scheduler = await bench.running()
    made = [await schedule(bench, name=f"many.{number}") for number in range(5)]
    plain = scheduler.periodic._ticks.advance

    async def refuse(advances: Sequence[Advance], now_us: int) -> Advanced:
        if any(each.id == made[2].id and each.ticks_us for each in advances):
            raise InvalidInput("request", "the store cannot keep it")
        return await plain(advances, now_us)

    scheduler.periodic._ticks.advance = refuse  # type: ignore[method-assign]
    await until(bench, made[0].next_tick_us + S)
    assert len(ticks(bench)) == 4
    assert stands(bench, "many.2").passed is Passed.BROKEN
    assert stands(bench, "many.2").next_tick_us == made[2].next_tick_us


@on_bench
async def test_a_trip_carries_no_more_than_a_batch(bench: SchedulerBench) -> None:
    await bench.running()
    for number in range(20):
        await schedule(bench, name=f"many.{number}", misfire=Misfire.ALL, payload=b'"' + b"x" * 10_000 + b'"')
    bench.time.jump(3600.0)
    bench.trips.counts.clear()
    await asyncio.sleep(2.0)
    assert len(ticks(bench)) == 20 * 60
    assert bench.trips.counts["ticks.advance"] >= 8, "about a megabyte each"
