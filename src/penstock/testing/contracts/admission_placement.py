# ruff: noqa: D103 - the name of an idea is its sentence
"""Where a task goes when it is stored: straight into its lane, or to wait."""

from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Event, Status
from penstock.model.limits import OVERTAKING_S_MAX
from penstock.ports.admission import AdmitRequest
from penstock.testing.contracts.scene import HELD_FOR, LONG_S, Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import ADMISSION

HELD_LOOK_S = 30.0


@ADMISSION.idea
async def a_task_due_now_goes_straight_into_an_idle_lane_with_room(scene: Scene) -> None:
    task = scene.task()
    admitted = await scene.admit(task, room={scene.lane: 1})
    row = await scene.row(task.id)
    assert scene.lane in admitted.open_lanes
    assert row.status is Status.ENQUEUED
    assert row.trigger_at_us == admitted.stored_at_us + round(scene.under_test.enqueue_timeout_s * 1_000_000)
    assert (row.claim, row.attempts, row.crashes, row.lapses) == (0, 0, 0, 0)
    assert not row.suspect
    assert not row.cancel_requested
    assert (await scene.claim(task.id)).claim == 1


@ADMISSION.idea
async def the_time_of_storing_is_the_stores_clock(scene: Scene) -> None:
    await scene.advance(2 * LONG_S)
    async with scene.span() as span:
        admitted = await scene.admit(scene.task())
    assert span.covers(admitted.stored_at_us)


@ADMISSION.idea
async def a_task_due_now_waits_as_new_where_there_is_no_room(scene: Scene) -> None:
    unnamed, none_left = scene.task(), scene.task(lane=scene.high_lane)
    admitted = await scene.admit(unnamed, none_left, room={scene.high_lane: 0})
    for task in (unnamed, none_left):
        row = await scene.row(task.id)
        assert row.status is Status.NEW
        assert row.trigger_at_us == admitted.stored_at_us
        assert task.lane not in admitted.open_lanes


@ADMISSION.idea
async def all_due_tasks_of_one_trip_go_into_a_lane_that_is_open(scene: Scene) -> None:
    tasks = [scene.task() for _ in range(20)]
    await scene.admit(*tasks, room={scene.lane: 1})
    rows = await scene.store.transitions.read([task.id for task in tasks])
    assert {row.status for row in rows.values()} == {Status.ENQUEUED}
    assert len(rows) == 20


@ADMISSION.idea
async def nothing_goes_past_a_due_task_that_has_waited_long_as_new(scene: Scene) -> None:
    await scene.admit(scene.task())
    await scene.advance(2 * OVERTAKING_S_MAX)
    later = scene.task()
    admitted = await scene.admit(later, room={scene.lane: 100})
    assert scene.lane not in admitted.open_lanes
    assert await scene.status(later.id) is Status.NEW


@ADMISSION.idea
async def a_lane_is_open_until_what_waits_has_waited_long(scene: Scene) -> None:
    """Otherwise a lane under steady load that was full once would be closed for ever: something always waits."""
    first = await scene.admit(scene.task())
    later = scene.task()
    admitted = await scene.admit(later, room={scene.lane: 100})
    waited_s = (admitted.stored_at_us - first.stored_at_us) / 1_000_000
    assert (scene.lane in admitted.open_lanes) == (waited_s < OVERTAKING_S_MAX)
    assert (await scene.status(later.id) is Status.ENQUEUED) == (waited_s < OVERTAKING_S_MAX)


@ADMISSION.idea
async def nothing_goes_past_a_due_retry(scene: Scene) -> None:
    await scene.task_that_is(Status.RETRIABLE_FAILURE)
    await scene.advance(2 * OVERTAKING_S_MAX)
    later = scene.task()
    await scene.admit(later, room={scene.lane: 100})
    assert await scene.status(later.id) is Status.NEW


@ADMISSION.idea
async def a_delayed_task_closes_its_lane_only_when_its_time_has_come(scene: Scene) -> None:
    await scene.admit(scene.task(delay_us=60_000_000))
    before, after = scene.task(), scene.task()
    await scene.admit(before, room={scene.lane: 100})
    assert await scene.status(before.id) is Status.ENQUEUED
    await scene.advance(61)
    await scene.admit(after, room={scene.lane: 100})
    assert await scene.status(after.id) is Status.NEW


@ADMISSION.idea
async def a_lane_opens_again_when_what_waited_has_gone_into_it(scene: Scene) -> None:
    await scene.admit(scene.task())
    await scene.enqueue_all()
    task = scene.task()
    await scene.admit(task, room={scene.lane: 1})
    assert await scene.status(task.id) is Status.ENQUEUED


@ADMISSION.idea
async def held_enqueued_and_owned_tasks_do_not_close_a_lane(scene: Scene) -> None:
    for status in (Status.HELD, Status.ENQUEUED, Status.CLAIMED, Status.PROCESSING):
        await scene.task_that_is(status)
    await scene.advance(LONG_S)
    task = scene.task()
    await scene.admit(task, room={scene.lane: 1})
    assert await scene.status(task.id) is Status.ENQUEUED


@ADMISSION.idea
async def a_backlog_closes_its_own_lane_only(scene: Scene) -> None:
    await scene.admit(scene.task())
    await scene.advance(2 * OVERTAKING_S_MAX)
    behind, beside, elsewhere = scene.task(), scene.task(lane=scene.high_lane), scene.task(lane=scene.other_lane)
    room = {scene.lane: 1, scene.high_lane: 1, scene.other_lane: 1}
    admitted = await scene.admit(behind, beside, elsewhere, room=room)
    assert admitted.open_lanes == {scene.high_lane, scene.other_lane}
    assert await scene.status(behind.id) is Status.NEW
    assert await scene.status(beside.id) is Status.ENQUEUED
    assert await scene.status(elsewhere.id) is Status.ENQUEUED


@ADMISSION.idea
async def a_task_for_later_waits_for_exactly_its_time(scene: Scene) -> None:
    due_at_us = await scene.now_us() + 60_000_123
    task = scene.task(due_at_us=due_at_us)
    await scene.admit(task, room={scene.lane: 100})
    row = await scene.row(task.id)
    assert (row.status, row.trigger_at_us) == (Status.NEW, due_at_us)


@ADMISSION.idea
async def a_delay_counts_from_the_moment_of_storing(scene: Scene) -> None:
    await scene.advance(LONG_S)
    task = scene.task(delay_us=60_000_123)
    admitted = await scene.admit(task, room={scene.lane: 100})
    row = await scene.row(task.id)
    assert (row.status, row.trigger_at_us) == (Status.NEW, admitted.stored_at_us + 60_000_123)


@ADMISSION.idea
async def a_due_time_in_the_past_is_now(scene: Scene) -> None:
    long_ago = await scene.now_us() - 3_600_000_000
    into_the_lane, waiting = scene.task(due_at_us=long_ago), scene.task(due_at_us=1, lane=scene.high_lane)
    admitted = await scene.admit(into_the_lane, waiting, room={scene.lane: 1})
    assert (await scene.row(waiting.id)).trigger_at_us == admitted.stored_at_us
    assert (await scene.claim(into_the_lane.id)).scheduled_at_us == admitted.stored_at_us


@ADMISSION.idea
async def a_held_task_is_held_though_its_lane_is_open(scene: Scene) -> None:
    task = scene.task(held_for=HELD_FOR)
    admitted = await scene.admit(task, room={scene.lane: 100})
    row = await scene.row(task.id)
    assert (row.status, row.held_for) == (Status.HELD, HELD_FOR)
    assert row.trigger_at_us == admitted.stored_at_us + round(HELD_LOOK_S * 1_000_000)


@ADMISSION.idea
async def what_a_task_carries_comes_back_with_its_claim(scene: Scene) -> None:
    payload = bytes(range(256)) * 1024
    task = scene.task(payload=payload, collection="größe 漢字 𝄞")
    admitted = await scene.admit(task, room={scene.lane: 1})
    claimed = await scene.claim(task.id)
    assert claimed.payload == payload
    assert claimed.collection == task.collection
    assert (claimed.id, claimed.lane) == (task.id, scene.lane)
    assert claimed.scheduled_at_us == admitted.stored_at_us
    assert (claimed.claim, claimed.attempts, claimed.suspect) == (1, 0, False)


@ADMISSION.idea
async def an_empty_payload_stays_empty(scene: Scene) -> None:
    task = scene.task(payload=b"")
    await scene.admit(task, room={scene.lane: 1})
    assert (await scene.claim(task.id)).payload == b""


@ADMISSION.idea
async def calls_of_several_namespaces_share_a_trip(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    mine, theirs = scene.task(), scene.task()
    requests = [scene.request([mine]), AdmitRequest(other, [theirs], 1)]
    admitted = await scene.store.admission.admit(requests, {})
    assert len(admitted.replies) == 2
    assert await scene.store.results.unknown(scene.namespace_id, [mine.id, theirs.id]) == [theirs.id]
    assert await scene.store.results.unknown(other, [mine.id, theirs.id]) == [mine.id]


@ADMISSION.idea
async def a_trip_with_nothing_in_it_is_answered(scene: Scene) -> None:
    async with scene.nothing_changes():
        assert (await scene.store.admission.admit([], {})).replies == []
        assert len((await scene.store.admission.admit([scene.request([])], {})).replies) == 1


@ADMISSION.idea
async def a_thousand_tasks_fit_into_one_trip(scene: Scene) -> None:
    ids = scene.ids(1000)
    await scene.admit(*(scene.task(id=task_id) for task_id in ids))
    assert set(await scene.store.transitions.read(ids)) == set(ids)


@ADMISSION.idea
async def ids_that_stand_are_left_as_they_are(scene: Scene) -> None:
    """The caller repeats a call after an unknown outcome; some of its tasks have long moved on."""
    waiting, running, ended = scene.task(), scene.task(), scene.task()
    await scene.admit(waiting, running, ended)
    await scene.enqueue_all()
    await scene.claim(running.id)
    claim = await scene.claim(ended.id)
    await scene.apply(finish(Standing(claim.id, claim.claim), Event.SUCCEEDED, result=b"1"))
    async with scene.nothing_changes():
        reply = (await scene.admit(waiting, running, ended, room={scene.lane: 9})).replies[0]
    assert reply.conflicts == {}
    assert await scene.status(ended.id) is Status.SUCCESS


@ADMISSION.idea
async def a_repeat_stores_what_the_first_try_did_not(scene: Scene) -> None:
    first, second = scene.task(), scene.task()
    await scene.admit(first)
    before = await scene.row(first.id)
    await scene.admit(first, second)
    assert await scene.row(first.id) == before
    assert await scene.status(second.id) is Status.NEW


@ADMISSION.idea
async def an_ended_task_is_not_stored_again(scene: Scene) -> None:
    task = scene.task()
    await scene.admit(task)
    await scene.apply(finish(Standing(task.id, 0), Event.DROP, anyones=True))
    await scene.admit(task, room={scene.lane: 1})
    assert await scene.status(task.id) is Status.DROPPED
    assert await scene.store.transitions.read([task.id]) == {}


@ADMISSION.idea
async def a_retry_that_backs_off_does_not_close_its_lane(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED, delay_us=60_000_000))
    task = scene.task()
    await scene.admit(task, room={scene.lane: 1})
    assert await scene.status(task.id) is Status.ENQUEUED


@ADMISSION.idea
async def a_nul_in_a_text_is_refused_and_the_whole_batch_is_not_written(scene: Scene) -> None:
    await _is_refused(scene, "null\x00byte")


@ADMISSION.idea
async def a_lone_surrogate_in_a_text_is_refused_and_the_whole_batch_is_not_written(scene: Scene) -> None:
    await _is_refused(scene, "half \ud800")


async def _is_refused(scene: Scene, text: str) -> None:
    good = scene.task()
    for guilty in (scene.task(collection=text), scene.task(key=text, key_life_s=60)):
        async with scene.nothing_changes():
            try:
                await scene.admit(good, guilty)
            except InvalidInput:
                continue
            raise AssertionError(f"{guilty} was taken")
