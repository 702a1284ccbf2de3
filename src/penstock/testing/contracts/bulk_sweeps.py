# ruff: noqa: D103 - the name of an idea is its sentence
"""Sweeps that cancel or retry: every task that is meant is handled once, as its row stands at that moment."""

import asyncio
from typing import Any

from penstock.model.identity import TaskId
from penstock.model.lifecycle import LIVE, OWNED, TERMINAL, WAITING, Status
from penstock.model.selection import TaskSelection
from penstock.model.sweep import Sweep, SweepKind, SweepStatus, selected
from penstock.testing.contracts.scene import LEASE_S, Scene, ask_to_cancel
from penstock.testing.contracts.store_suites import SWEEPS
from penstock.testing.contracts.sweeps import FAST_PER_S, led_to_its_end, retried_as

LAMBDA = "mail.send"


async def ordered_many(
    scene: Scene, kind: SweepKind = SweepKind.CANCEL, rate_per_s: float = FAST_PER_S, **fields: Any
) -> Sweep:
    """A cancel or a retry that begins now, over what `TaskSelection` says."""
    wanted = selected(TaskSelection(**({"lambda_name": LAMBDA} | fields)), kind)
    await scene.advance(1)
    order = Sweep(scene.ids(1)[0], scene.namespace_id, kind, wanted, rate_per_s, "ada", "a bad release")
    return await scene.store.sweeps.begin(order)


async def is_asked_to_stop(scene: Scene, task_id: TaskId) -> bool:
    return (await scene.row(task_id)).cancel_requested


@SWEEPS.idea
async def a_cancel_ends_what_waits_and_asks_what_runs(scene: Scene) -> None:
    live = {status: (await scene.task_that_is(status)).id for status in sorted(LIVE)}
    ended = {status: (await scene.ended(status)).id for status in sorted(TERMINAL)}
    await ordered_many(scene)
    steps = []
    while (step := await scene.store.sweeps.step()) is not None:
        steps.append(step)
    done = steps[-1].sweep
    assert (done.status, done.handled) == (SweepStatus.DONE, len(LIVE))
    assert {task_id for step in steps for task_id in step.ended} == {live[status] for status in WAITING}
    assert {task_id for step in steps for task_id in step.asked} == {live[status] for status in OWNED}
    for status, task_id in live.items():
        assert await scene.status(task_id) is (status if status in OWNED else Status.CANCELLED)
        assert status in WAITING or await is_asked_to_stop(scene, task_id)
    for status, task_id in ended.items():
        assert await scene.status(task_id) is status


@SWEEPS.idea
async def a_cancelled_task_is_claimed_by_nobody(scene: Scene) -> None:
    task_id = await scene.enqueued()
    await ordered_many(scene)
    await led_to_its_end(scene)
    assert await scene.store.transitions.claim([task_id], LEASE_S) == []


@SWEEPS.idea
async def only_what_the_selection_names_is_cancelled(scene: Scene) -> None:
    meant = (await scene.task_that_is(Status.NEW, collection="letters")).id
    others = [
        (await scene.task_that_is(Status.NEW, collection="news")).id,
        (await scene.task_that_is(Status.NEW, collection="letters", lane=scene.other_lane)).id,
        (await scene.task_that_is(Status.HELD, collection="letters")).id,
    ]
    await ordered_many(scene, collection="letters", statuses=(Status.NEW,))
    assert (await led_to_its_end(scene)).handled == 1
    assert await scene.status(meant) is Status.CANCELLED
    for other in others:
        assert await scene.status(other) in LIVE


@SWEEPS.idea
async def only_what_was_scheduled_for_the_time_named_is_cancelled(scene: Scene) -> None:
    now_us = await scene.now_us()
    tasks = []
    for hours in (1, 2, 3):
        task = scene.task(due_at_us=now_us + hours * 3_600_000_000)
        await scene.admit(task)
        tasks.append(task)
    first, second, third = tasks
    await ordered_many(scene, scheduled_from_us=second.due_at_us, scheduled_until_us=third.due_at_us)
    assert (await led_to_its_end(scene)).handled == 1
    assert await scene.status(second.id) is Status.CANCELLED
    assert {await scene.status(first.id), await scene.status(third.id)} == {Status.NEW}


@SWEEPS.idea
async def what_is_scheduled_after_the_order_is_left_alone(scene: Scene) -> None:
    before = (await scene.task_that_is(Status.NEW)).id
    await ordered_many(scene)
    after = (await scene.task_that_is(Status.NEW)).id
    assert (await led_to_its_end(scene)).handled == 1
    assert await scene.status(before) is Status.CANCELLED
    assert await scene.status(after) is Status.NEW


@SWEEPS.idea
async def an_order_without_any_live_task_is_done_at_once(scene: Scene) -> None:
    order = await ordered_many(scene)
    after = (await scene.task_that_is(Status.NEW)).id
    done = await led_to_its_end(scene)
    assert (done.id, done.handled) == (order.id, 0)
    assert await scene.status(after) is Status.NEW


@SWEEPS.idea
async def what_was_asked_to_stop_before_is_not_counted_again(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(ask_to_cancel(owned))
    await ordered_many(scene)
    assert (await led_to_its_end(scene)).handled == 0


@SWEEPS.idea
async def of_many_that_step_at_once_each_task_is_cancelled_by_one(scene: Scene) -> None:
    ids = [(await scene.task_that_is(Status.NEW)).id for _ in range(8)]
    await ordered_many(scene)
    await asyncio.gather(*(scene.store.sweeps.step() for _ in range(6)))
    (sweep,) = await scene.store.sweeps.newest(scene.namespace_id, 10)
    assert (sweep.status, sweep.handled) == (SweepStatus.DONE, len(ids))


@SWEEPS.idea
async def claims_and_a_cancel_at_once_leave_each_task_ended_or_asked(scene: Scene) -> None:
    ids = [await scene.enqueued() for _ in range(8)]
    await ordered_many(scene)
    claimed, _ = await asyncio.gather(scene.store.transitions.claim(ids, LEASE_S), scene.store.sweeps.step())
    await led_to_its_end_if_it_runs(scene)
    taken = {each.id for each in claimed}
    for task_id in ids:
        if task_id in taken:
            assert await is_asked_to_stop(scene, task_id)
        else:
            assert await scene.status(task_id) is Status.CANCELLED


async def led_to_its_end_if_it_runs(scene: Scene) -> None:
    (sweep,) = await scene.store.sweeps.newest(scene.namespace_id, 10)
    if sweep.status is SweepStatus.RUNNING:
        await led_to_its_end(scene)


@SWEEPS.idea
async def a_cancel_keeps_its_rate_and_goes_on_where_it_stood(scene: Scene) -> None:
    ids = [(await scene.task_that_is(Status.NEW)).id for _ in range(3)]
    await ordered_many(scene, rate_per_s=0.5)
    await scene.store.sweeps.step()
    assert await scene.store.sweeps.step() is None
    assert [await scene.status(task_id) for task_id in ids] == [Status.CANCELLED, Status.NEW, Status.NEW]
    await scene.advance(2)
    await scene.store.sweeps.step()
    assert [await scene.status(task_id) for task_id in ids] == [Status.CANCELLED, Status.CANCELLED, Status.NEW]


@SWEEPS.idea
async def a_retry_makes_anew_what_failed_and_nothing_else(scene: Scene) -> None:
    ended = {status: (await scene.ended(status)).id for status in sorted(TERMINAL)}
    live = (await scene.task_that_is(Status.RETRIABLE_FAILURE)).id
    other = (await scene.ended(Status.DEAD, lane=scene.other_lane)).id
    await ordered_many(scene, SweepKind.RETRY)
    done = await led_to_its_end(scene)
    assert (done.handled, done.status) == (2, SweepStatus.DONE)
    for status, task_id in ended.items():
        assert (await retried_as(scene, task_id) is not None) is (status in {Status.FATAL_FAILURE, Status.DEAD})
    assert await retried_as(scene, other) is None
    assert await scene.status(live) is Status.RETRIABLE_FAILURE


@SWEEPS.idea
async def a_retry_takes_the_statuses_that_it_names(scene: Scene) -> None:
    cancelled = (await scene.ended(Status.CANCELLED, collection="letters")).id
    dead = (await scene.ended(Status.DEAD, collection="letters")).id
    order = await ordered_many(scene, SweepKind.RETRY, collection="letters", statuses=(Status.CANCELLED,))
    assert (await led_to_its_end(scene)).handled == 1
    new_id = await retried_as(scene, cancelled)
    assert new_id is not None
    assert (await scene.row(new_id)).status is Status.NEW
    assert await retried_as(scene, dead) is None
    await ordered_many(scene, SweepKind.RETRY, collection="letters", statuses=(Status.CANCELLED,))
    assert (await led_to_its_end(scene)).handled == 0, "each once"
    assert order.wanted == TaskSelection(LAMBDA, "letters", (Status.CANCELLED,))


@SWEEPS.idea
async def what_fails_after_the_order_to_retry_is_left_alone(scene: Scene) -> None:
    before = (await scene.ended(Status.FATAL_FAILURE)).id
    await ordered_many(scene, SweepKind.RETRY)
    after = (await scene.ended(Status.FATAL_FAILURE)).id
    assert (await led_to_its_end(scene)).handled == 1
    assert await retried_as(scene, before) is not None
    assert await retried_as(scene, after) is None


@SWEEPS.idea
async def a_cancel_touches_its_own_namespace_only(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    task_id = (await scene.task_that_is(Status.NEW, collection="letters")).id
    wanted = selected(TaskSelection(collection="letters"), SweepKind.CANCEL)
    await scene.store.sweeps.begin(Sweep(scene.ids(1)[0], other, SweepKind.CANCEL, wanted, FAST_PER_S, "mallory"))
    assert (await led_to_its_end(scene)).handled == 0
    assert await scene.status(task_id) is Status.NEW
