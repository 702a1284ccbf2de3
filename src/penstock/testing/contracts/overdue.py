# ruff: noqa: D103 - the name of an idea is its sentence
"""What did not move on in time, what stands in the lanes, and what is held."""

import asyncio

from msgspec import structs

from penstock.model.identity import TaskId
from penstock.model.lifecycle import OF_TASKS, Event, Status
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.scene import HELD_FOR, LEASE_S, LONG_S, Scene, finish, move
from penstock.testing.contracts.store_suites import DUE_WORK

SECOND_US = 1_000_000
LOOKED_AT = (Status.ENQUEUED, Status.HELD, Status.CLAIMED, Status.PROCESSING)


async def overdue(scene: Scene, limit: int = 100) -> list[TaskId]:
    """The ids of all that is overdue."""
    return [row.id for row in await scene.store.due_work.overdue(ALL_BUCKETS, limit)]


@DUE_WORK.idea
async def rows_are_overdue_when_their_look_has_passed_and_not_before(scene: Scene) -> None:
    standing = {status: await scene.task_that_is(status) for status in LOOKED_AT}
    assert await overdue(scene) == []
    await scene.advance(LONG_S)
    rows = await scene.store.due_work.overdue(ALL_BUCKETS, 100)
    assert {row.id: row.status for row in rows} == {one.id: status for status, one in standing.items()}
    assert {row.id: row for row in rows} == await scene.store.transitions.read([one.id for one in standing.values()])


@DUE_WORK.idea
async def who_ran_an_overdue_task_and_since_when_is_told_for_its_history(scene: Scene) -> None:
    claimed, running = [await scene.task_that_is(Status.CLAIMED) for _ in range(2)]
    async with scene.span() as span:
        beats = [Beat(running.id, running.claim, started=True, run_us=2 * SECOND_US, executor="host/one")]
        await scene.store.transitions.heartbeat(beats, LEASE_S)
    await scene.advance(1)
    later = [Beat(running.id, running.claim, started=True, run_us=3 * SECOND_US, executor="host/one")]
    await scene.store.transitions.heartbeat(later, LEASE_S)
    await scene.advance(LONG_S)
    rows = {row.id: row for row in await scene.store.due_work.overdue(ALL_BUCKETS, 10)}
    assert (rows[claimed.id].executor, rows[claimed.id].started_at_us) == ("", 0)
    assert rows[running.id].executor == "host/one"
    assert span.covers(rows[running.id].started_at_us, plus_s=-2)


@DUE_WORK.idea
async def waiting_and_ended_tasks_are_not_overdue(scene: Scene) -> None:
    for status in OF_TASKS - set(LOOKED_AT):
        await scene.task_that_is(status)
    await scene.advance(LONG_S)
    assert await overdue(scene) == []


@DUE_WORK.idea
async def the_longest_overdue_come_first_up_to_the_limit(scene: Scene) -> None:
    ids = []
    for _ in range(5):
        ids.append((await scene.task_that_is(Status.CLAIMED)).id)
        await scene.advance(1)
    await scene.advance(LONG_S)
    assert await overdue(scene) == ids
    assert await overdue(scene, limit=2) == ids[:2]


@DUE_WORK.idea
async def only_the_buckets_named_are_looked_at(scene: Scene) -> None:
    ids = scene.ids(3, [0, 511, 1023])
    for task_id in ids:
        await scene.enqueued(id=task_id)
    await scene.advance(LONG_S)
    for buckets, expected in ((((0, 0),), ids[:1]), (((1, 511), (1023, 1023)), ids[1:]), ((), [])):
        assert [row.id for row in await scene.store.due_work.overdue(buckets, 10)] == expected
        page = await scene.store.due_work.enqueued_page(buckets, None, 10)
        assert [row.id for row in page] == expected


@DUE_WORK.idea
async def look_later_moves_the_next_look(scene: Scene) -> None:
    for status in LOOKED_AT:
        await scene.task_that_is(status)
    await scene.advance(LONG_S)
    rows = await scene.store.due_work.overdue(ALL_BUCKETS, 10)
    async with scene.span() as span:
        await scene.store.due_work.look_later(rows, 7.5)
    after = await scene.store.transitions.read([row.id for row in rows])
    for row in rows:
        assert span.covers(after[row.id].trigger_at_us, plus_s=7.5)
        assert structs.replace(after[row.id], trigger_at_us=0) == structs.replace(row, trigger_at_us=0)
    assert await overdue(scene) == []
    await scene.advance(8)
    assert len(await overdue(scene)) == len(LOOKED_AT)


@DUE_WORK.idea
async def look_later_leaves_rows_that_are_not_as_they_were_read(scene: Scene) -> None:
    enqueued, beating, ended = (
        await scene.enqueued(),
        await scene.task_that_is(Status.PROCESSING),
        await scene.task_that_is(Status.PROCESSING),
    )
    await scene.advance(LONG_S)
    rows = await scene.store.due_work.overdue(ALL_BUCKETS, 10)
    assert len(rows) == 3
    await scene.claim(enqueued)
    await scene.advance(1)
    await scene.store.transitions.heartbeat([Beat(beating.id, beating.claim, started=True)], LEASE_S)
    await scene.apply(finish(ended, Event.SUCCEEDED))
    async with scene.nothing_changes():
        await scene.store.due_work.look_later(rows, 1_000.0)
        await scene.store.due_work.look_later([], 1_000.0)


@DUE_WORK.idea
async def look_later_keeps_a_waiting_row_where_enqueue_due_finds_it(scene: Scene) -> None:
    task = scene.task()
    await scene.admit(task)
    await scene.store.due_work.look_later([await scene.row(task.id)], 60.0)
    await scene.advance(30)
    assert await scene.enqueue_all() == []
    await scene.advance(31)
    assert await scene.enqueue_all() == [task.id]


@DUE_WORK.idea
async def enqueued_rows_are_paged_by_rising_id_and_completely(scene: Scene) -> None:
    ids = scene.ids(25)
    await scene.admit(*(scene.task(id=task_id) for task_id in reversed(ids)))
    await scene.advance(1)
    await scene.enqueue_all()
    claimed = await scene.claim(ids[3])
    for status in (Status.NEW, Status.HELD, Status.PROCESSING, Status.RETRIABLE_FAILURE, Status.SUCCESS):
        await scene.task_that_is(status)
    found: list[TaskId] = []
    while page := await scene.store.due_work.enqueued_page(ALL_BUCKETS, found[-1] if found else None, 10):
        assert len(page) <= 10
        assert all(row.status is Status.ENQUEUED for row in page)
        assert not found or page[0].id > found[-1], "after means after"
        found += [row.id for row in page]
    assert found == [task_id for task_id in ids if task_id != claimed.id]


@DUE_WORK.idea
async def held_tasks_are_freed_in_due_order_up_to_the_limit(scene: Scene) -> None:
    now_us = await scene.now_us()
    tasks = [
        scene.task(held_for=HELD_FOR, lane=lane, due_at_us=now_us + seconds * SECOND_US)
        for seconds, lane in ((30, scene.lane), (10, scene.high_lane), (20, scene.other_lane), (40, scene.lane))
    ]
    await scene.admit(*tasks)
    both = [scene.lambda_id, scene.other_lambda_id]
    assert await scene.store.due_work.free_held(HELD_FOR, both, 2) == 2
    statuses = [await scene.status(task.id) for task in tasks]
    assert statuses == [Status.HELD, Status.NEW, Status.NEW, Status.HELD]
    assert await scene.store.due_work.free_held(HELD_FOR, both, 100) == 2
    assert await scene.store.due_work.free_held(HELD_FOR, both, 100) == 0
    assert {(await scene.row(task.id)).held_for for task in tasks} == {""}


@DUE_WORK.idea
async def a_freed_task_waits_for_its_own_time(scene: Scene) -> None:
    due_at_us = await scene.now_us() + 600 * SECOND_US
    later, sooner = (
        scene.task(held_for=HELD_FOR, due_at_us=due_at_us),
        scene.task(held_for=HELD_FOR),
    )
    await scene.admit(later, sooner)
    await scene.store.due_work.free_held(HELD_FOR, [scene.lambda_id], 100)
    assert await scene.enqueue_all() == [sooner.id]
    assert await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS) == {scene.lane: due_at_us}
    await scene.advance(LONG_S)
    assert await scene.enqueue_all() == [later.id]


@DUE_WORK.idea
async def what_was_due_while_it_was_held_is_due_at_once_and_in_due_order(scene: Scene) -> None:
    now_us = await scene.now_us()
    order = [3, 1, 4, 2]
    tasks = [scene.task(held_for=HELD_FOR, due_at_us=now_us + 10 * SECOND_US * place) for place in order]
    await scene.admit(*tasks)
    await scene.advance(LONG_S)
    await scene.store.due_work.free_held(HELD_FOR, [scene.lambda_id], 100)
    by_due_time = sorted(tasks, key=lambda task: task.due_at_us)
    assert await scene.enqueue_all() == [task.id for task in by_due_time]


@DUE_WORK.idea
async def only_the_lambdas_and_the_reason_named_are_freed(scene: Scene) -> None:
    wanted, other_reason, other_lambda = (
        scene.task(held_for=HELD_FOR),
        scene.task(held_for="gate"),
        scene.task(held_for=HELD_FOR, lane=scene.other_lane),
    )
    await scene.admit(wanted, other_reason, other_lambda)
    assert await scene.store.due_work.free_held(HELD_FOR, [], 100) == 0
    assert await scene.store.due_work.free_held(HELD_FOR, [scene.lambda_id], 100) == 1
    statuses = [await scene.status(task.id) for task in (wanted, other_reason, other_lambda)]
    assert statuses == [Status.NEW, Status.HELD, Status.HELD]


@DUE_WORK.idea
async def no_task_is_freed_twice(scene: Scene) -> None:
    await scene.admit(*(scene.task(held_for=HELD_FOR) for _ in range(50)))
    freeing = (scene.store.due_work.free_held(HELD_FOR, [scene.lambda_id], 30) for _ in range(4))
    freed = sum(await asyncio.gather(*freeing))
    while more := await scene.store.due_work.free_held(HELD_FOR, [scene.lambda_id], 30):
        freed += more
    assert freed == 50


@DUE_WORK.idea
async def a_lease_that_ended_shows_once_and_its_task_can_be_enqueued_again(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.advance(LONG_S)
    (row,) = await scene.store.due_work.overdue(ALL_BUCKETS, 10)
    await scene.apply(move(owned, Event.LEASE_LOST, seen_trigger_at_us=row.trigger_at_us, add_lapses=1))
    assert await overdue(scene) == []
    await scene.advance(1)
    assert await scene.enqueue_all() == [owned.id]
    assert (await scene.claim(owned.id)).claim == owned.claim + 1
