"""The loop that leads sweeps on: at their rates, through outages, beside others."""

import asyncio
from functools import partial

from penstock.adapters.memory import MemorySignals
from penstock.model.changes import Finish
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Event, Status
from penstock.model.selection import TaskSelection
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind, SweepStatus, selected
from penstock.ports.signals import Topic
from tests.layers.scheduler_bench import SchedulerBench, on_bench

ID = bytes(16)


async def letters(bench: SchedulerBench, lane: LaneId, count: int) -> list[TaskId]:
    ids = await bench.put(lane, count, enqueue=True)
    await bench.claim(ids)
    ends = [Finish(task_id, Event.EXHAUSTED, Status.DEAD, 1, reason="budget") for task_id in ids]
    assert all(await bench.store.transitions.apply(ends))
    return ids


async def redrive(bench: SchedulerBench, rate_per_s: float, sweep_id: bytes = ID, lambda_name: str = "") -> None:
    await asyncio.sleep(0.01)
    namespace = await bench.store.registry.namespace("default")
    await bench.store.sweeps.begin(
        Sweep(sweep_id, namespace, SweepKind.REDRIVE, DeadLetterFilter(lambda_name), rate_per_s, "ada")
    )


def swept(bench: SchedulerBench) -> Sweep:
    return bench.cluster.sweeps[ID].sweep


def again(bench: SchedulerBench, ids: list[TaskId]) -> set[TaskId]:
    return {task.retried_as for task_id in ids if (task := bench.cluster.tasks[task_id]).retried_as is not None}


@on_bench
async def test_a_redrive_is_led_to_its_end_and_its_tasks_come_into_their_lane(bench: SchedulerBench) -> None:
    lane = await bench.lane()
    ids = await letters(bench, lane, 30)
    await bench.running()
    await redrive(bench, 1000.0)
    await asyncio.sleep(3)
    assert (swept(bench).status, swept(bench).handled) == (SweepStatus.DONE, 30)
    assert len(again(bench, ids)) == 30
    assert set(bench.published) == again(bench, ids)


@on_bench
async def test_the_rate_is_kept_by_any_number_of_schedulers(bench: SchedulerBench) -> None:
    ids = await letters(bench, await bench.lane(), 30)
    await bench.running("one")
    await bench.running("two")
    await redrive(bench, 2.0)
    await asyncio.sleep(5)
    assert 8 <= len(again(bench, ids)) <= 11
    await asyncio.sleep(15)
    assert (swept(bench).status, swept(bench).handled) == (SweepStatus.DONE, 30)


@on_bench
async def test_a_slow_sweep_keeps_no_other_waiting(bench: SchedulerBench) -> None:
    ids = await letters(bench, await bench.lane(), 3)
    others = await letters(bench, await bench.lane("mail.other"), 3)
    await bench.running()
    await redrive(bench, 0.01, lambda_name="mail.send")
    await asyncio.sleep(2)
    assert len(again(bench, ids)) == 1, "the next one is due in a hundred seconds"
    await redrive(bench, 1000.0, bytes(15) + b"2", lambda_name="mail.other")
    await asyncio.sleep(2)
    assert len(again(bench, others)) == 3


@on_bench
async def test_a_step_whose_answer_was_lost_is_not_done_again(bench: SchedulerBench) -> None:
    ids = await letters(bench, await bench.lane(), 10)
    bench.trips.after["sweeps.step"] = Unavailable("the answer was lost")
    await bench.running()
    await redrive(bench, 10.0)
    await asyncio.sleep(3)
    bench.trips.after.clear()
    await asyncio.sleep(5)
    assert (swept(bench).status, swept(bench).handled) == (SweepStatus.DONE, 10)
    retried = [task for task in bench.cluster.tasks.values() if task.retry_of is not None]
    assert len(retried) == len(again(bench, ids)) == 10


@on_bench
async def test_a_redrive_goes_on_where_a_scheduler_that_died_left_it(bench: SchedulerBench) -> None:
    ids = await letters(bench, await bench.lane(), 20)
    first = await bench.running("one")
    await redrive(bench, 5.0)
    await asyncio.sleep(2)
    await first.stop()
    done = len(again(bench, ids))
    assert 0 < done < 20
    await asyncio.sleep(5)
    assert len(again(bench, ids)) == done, "nobody leads it on"
    await bench.running("two")
    await asyncio.sleep(10)
    assert (swept(bench).status, len(again(bench, ids))) == (SweepStatus.DONE, 20)


@on_bench
async def test_without_a_sweep_one_look_a_second_is_all_it_costs(bench: SchedulerBench) -> None:
    await bench.running()
    await asyncio.sleep(60)
    assert bench.trips.counts["sweeps.next_step_in_s"] <= 70
    assert "sweeps.step" not in bench.trips.counts


def _hear(told: dict[Topic, bytes], topic: Topic, body: bytes) -> None:
    told[topic] = told.get(topic, b"") + body


@on_bench
async def test_who_waits_and_who_runs_are_told_of_a_cancel(bench: SchedulerBench) -> None:
    lane = await bench.lane()
    waiting = await bench.put(lane, 3, delay_s=3600)
    running = await bench.put(lane, 2, enqueue=True)
    await bench.claim(running)
    told: dict[Topic, bytes] = {}
    for topic in (Topic.ENDED, Topic.CANCEL):
        MemorySignals(bench.signal_bus).listen(topic, partial(_hear, told, topic))
    await bench.running()
    await asyncio.sleep(0.01)
    wanted = selected(TaskSelection("mail.send", statuses=(Status.NEW, Status.CLAIMED)), SweepKind.CANCEL)
    namespace = await bench.store.registry.namespace("default")
    await bench.store.sweeps.begin(Sweep(ID, namespace, SweepKind.CANCEL, wanted, 1000.0, "ada"))
    await asyncio.sleep(3)
    assert (swept(bench).status, swept(bench).handled) == (SweepStatus.DONE, len(waiting) + len(running))
    assert told == {Topic.ENDED: b"".join(sorted(waiting)), Topic.CANCEL: b"".join(sorted(running))}
