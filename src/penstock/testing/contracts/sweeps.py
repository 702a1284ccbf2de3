# ruff: noqa: D103 - the name of an idea is its sentence
"""Sweeps: every dead letter of a filter is handled once, at a rate, by whoever leads the sweep on."""

import asyncio
from typing import Any

from penstock.model.errors import NotFound
from penstock.model.identity import TaskId
from penstock.model.lifecycle import TERMINAL, Event, Status
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind, SweepStatus, step_rows
from penstock.model.task import Failure
from penstock.testing.contracts.scene import Scene, Standing, finish
from penstock.testing.contracts.store_suites import SWEEPS

FAST_PER_S = 10_000.0


async def ordered(
    scene: Scene, kind: SweepKind = SweepKind.REDRIVE, rate_per_s: float = FAST_PER_S, **fields: Any
) -> Sweep:
    """A sweep that begins now, over what `DeadLetterFilter` says."""
    wanted = DeadLetterFilter(**fields)
    await scene.advance(1)
    order = Sweep(scene.ids(1)[0], scene.namespace_id, kind, wanted, rate_per_s, "ada", "the receiver is mended")
    return await scene.store.sweeps.begin(order)


async def led_to_its_end(scene: Scene) -> Sweep:
    """All steps, the clock moved on where the rate asks for it."""
    for _ in range(100):
        step = await scene.store.sweeps.step()
        if step is None:
            await scene.advance(await scene.store.sweeps.next_step_in_s() or 0.0)
        elif step.sweep.status is not SweepStatus.RUNNING:
            return step.sweep
    raise AssertionError("it does not end")


async def retried_as(scene: Scene, task_id: TaskId) -> TaskId | None:
    return (await scene.store.results.ended(scene.namespace_id, [task_id]))[task_id].retried_as


async def dead(scene: Scene, error_type: str = "ValueError", reason: str = "budget", **fields: Any) -> TaskId:
    claimed = await scene.claimed(**fields)
    end = finish(
        Standing(claimed.id, claimed.claim),
        Event.EXHAUSTED,
        Status.DEAD,
        failure=Failure(error_type, "it does not work", ""),
        reason=reason,
    )
    await scene.apply(end)
    return claimed.id


@SWEEPS.idea
async def a_redrive_makes_a_new_task_of_every_dead_letter(scene: Scene) -> None:
    letters = [await dead(scene, payload=b"\x00work", collection="letters", lane=scene.high_lane) for _ in range(3)]
    others = [(await scene.ended(status)).id for status in sorted(TERMINAL - {Status.DEAD})]
    async with scene.span() as span:
        order = await ordered(scene)
        done = await led_to_its_end(scene)
    assert (order.status, done.status, done.handled) == (SweepStatus.RUNNING, SweepStatus.DONE, 3)
    assert span.first_us <= done.created_at_us <= done.ended_at_us
    for letter in letters:
        new_id = await retried_as(scene, letter)
        assert new_id is not None
        row = await scene.row(new_id)
        assert (row.status, row.lane, row.claim, row.attempts) == (Status.NEW, scene.high_lane, 0, 0)
        assert await scene.status(letter) is Status.DEAD
    new_ids = [await retried_as(scene, letter) or letter for letter in letters]
    assert sorted(await scene.enqueue_all(scene.high_lane)) == sorted(new_ids)
    claimed = await scene.claim(new_ids[0])
    assert (claimed.payload, claimed.collection) == (b"\x00work", "letters")
    for other in others:
        assert await retried_as(scene, other) is None


@SWEEPS.idea
async def a_letter_is_redriven_once_however_often_it_is_swept(scene: Scene) -> None:
    letter = await dead(scene)
    await ordered(scene)
    await led_to_its_end(scene)
    new_id = await retried_as(scene, letter)
    await ordered(scene)
    assert (await led_to_its_end(scene)).handled == 0
    assert await retried_as(scene, letter) == new_id


@SWEEPS.idea
async def what_was_retried_by_hand_is_passed_over(scene: Scene) -> None:
    letter = await dead(scene)
    (new_id,) = scene.ids(1)
    await scene.store.admission.retry(scene.namespace_id, letter, new_id)
    await ordered(scene)
    assert (await led_to_its_end(scene)).handled == 0
    assert await retried_as(scene, letter) == new_id


@SWEEPS.idea
async def only_what_the_filter_names_is_swept(scene: Scene) -> None:
    fitting: dict[str, Any] = {
        "lane": scene.lane,
        "collection": "letters",
        "error_type": "ValueError",
        "reason": "poison",
    }
    letter = await dead(scene, **fitting)
    for other in ({"lane": scene.other_lane}, {"collection": "news"}, {"error_type": "OSError"}, {"reason": "budget"}):
        await dead(scene, **(fitting | other))
    await ordered(scene, lambda_name="mail.send", collection="letters", error_type="ValueError", cause="poison")
    done = await led_to_its_end(scene)
    assert done.handled == 1
    assert await retried_as(scene, letter) is not None


@SWEEPS.idea
async def only_what_died_in_the_time_named_is_swept(scene: Scene) -> None:
    ends = []
    for _ in range(3):
        await scene.advance(10)
        ends.append((await dead(scene), await scene.now_us()))
    second, third = ends[1][1] - 5_000_000, ends[2][1] - 5_000_000
    await ordered(scene, from_us=second, until_us=third)
    assert (await led_to_its_end(scene)).handled == 1
    assert [await retried_as(scene, letter) is not None for letter, _ in ends] == [False, True, False]


@SWEEPS.idea
async def what_dies_after_the_order_is_left_alone(scene: Scene) -> None:
    await dead(scene)
    await ordered(scene)
    later = await dead(scene)
    assert (await led_to_its_end(scene)).handled == 1
    assert await retried_as(scene, later) is None


@SWEEPS.idea
async def a_rate_is_kept_from_step_to_step(scene: Scene) -> None:
    for _ in range(3):
        await dead(scene)
    await ordered(scene, rate_per_s=0.5)
    assert step_rows(0.5) == 1
    first = await scene.store.sweeps.step()
    assert first is not None
    assert first.sweep.handled == 1
    assert first.lanes == {scene.lane}
    assert await scene.store.sweeps.step() is None, "two seconds for one letter"
    assert 0 < (await scene.store.sweeps.next_step_in_s() or 0) <= 2
    await scene.advance(2)
    second = await scene.store.sweeps.step()
    assert second is not None
    assert second.sweep.handled == 2


@SWEEPS.idea
async def a_clock_that_was_set_back_keeps_no_sweep_waiting(scene: Scene) -> None:
    for _ in range(3):
        await dead(scene)
    await scene.advance(7200)
    await ordered(scene, rate_per_s=0.5)
    await scene.store.sweeps.step()
    await scene.advance(-7200)
    assert await scene.store.sweeps.next_step_in_s() == 0
    second = await scene.store.sweeps.step()
    assert second is not None
    assert second.sweep.handled == 2


@SWEEPS.idea
async def a_stopped_sweep_takes_no_further_step_and_says_who_stopped_it(scene: Scene) -> None:
    for _ in range(2):
        await dead(scene)
    order = await ordered(scene, rate_per_s=0.5)
    await scene.store.sweeps.step()
    stopped = await scene.store.sweeps.stop(scene.namespace_id, order.id, "grace")
    assert (stopped.status, stopped.handled, stopped.stopped_by) == (SweepStatus.STOPPED, 1, "grace")
    await scene.advance(100)
    assert await scene.store.sweeps.step() is None
    assert await scene.store.sweeps.next_step_in_s() is None
    again = await scene.store.sweeps.stop(scene.namespace_id, order.id, "linus")
    assert again == stopped


@SWEEPS.idea
async def an_order_can_be_repeated(scene: Scene) -> None:
    await dead(scene)
    order = await ordered(scene)
    again = await scene.store.sweeps.begin(order)
    assert again == order
    await led_to_its_end(scene)
    assert (await scene.store.sweeps.begin(order)).status is SweepStatus.DONE
    assert await scene.store.sweeps.step() is None


@SWEEPS.idea
async def of_many_that_step_at_once_each_letter_is_handled_by_one(scene: Scene) -> None:
    letters = [await dead(scene) for _ in range(8)]
    order = await ordered(scene)
    await asyncio.gather(*(scene.store.sweeps.step() for _ in range(6)))
    (sweep,) = await scene.store.sweeps.newest(scene.namespace_id, 10)
    assert (sweep.id, sweep.status, sweep.handled) == (order.id, SweepStatus.DONE, len(letters))
    assert len({await retried_as(scene, letter) for letter in letters}) == len(letters)


@SWEEPS.idea
async def a_purge_deletes_dead_letters_and_nothing_else(scene: Scene) -> None:
    letter = await dead(scene)
    retried, live = await dead(scene), (await scene.task_that_is(Status.CLAIMED)).id
    (new_id,) = scene.ids(1)
    await scene.store.admission.retry(scene.namespace_id, retried, new_id)
    success = (await scene.ended(Status.SUCCESS)).id
    await ordered(scene, SweepKind.PURGE)
    done = await led_to_its_end(scene)
    assert (done.handled, done.kind) == (1, SweepKind.PURGE)
    ended = await scene.store.results.ended(scene.namespace_id, [letter, retried, success])
    assert set(ended) == {retried, success}
    assert set(await scene.store.transitions.read([live, new_id])) == {live, new_id}
    assert await scene.under_test.history(letter) == []


@SWEEPS.idea
async def orders_of_a_namespace_are_seen_and_stopped_there_only(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    letter = await dead(scene)
    order = await ordered(scene)
    assert await scene.store.sweeps.newest(other, 10) == []
    assert [sweep.id for sweep in await scene.store.sweeps.newest(scene.namespace_id, 10)] == [order.id]
    for namespace_id, sweep_id in ((other, order.id), (scene.namespace_id, scene.ids(1)[0])):
        try:
            await scene.store.sweeps.stop(namespace_id, sweep_id, "mallory")
        except NotFound:
            continue
        raise AssertionError("it was stopped")
    await scene.store.sweeps.stop(scene.namespace_id, order.id, "ada")
    foreign = Sweep(scene.ids(1)[0], other, SweepKind.PURGE, DeadLetterFilter(), FAST_PER_S, "mallory")
    await scene.advance(1)
    await scene.store.sweeps.begin(foreign)
    assert (await led_to_its_end(scene)).handled == 0
    assert await scene.status(letter) is Status.DEAD, "it was purged by another namespace"


@SWEEPS.idea
async def a_lambda_that_nobody_knows_is_refused(scene: Scene) -> None:
    async with scene.nothing_changes():
        try:
            await ordered(scene, lambda_name="mail.nobody")
        except NotFound:
            return
    raise AssertionError("it was accepted")
