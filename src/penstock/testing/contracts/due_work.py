# ruff: noqa: D103 - the name of an idea is its sentence
"""What is due goes into its lane, the oldest first, and only once."""

import asyncio

from penstock.model.identity import bucket_of
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Event, Status
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.scene import LONG_S, Scene, move
from penstock.testing.contracts.store_suites import DUE_WORK

TIMEOUT_S = 5.0
SECOND_US = 1_000_000


@DUE_WORK.idea
async def next_due_tells_the_earliest_time_of_each_lane_that_has_one(scene: Scene) -> None:
    now_us = await scene.now_us()
    for lane, seconds in ((scene.lane, 90), (scene.lane, 60), (scene.high_lane, 30)):
        await scene.admit(scene.task(lane=lane, due_at_us=now_us + seconds * SECOND_US))
    lanes = [scene.lane, scene.high_lane, scene.other_lane, LaneId(2_000_000)]
    assert await scene.store.due_work.next_due(lanes, ALL_BUCKETS) == {
        scene.lane: now_us + 60 * SECOND_US,
        scene.high_lane: now_us + 30 * SECOND_US,
    }
    assert await scene.store.due_work.next_due([], ALL_BUCKETS) == {}


@DUE_WORK.idea
async def next_due_follows_what_is_taken_and_what_is_added(scene: Scene) -> None:
    now_us = await scene.now_us()
    await scene.admit(scene.task())
    assert len(await scene.enqueue_all()) == 1
    assert await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS) == {}
    for seconds in (60, 40, 50):
        await scene.admit(scene.task(due_at_us=now_us + seconds * SECOND_US))
    assert await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS) == {scene.lane: now_us + 40 * SECOND_US}


@DUE_WORK.idea
async def next_due_counts_rows_that_back_off(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    async with scene.span() as span:
        await scene.apply(move(owned, Event.RAISED, delay_us=60 * SECOND_US))
    firsts = await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS)
    assert span.covers(firsts[scene.lane], plus_s=60)


@DUE_WORK.idea
async def next_due_knows_only_what_waits_for_its_time(scene: Scene) -> None:
    for status in (Status.HELD, Status.ENQUEUED, Status.CLAIMED, Status.PROCESSING, Status.SUCCESS):
        await scene.task_that_is(status)
    await scene.owned_with_cancel_requested_then_released()
    assert await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS) == {}


@DUE_WORK.idea
async def next_due_looks_only_at_the_buckets_named(scene: Scene) -> None:
    now_us = await scene.now_us()
    for bucket, task_id in zip((0, 511, 1023), scene.ids(3, [0, 511, 1023]), strict=True):
        await scene.admit(scene.task(id=task_id, due_at_us=now_us + (bucket + 60) * SECOND_US))
    for buckets, seconds in ((((0, 0),), 60), (((1, 511),), 571), (((1, 5), (900, 1023)), 1083)):
        firsts = await scene.store.due_work.next_due([scene.lane], buckets)
        assert firsts == {scene.lane: now_us + seconds * SECOND_US}
    assert await scene.store.due_work.next_due([scene.lane], ((1, 510), (512, 1022))) == {}
    assert await scene.store.due_work.next_due([scene.lane], ()) == {}


@DUE_WORK.idea
async def the_oldest_due_go_first_across_new_tasks_and_retries(scene: Scene) -> None:
    now_us = await scene.now_us()
    owned = [await scene.task_that_is(Status.PROCESSING) for _ in range(2)]
    new = [scene.task(due_at_us=now_us + seconds * SECOND_US) for seconds in (300, 100)]
    await scene.admit(*new)
    await scene.apply(
        move(owned[0], Event.RAISED, delay_us=200 * SECOND_US), move(owned[1], Event.RAISED, delay_us=400 * SECOND_US)
    )
    await scene.advance(LONG_S)
    oldest_first = [new[1].id, owned[0].id, new[0].id, owned[1].id]
    assert await scene.enqueue_all(want=3) == oldest_first[:3]
    assert await scene.enqueue_all(want=3) == oldest_first[3:]
    assert await scene.enqueue_all() == []


@DUE_WORK.idea
async def a_large_backlog_comes_out_in_order_and_whole(scene: Scene) -> None:
    now_us = await scene.now_us()
    ids = scene.ids(300)
    tasks = [scene.task(id=each, due_at_us=now_us + (7 * n % 300 + 1) * SECOND_US) for n, each in enumerate(ids)]
    await scene.admit(*tasks)
    await scene.advance(LONG_S)
    taken = []
    while part := await scene.enqueue_all(want=70):
        assert len(part) <= 70
        taken += part
    assert taken == [task.id for task in sorted(tasks, key=lambda task: task.due_at_us)]


@DUE_WORK.idea
async def what_is_enqueued_stands_so_until_its_timeout(scene: Scene) -> None:
    new, retry = scene.task(), await scene.task_that_is(Status.RETRIABLE_FAILURE)
    await scene.admit(new)
    await scene.advance(1)
    async with scene.span() as span:
        batch = await scene.store.due_work.enqueue_due({scene.lane: 9}, ALL_BUCKETS, TIMEOUT_S)
    assert {reference.id for reference in batch.references[scene.lane]} == {new.id, retry.id}
    assert span.covers(batch.enqueued_at_us)
    for task_id in (new.id, retry.id):
        row = await scene.row(task_id)
        assert row.status is Status.ENQUEUED
        assert row.trigger_at_us == batch.enqueued_at_us + round(TIMEOUT_S * SECOND_US)
    assert (await scene.claim(retry.id)).claim == 2


@DUE_WORK.idea
async def nothing_is_enqueued_before_its_time(scene: Scene) -> None:
    await scene.admit(scene.task(delay_us=60 * SECOND_US))
    async with scene.nothing_changes():
        assert await scene.enqueue_all() == []
    await scene.advance(30)
    assert await scene.enqueue_all() == []
    await scene.advance(31)
    assert len(await scene.enqueue_all()) == 1


@DUE_WORK.idea
async def each_lane_gets_what_it_wants_and_no_more(scene: Scene) -> None:
    for lane in (scene.lane, scene.high_lane, scene.other_lane):
        await scene.admit(*(scene.task(lane=lane) for _ in range(5)))
    await scene.advance(1)
    wants = {scene.lane: 2, scene.high_lane: 9, scene.other_lane: 0, LaneId(2_000_000): 5}
    batch = await scene.store.due_work.enqueue_due(wants, ALL_BUCKETS, TIMEOUT_S)
    assert {lane: len(found) for lane, found in batch.references.items() if found} == {
        scene.lane: 2,
        scene.high_lane: 5,
    }
    assert len(await scene.enqueue_all(scene.other_lane)) == 5


@DUE_WORK.idea
async def suspects_are_marked_to_run_alone(scene: Scene) -> None:
    owned = [await scene.task_that_is(Status.PROCESSING) for _ in range(2)]
    suspect, innocent = owned
    await scene.apply(
        move(suspect, Event.CRASHED_IN_COMPANY, suspect=True), move(innocent, Event.RAISED, suspect=False)
    )
    await scene.advance(1)
    batch = await scene.store.due_work.enqueue_due({scene.lane: 9}, ALL_BUCKETS, TIMEOUT_S)
    alone = {reference.id: reference.alone for reference in batch.references[scene.lane]}
    assert alone == {suspect.id: True, innocent.id: False}


@DUE_WORK.idea
async def only_the_buckets_named_are_enqueued(scene: Scene) -> None:
    ids = scene.ids(64)
    await scene.admit(*(scene.task(id=task_id) for task_id in ids))
    await scene.advance(1)
    low = await scene.store.due_work.enqueue_due({scene.lane: 99}, ((0, 511),), TIMEOUT_S)
    low_ids = {reference.id for reference in low.references.get(scene.lane, [])}
    assert low_ids == {task_id for task_id in ids if bucket_of(task_id) < 512}
    rest = await scene.store.due_work.enqueue_due({scene.lane: 99}, ((512, 700), (701, 1023)), TIMEOUT_S)
    assert {reference.id for reference in rest.references.get(scene.lane, [])} == set(ids) - low_ids


@DUE_WORK.idea
async def two_schedulers_never_enqueue_the_same_row(scene: Scene) -> None:
    ids = scene.ids(200)
    await scene.admit(*(scene.task(id=task_id) for task_id in ids))
    await scene.advance(1)
    parts = await asyncio.gather(*(scene.enqueue_all(want=60) for _ in range(6)))
    taken = [task_id for part in parts for task_id in part]
    assert len(taken) == len(set(taken))
    while part := await scene.enqueue_all():
        taken += part
    assert sorted(taken) == ids


@DUE_WORK.idea
async def a_row_whose_cancel_was_requested_is_not_enqueued_but_overdue(scene: Scene) -> None:
    task_id = await scene.owned_with_cancel_requested_then_released()
    await scene.advance(1)
    assert await scene.enqueue_all() == []
    (row,) = await scene.store.due_work.overdue(ALL_BUCKETS, 10)
    assert (row.id, row.status, row.cancel_requested) == (task_id, Status.NEW, True)


@DUE_WORK.idea
async def a_row_whose_cancel_was_requested_holds_up_nobody(scene: Scene) -> None:
    await scene.owned_with_cancel_requested_then_released()
    task = scene.task()
    await scene.admit(task)
    await scene.advance(1)
    assert await scene.enqueue_all(want=1) == [task.id]
