# ruff: noqa: D103 - the name of an idea is its sentence
"""A tick makes one task: whoever looks, however often, whatever the clock does."""

import asyncio

from penstock.model.identity import bucket_of
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import Event, Status
from penstock.model.periodic import Passed
from penstock.ports.due_work import ALL_BUCKETS
from penstock.ports.periodic import TickMade
from penstock.testing.contracts.periodic_scene import (
    MINUTE_US,
    advance,
    created,
    due,
    found,
    new_schedule,
    register,
    step,
    ticks,
)
from penstock.testing.contracts.scene import Scene, Standing, finish
from penstock.testing.contracts.store_suites import TICKS


@TICKS.idea
async def what_is_due_is_told_with_all_that_decides_about_it(scene: Scene) -> None:
    schedule = await created(scene, jitter_us=5_000_000)
    await scene.advance(6)
    [seen] = await due(scene)
    definition = schedule.definition
    assert (seen.id, seen.edition, seen.next_tick_us, seen.seed) == (
        schedule.id,
        schedule.edition,
        schedule.next_tick_us,
        b"seed",
    )
    assert (seen.rhythm, seen.misfire, seen.overlap, seen.jitter_us) == (
        definition.rhythm,
        definition.misfire,
        definition.overlap,
        5_000_000,
    )
    assert seen.next_tick_us <= seen.look_at_us <= seen.next_tick_us + 5_000_000
    assert (seen.waiting_since_us, seen.last_task_id, seen.last_task_lives) == (0, None, False)
    assert seen.payload_bytes == len(definition.payload)


@TICKS.idea
async def what_is_not_due_is_only_told_the_time_of(scene: Scene) -> None:
    schedule = await created(scene, ahead_s=60)
    async with scene.span() as span:
        look = await scene.store.ticks.due(ALL_BUCKETS, 100)
    assert look.schedules == []
    assert look.next_look_us == schedule.next_tick_us
    assert span.covers(look.now_us)
    await scene.advance(61)
    look = await scene.store.ticks.due(ALL_BUCKETS, 100)
    assert len(look.schedules) == 1
    assert look.next_look_us is None


@TICKS.idea
async def the_longest_due_come_first_and_no_more_than_asked_for(scene: Scene) -> None:
    for ahead_s, name in ((-1, "c"), (-3, "a"), (-2, "b")):
        await created(scene, ahead_s=ahead_s, name=name)
    look = await scene.store.ticks.due(ALL_BUCKETS, 2)
    names = {(await found(scene, name)).id: name for name in "abc"}
    assert [names[seen.id] for seen in look.schedules] == ["a", "b"]


@TICKS.idea
async def only_schedules_of_the_buckets_named_are_told(scene: Scene) -> None:
    await scene.store.schedules.create(scene.namespace_id, new_schedule(scene, await scene.now_us(), bucket=9))
    assert (await scene.store.ticks.due(((0, 8), (10, 1023)), 10)).schedules == []
    assert len((await scene.store.ticks.due(((9, 9),), 10)).schedules) == 1


@TICKS.idea
async def a_tick_makes_one_task_that_is_due_now_and_knows_its_tick(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, ahead_s=-5, collection="letters", priority=Priority.HIGH)
    async with scene.span() as span:
        advanced = await advance(scene, step((await due(scene))[0]))
    assert advanced.moved == {schedule.id}
    assert advanced.lanes == {scene.high_lane}
    [made] = await ticks(scene, schedule)
    assert made.tick_us == schedule.next_tick_us
    row = await scene.row(made.task_id)
    assert (row.status, row.lane) == (Status.NEW, scene.high_lane)
    assert span.covers(row.trigger_at_us)
    assert await scene.enqueue_all(scene.high_lane) == [made.task_id]
    claimed = await scene.claim(made.task_id)
    assert (claimed.payload, claimed.collection) == (b'{"to":"ada"}', "letters")
    assert claimed.scheduled_at_us == schedule.next_tick_us


@TICKS.idea
async def a_schedule_moves_on_with_its_tick(scene: Scene) -> None:
    schedule = await created(scene)
    [seen] = await due(scene)
    later_us = seen.next_tick_us + 3 * MINUTE_US
    await advance(scene, step(seen, next_tick_us=later_us, passed_tick_us=7, passed=Passed.OVERLAP))
    stands = await found(scene)
    assert (stands.next_tick_us, stands.last_tick_us) == (later_us, schedule.next_tick_us)
    assert (stands.passed_tick_us, stands.passed) == (7, Passed.OVERLAP)
    assert stands.last_task_id == (await ticks(scene, schedule))[0].task_id
    assert await due(scene) == []


@TICKS.idea
async def who_looks_again_after_an_unknown_answer_makes_nothing_twice(scene: Scene) -> None:
    schedule = await created(scene)
    [seen] = await due(scene)
    await advance(scene, step(seen))
    async with scene.nothing_changes():
        advanced = await advance(scene, step(seen))
    assert advanced.moved == advanced.lanes == frozenset()
    assert len(await ticks(scene, schedule)) == 1


@TICKS.idea
async def of_many_schedulers_at_once_one_makes_the_task(scene: Scene) -> None:
    schedules = [await created(scene, name=f"many.{number}") for number in range(5)]
    seen = await due(scene)
    now_us = await scene.now_us()
    answers = await asyncio.gather(
        *(scene.store.ticks.advance([step(each) for each in seen[::turn]], now_us) for turn in (1, -1, 1, -1))
    )
    assert sorted(number for answer in answers for number in answer.moved) == sorted(each.id for each in schedules)
    for schedule in schedules:
        assert len(await ticks(scene, schedule)) == 1


@TICKS.idea
async def a_tick_makes_its_task_once_even_when_its_schedule_was_set_back(scene: Scene) -> None:
    schedule = await created(scene)
    [seen] = await due(scene)
    await advance(scene, step(seen))
    paused = await scene.store.schedules.pause(scene.namespace_id, "mail.send")
    assert paused is not None
    await scene.store.schedules.resume(paused, seen.next_tick_us, seen.next_tick_us)
    await scene.advance(1)
    [again] = await due(scene)
    assert (again.id, again.next_tick_us) == (seen.id, seen.next_tick_us)
    before = await ticks(scene, schedule)
    advanced = await advance(scene, step(again))
    assert advanced.moved == {schedule.id}
    assert await ticks(scene, schedule) == before
    assert (await found(scene)).last_task_id == before[0].task_id


@TICKS.idea
async def many_ticks_of_one_look_start_in_their_order(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, ahead_s=-300)
    [seen] = await due(scene)
    wanted = [seen.next_tick_us + number * MINUTE_US for number in range(4)]
    await advance(scene, step(seen, *wanted))
    made = await ticks(scene, schedule)
    assert [tick.tick_us for tick in made] == wanted
    await scene.advance(0.001)
    assert await scene.enqueue_all() == [tick.task_id for tick in made]


@TICKS.idea
async def an_edition_that_was_changed_meanwhile_moves_nothing(scene: Scene) -> None:
    await created(scene)
    [seen] = await due(scene)
    await scene.store.schedules.pause(scene.namespace_id, "mail.send")
    async with scene.nothing_changes():
        assert (await advance(scene, step(seen))).moved == frozenset()
    await scene.store.schedules.delete(scene.namespace_id, "mail.send")
    async with scene.nothing_changes():
        assert (await advance(scene, step(seen))).moved == frozenset()


@TICKS.idea
async def one_that_has_moved_keeps_no_other_from_moving(scene: Scene) -> None:
    first, second = await created(scene, name="first"), await created(scene, name="second")
    seen = {each.id: each for each in await due(scene)}
    await advance(scene, step(seen[first.id]))
    advanced = await advance(scene, step(seen[first.id]), step(seen[second.id]))
    assert advanced.moved == {second.id}
    assert len(await ticks(scene, first)) == len(await ticks(scene, second)) == 1


@TICKS.idea
async def without_a_worker_the_task_is_held_for_the_registration(scene: Scene) -> None:
    schedule = await created(scene)
    advanced = await advance(scene, step((await due(scene))[0]))
    assert advanced.moved == {schedule.id}
    assert advanced.lanes == frozenset()
    [made] = await ticks(scene, schedule)
    row = await scene.row(made.task_id)
    assert (row.status, row.held_for) == (Status.HELD, "registration")
    assert await scene.store.due_work.free_held("registration", [scene.lambda_id], 10) == 1
    await scene.advance(0.001)
    assert await scene.enqueue_all() == [made.task_id]


@TICKS.idea
async def it_is_told_whether_the_last_task_has_ended(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, ahead_s=-120)
    await advance(scene, step((await due(scene))[0]))
    [made] = await ticks(scene, schedule)
    [seen] = await due(scene)
    assert (seen.last_task_id, seen.last_task_lives) == (made.task_id, True)
    await scene.enqueue_all()
    claimed = await scene.claim(made.task_id)
    assert (await due(scene))[0].last_task_lives
    await scene.apply(finish(Standing(claimed.id, claimed.claim), Event.SUCCEEDED))
    [seen] = await due(scene)
    assert (seen.last_task_id, seen.last_task_lives) == (made.task_id, False)


@TICKS.idea
async def a_queue_is_looked_at_later_or_when_it_is_asked_for(scene: Scene) -> None:
    schedule = await created(scene)
    [seen] = await due(scene)
    now_us = await scene.now_us()
    wait = step(
        seen, ticks_us=(), next_tick_us=seen.next_tick_us, look_at_us=now_us + MINUTE_US, waiting_since_us=now_us
    )
    await advance(scene, wait)
    assert await due(scene) == []
    await scene.store.ticks.look_now([schedule.id, 999])
    [seen] = await due(scene)
    assert (seen.waiting_since_us, seen.next_tick_us) == (now_us, schedule.next_tick_us)
    await advance(scene, step(seen))
    later = (await scene.store.ticks.due(ALL_BUCKETS, 10)).next_look_us
    await scene.store.ticks.look_now([schedule.id])
    assert (await scene.store.ticks.due(ALL_BUCKETS, 10)).next_look_us == later, "it no longer waits"


@TICKS.idea
async def a_backfill_makes_what_is_missing_at_the_priority_asked_for(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, ahead_s=-600)
    await advance(scene, step((await due(scene))[0]))
    low_lane = lane_of(scene.lambda_id, Priority.LOW)
    first_us = schedule.next_tick_us
    wanted = [
        TickMade(first_us + number * MINUTE_US, task_id)
        for number, task_id in zip((2, 0, 1), scene.ids(3), strict=True)
    ]
    made = await scene.store.schedules.backfill(await found(scene), low_lane, wanted)
    assert made == [wanted[2], wanted[0]]
    assert len(await ticks(scene, schedule)) == 3
    await scene.advance(0.001)
    assert await scene.enqueue_all(low_lane) == [wanted[2].task_id, wanted[0].task_id]
    assert (await scene.claim(wanted[0].task_id)).scheduled_at_us == wanted[0].tick_us
    async with scene.nothing_changes():
        assert await scene.store.schedules.backfill(await found(scene), low_lane, wanted) == []


@TICKS.idea
async def a_tick_that_was_backfilled_first_makes_no_second_task(scene: Scene) -> None:
    schedule = await created(scene, ahead_s=-120)
    [seen] = await due(scene)
    [task_id] = scene.ids(1)
    await scene.store.schedules.backfill(schedule, scene.lane, [TickMade(seen.next_tick_us, task_id)])
    advanced = await advance(scene, step(seen, seen.next_tick_us, seen.next_tick_us + MINUTE_US))
    assert advanced.moved == {schedule.id}
    made = await ticks(scene, schedule)
    assert [tick.tick_us for tick in made] == [seen.next_tick_us, seen.next_tick_us + MINUTE_US]
    assert made[0].task_id == task_id


@TICKS.idea
async def a_retry_of_a_ticks_task_keeps_its_tick(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, ahead_s=-100)
    await advance(scene, step((await due(scene))[0]))
    [made] = await ticks(scene, schedule)
    await scene.enqueue_all()
    claimed = await scene.claim(made.task_id)
    await scene.apply(finish(Standing(claimed.id, claimed.claim), Event.FAILED_FATALLY))
    [new_id] = scene.ids(1)
    async with scene.span() as span:
        await scene.store.admission.retry(scene.namespace_id, made.task_id, new_id)
    assert span.covers((await scene.row(new_id)).trigger_at_us)
    assert await scene.enqueue_all() == [new_id]
    assert (await scene.claim(new_id)).scheduled_at_us == made.tick_us


@TICKS.idea
async def tasks_of_ticks_are_spread_over_the_buckets(scene: Scene) -> None:
    schedule = await created(scene, ahead_s=-3600)
    [seen] = await due(scene)
    await advance(scene, step(seen, *[seen.next_tick_us + number * MINUTE_US for number in range(40)]))
    assert len({bucket_of(made.task_id) for made in await ticks(scene, schedule)}) > 20


@TICKS.idea
async def what_was_due_by_a_clock_that_has_gone_back_is_not_made(scene: Scene) -> None:
    schedule = await created(scene, ahead_s=-100)
    [seen] = await due(scene)
    await scene.advance(-3600)
    async with scene.nothing_changes():
        assert (await advance(scene, step(seen))).moved == frozenset()
        assert (
            await scene.store.schedules.backfill(schedule, scene.lane, [TickMade(seen.next_tick_us, scene.ids(1)[0])])
            == []
        )
    await scene.advance(3600)
    assert (await advance(scene, step(seen))).moved == {schedule.id}
