# ruff: noqa: D103 - the name of an idea is its sentence
"""Deliveries wait, run and are looked after as tasks are, and are none of the tasks."""

from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.delivery_row import Settle
from penstock.model.lifecycle import HELD_FOR_GATE, Event, GateState, Status
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.delivery_scene import Stage
from penstock.testing.contracts.scene import LEASE_S, Scene
from penstock.testing.contracts.store_suites import DELIVERIES


@DELIVERIES.idea
async def what_waits_is_due_among_the_tasks_of_its_lane(scene: Scene) -> None:
    stage = await Stage.of(scene)
    task = scene.task()
    await scene.admit(task)
    await scene.advance(0.01)
    await stage.make(stage.new(9), room=False)
    due = await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS)
    assert list(due) == [scene.lane]
    assert await scene.enqueue_all() == [task.id, stage.id()]


@DELIVERIES.idea
async def a_lost_reference_and_a_lost_lease_are_overdue(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(9), stage.new(9, subject="b"))
    await stage.claim("b")
    assert await scene.store.due_work.overdue(ALL_BUCKETS, 10) == []
    await scene.advance(LEASE_S + 1)
    found = await scene.store.due_work.overdue(ALL_BUCKETS, 10)
    assert {row.id: row.status for row in found} == {stage.id(): Status.ENQUEUED, stage.id("b"): Status.CLAIMED}
    assert [row.id for row in await scene.store.due_work.enqueued_page(ALL_BUCKETS, None, 10)] == [stage.id()]
    await scene.store.due_work.look_later(found, 5.0)
    assert await scene.store.due_work.overdue(ALL_BUCKETS, 10) == []


@DELIVERIES.idea
async def heartbeats_keep_a_claim(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9)
    await scene.advance(1.0)
    beat = Beat(claimed.id, 1, started=True, executor="host/1", namespace_id=scene.namespace_id)
    async with scene.span() as span:
        assert not (await scene.store.transitions.heartbeat([beat], LEASE_S)).refused
    row = await stage.row()
    assert (row.trigger.status, row.trigger.executor) == (Status.PROCESSING, "host/1")
    assert span.covers(row.trigger.trigger_at_us, LEASE_S)
    stale = Beat(claimed.id, 2, started=True)
    assert (await scene.store.transitions.heartbeat([stale], LEASE_S)).refused == {claimed.id}
    other = Beat(claimed.id, 1, started=True, namespace_id=await scene.store.registry.namespace("other"))
    assert (await scene.store.transitions.heartbeat([other], LEASE_S)).refused == {claimed.id}
    assert (await scene.store.transitions.read([claimed.id]))[claimed.id].claim == 1


@DELIVERIES.idea
async def a_gate_holds_it_at_the_claim_and_gives_it_back(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(9))
    await scene.gate(GateState.PAUSE)
    assert await stage.deliveries.claim([stage.id()], LEASE_S) == []
    row = await stage.row()
    assert (row.trigger.status, row.trigger.held_for, row.trigger.claim) == (Status.HELD, HELD_FOR_GATE, 0)
    (standing,) = await scene.store.gates.standing(scene.namespace_id, "")
    assert standing.held == 1
    await scene.gate(GateState.OPEN)
    assert await scene.settle() == 1
    assert await scene.enqueue_all() == [stage.id()]


@DELIVERIES.idea
async def a_gate_holds_it_when_it_is_due(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await scene.gate(GateState.PAUSE)
    await stage.make(stage.new(9), room=False)
    assert await scene.enqueue_all() == []
    assert (await stage.row()).trigger.held_for == HELD_FOR_GATE
    await scene.gate(GateState.OPEN)
    await scene.settle()
    assert await scene.enqueue_all() == [stage.id()]


@DELIVERIES.idea
async def no_change_of_a_task_moves_it(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9)
    changes: list[Change] = [
        Finish(claimed.id, Event.SUCCEEDED, Status.SUCCESS, 1, add_attempts=1),
        Finish(claimed.id, Event.EXHAUSTED, Status.DEAD, 1),
        Move(claimed.id, Event.RELEASE, Status.NEW, 1),
        AskToCancel(claimed.id),
    ]
    before = await stage.row()
    for change in changes:
        assert await scene.store.transitions.apply([change]) == [False], change
    assert await stage.row() == before
    await stage.make(stage.new(9, subject="b"))
    assert await scene.store.transitions.claim([stage.id("b")], LEASE_S) == []
    assert await stage.status("b") is Status.ENQUEUED


@DELIVERIES.idea
async def no_change_of_a_delivery_moves_a_task(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await scene.claimed()
    assert await stage.deliveries.read([claimed.id]) == {}
    await stage.refused(Settle(claimed.id, claimed.claim, Event.RELEASE))
    task_id = await scene.enqueued()
    assert await stage.deliveries.claim([task_id], LEASE_S) == []
    assert await scene.status(task_id) is Status.ENQUEUED


@DELIVERIES.idea
async def lanes_count_what_is_under_way(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(9), stage.new(9, subject="b"), stage.new(0, subject="idle"))
    await stage.claim("b")
    seen = await scene.store.lane_counts.lanes(scene.namespace_id, "mail.send", "", 1, LEASE_S)
    lane = next(each for each in seen.lanes if each.lane == scene.lane)
    assert (lane.enqueued, lane.claimed, lane.due) == (1, 1, 0)


@DELIVERIES.idea
async def what_a_gate_drops_is_condemned_and_can_be_passed_over(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(9), stage.new(9, subject="b"))
    assert await stage.deliveries.condemned(10) == []
    await scene.gate(GateState.DROP)
    assert await stage.deliveries.claim([stage.id()], LEASE_S) == []
    assert await scene.store.gates.drop_held(10) == [], "it is no task"
    (row,) = await stage.deliveries.condemned(10)
    assert (row.trigger.id, row.cursor, row.head) == (stage.id(), 0, 9)
    await stage.apply(Settle(row.trigger.id, row.trigger.claim, Event.DROP, 7))
    after = await stage.row()
    assert (after.cursor, after.trigger.status) == (7, Status.IDLE)
    assert await stage.deliveries.condemned(10) == []
    await stage.refused(Settle(stage.id("b"), 0, Event.DROP, 7))


@DELIVERIES.idea
async def sweeps_and_gates_of_tasks_pass_it_by(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(9), room=False)
    before = await stage.row()
    await scene.ended()
    assert await scene.store.results.ended(scene.namespace_id, [stage.id()]) == {}
    assert await stage.row() == before
