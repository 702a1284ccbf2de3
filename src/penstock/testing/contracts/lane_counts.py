# ruff: noqa: D103 - the name of an idea is its sentence
"""What stands in lanes, counted."""

from penstock.model.lane_count import LaneCount
from penstock.model.lifecycle import (
    HELD_FOR_COLLECTION,
    HELD_FOR_GATE,
    HELD_FOR_REGISTRATION,
    LIVE,
    Event,
    GateState,
    Status,
)
from penstock.model.task import NewTask
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.periodic_scene import advance, created, due, register, step
from penstock.testing.contracts.scene import LEASE_S, Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import LANE_COUNTS, SCHEDULES

SECOND_US = 1_000_000


async def counted(scene: Scene, name: str = "mail.send") -> LaneCount:
    """The normal lane of one lambda."""
    _, normal, _ = (await scene.store.lane_counts.lanes(scene.namespace_id, name, "", 9, LEASE_S)).lanes
    return normal


@LANE_COUNTS.idea
async def every_live_status_is_counted_in_its_place(scene: Scene) -> None:
    for status in sorted(LIVE):
        await scene.task_that_is(status)
    await scene.admit(scene.task(delay_us=3600 * SECOND_US), scene.task(delay_us=3600 * SECOND_US))
    lane = await counted(scene)
    assert (lane.lane, lane.lambda_name) == (scene.lane, "mail.send")
    assert lane.due == 2, "what is new, and what failed and has no backoff"
    assert (lane.later, lane.backing_off) == (2, 0)
    assert (lane.enqueued, lane.claimed, lane.processing) == (1, 1, 1)
    assert dict(lane.held) == {HELD_FOR_REGISTRATION: 1}
    assert (lane.waiting, lane.running) == (3, 2)


@LANE_COUNTS.idea
async def what_has_ended_is_counted_nowhere(scene: Scene) -> None:
    for status in (Status.SUCCESS, Status.DEAD, Status.CANCELLED, Status.DROPPED):
        await scene.task_that_is(status)
    assert (await counted(scene)).is_empty


@LANE_COUNTS.idea
async def a_backoff_is_told_apart_from_a_time_to_come(scene: Scene) -> None:
    claimed = await scene.task_that_is(Status.CLAIMED)
    await scene.apply(move(claimed, Event.RAISED, delay_us=60 * SECOND_US))
    await scene.admit(scene.task(delay_us=60 * SECOND_US))
    lane = await counted(scene)
    assert (lane.due, lane.later, lane.backing_off) == (0, 1, 1)
    await scene.advance(61)
    assert (await counted(scene)).due == 2


@LANE_COUNTS.idea
async def what_gates_hold_is_counted_by_what_holds_it(scene: Scene) -> None:
    await scene.gate(GateState.PAUSE, "letters")
    await scene.admit(scene.task(collection="letters"), scene.task(), room={scene.lane: 9})
    assert dict((await counted(scene)).held) == {HELD_FOR_COLLECTION: 1}
    await scene.gate(GateState.PAUSE)
    await scene.admit(scene.task(), room={scene.lane: 9})
    assert dict((await counted(scene)).held) == {HELD_FOR_COLLECTION: 1, HELD_FOR_GATE: 1}


@LANE_COUNTS.idea
async def the_oldest_that_is_due_is_the_one_that_waits_longest_in_the_store_or_in_its_lane(scene: Scene) -> None:
    assert (await counted(scene)).oldest_due_us == 0
    async with scene.span() as first:
        claimed = await scene.claimed()
        await scene.apply(move(Standing(claimed.id, claimed.claim), Event.RELEASE))
    await scene.advance(30)
    async with scene.span() as second:
        waits_in_the_lane = await scene.enqueued()
    await scene.advance(30)
    await scene.admit(scene.task())
    assert first.covers((await counted(scene)).oldest_due_us), "released, it is due since then"
    claimed = await scene.claim((await scene.enqueue_all(want=1))[0])
    await scene.apply(finish(Standing(claimed.id, claimed.claim), Event.SUCCEEDED))
    assert second.covers((await counted(scene)).oldest_due_us)
    assert await scene.status(waits_in_the_lane) is Status.ENQUEUED


@LANE_COUNTS.idea
async def lanes_of_other_lambdas_and_namespaces_are_not_mixed_in(scene: Scene) -> None:
    elsewhere = await scene.store.registry.namespace("elsewhere")
    record = (await scene.store.registry.resolve(elsewhere, ["mail.send"]))["mail.send"]
    await scene.admit(NewTask(scene.ids(1)[0], scene.other_lane, b"{}"), scene.task(lane=scene.high_lane))
    await scene.admit(scene.task(lane=scene.other_lane, held_for=HELD_FOR_REGISTRATION))
    high, normal, low = (await scene.store.lane_counts.lanes(scene.namespace_id, "mail.send", "", 9, LEASE_S)).lanes
    assert (high.due, normal.due, low.due) == (1, 0, 0)
    assert [dict(lane.held) for lane in (high, normal, low)] == [{}, {}, {}]
    assert (await counted(scene, "mail.sweep")).due == 1
    theirs = await scene.store.lane_counts.lanes(elsewhere, "", "", 9, LEASE_S)
    assert {lane.lane // 4 for lane in theirs.lanes} == {record.id}
    assert all(lane.is_empty for lane in theirs.lanes)


@LANE_COUNTS.idea
async def lambdas_come_by_name_page_by_page(scene: Scene) -> None:
    look = scene.store.lane_counts.lanes
    first = await look(scene.namespace_id, "", "", 1, LEASE_S)
    assert [lane.lambda_name for lane in first.lanes] == ["mail.send"] * 3
    assert first.whole
    second = await look(scene.namespace_id, "", "mail.send", 1, LEASE_S)
    assert [lane.lambda_name for lane in second.lanes] == ["mail.sweep"] * 3
    last = await look(scene.namespace_id, "", "mail.sweep", 1, LEASE_S)
    assert last.lanes == []
    assert abs(last.now_us - await scene.now_us()) < 60 * SECOND_US


@LANE_COUNTS.idea
async def whether_a_worker_has_registered_it_is_told(scene: Scene) -> None:
    assert not (await counted(scene)).registered
    await register(scene)
    assert (await counted(scene)).registered


@LANE_COUNTS.idea
async def older_ones_are_those_that_go_first_and_are_counted_up_to_a_limit(scene: Scene) -> None:
    older = scene.store.lane_counts.older_due
    await scene.admit(scene.task(), scene.task())
    await scene.admit(scene.task(lane=scene.high_lane), scene.task(held_for=HELD_FOR_REGISTRATION))
    await scene.enqueued()
    await scene.advance(1)
    mine = scene.task()
    await scene.admit(mine, scene.task(delay_us=60 * SECOND_US))
    at_us = (await scene.row(mine.id)).trigger_at_us
    assert await older(scene.lane, at_us, 10) == 2
    assert await older(scene.lane, at_us, 1) == 1
    await scene.store.due_work.enqueue_due({scene.lane: 2}, ALL_BUCKETS, 5.0)
    assert await older(scene.lane, at_us, 10) == 0


@LANE_COUNTS.idea
async def suspects_in_the_lane_are_counted_besides(scene: Scene) -> None:
    claimed = await scene.task_that_is(Status.CLAIMED)
    await scene.apply(move(claimed, Event.CRASHED_IN_COMPANY, suspect=True))
    await scene.enqueue_all()
    await scene.enqueued()
    lane = await counted(scene)
    assert (lane.enqueued, lane.suspects) == (2, 1)


@SCHEDULES.idea
async def a_task_names_the_schedule_whose_tick_it_is(scene: Scene) -> None:
    await register(scene)
    schedule = await created(scene, name="digest")
    await advance(scene, step((await due(scene))[0]))
    [tick] = await scene.store.schedules.ticks(schedule.id, 9)
    assert await scene.store.schedules.made(tick.task_id) == "digest"
    plain = scene.task()
    await scene.admit(plain)
    assert await scene.store.schedules.made(plain.id) == ""
    assert await scene.store.schedules.made(scene.ids(1)[0]) == ""
