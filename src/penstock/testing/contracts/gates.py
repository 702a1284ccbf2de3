# ruff: noqa: D103 - the name of an idea is its sentence
"""What a gate stops: at every door through which a task that is due could pass."""

from penstock.model.gate import GateOrder
from penstock.model.identity import TaskId
from penstock.model.lifecycle import (
    HELD_FOR_COLLECTION,
    HELD_FOR_DROP,
    HELD_FOR_GATE,
    GateState,
    Status,
    held_for,
)
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.scene import LEASE_S, LONG_S, Scene
from penstock.testing.contracts.store_suites import GATES

SECOND_US = 1_000_000
PAUSE, DROP, OPEN = GateState.PAUSE, GateState.DROP, GateState.OPEN


async def held(scene: Scene, task_id: TaskId) -> str:
    """Why it is held; "" when it is not."""
    row = await scene.row(task_id)
    assert (row.status is Status.HELD) == bool(row.held_for)
    return row.held_for


@GATES.idea
async def what_is_due_is_held_when_it_would_be_enqueued(scene: Scene) -> None:
    stopped, free = scene.task(collection="letters"), scene.task(collection="bills")
    await scene.admit(stopped, free)
    await scene.gate(PAUSE, "letters")
    await scene.advance(1)
    batch = await scene.store.due_work.enqueue_due({scene.lane: 9}, ALL_BUCKETS, 5.0)
    assert [reference.id for reference in batch.references[scene.lane]] == [free.id]
    assert (batch.held, batch.condemned) == ({scene.lane: 1}, False)
    assert await held(scene, stopped.id) == HELD_FOR_COLLECTION
    assert await scene.store.due_work.next_due([scene.lane], ALL_BUCKETS) == {}, "it is out of the others' way"


@GATES.idea
async def what_is_enqueued_is_held_when_it_would_be_claimed(scene: Scene) -> None:
    stopped = await scene.enqueued(collection="letters")
    free = await scene.enqueued()
    await scene.gate(PAUSE, "letters")
    claimed = await scene.store.transitions.claim([stopped, free], LEASE_S)
    assert [(each.id, each.claim) for each in claimed] == [(free, 1)]
    assert await held(scene, stopped) == HELD_FOR_COLLECTION
    assert (await scene.row(stopped)).claim == 0


@GATES.idea
async def what_is_due_at_the_door_is_held_there(scene: Scene) -> None:
    await scene.gate(PAUSE)
    stopped, later, other = scene.task(), scene.task(delay_us=60 * SECOND_US), scene.task(lane=scene.other_lane)
    admitted = await scene.admit(stopped, later, other, room={scene.lane: 9, scene.other_lane: 9})
    assert admitted.shut == {(scene.lambda_id, "")}
    assert await held(scene, stopped.id) == HELD_FOR_GATE
    assert await scene.status(later.id) is Status.NEW, "a gate acts when a task is due"
    assert await scene.status(other.id) is Status.ENQUEUED


@GATES.idea
async def a_gate_on_a_lambda_stops_all_of_its_lanes_and_collections_and_no_other_lambda(scene: Scene) -> None:
    mine = [scene.task(), scene.task(collection="letters"), scene.task(lane=scene.high_lane)]
    other = scene.task(lane=scene.other_lane)
    await scene.admit(*mine, other)
    await scene.gate(PAUSE)
    await scene.advance(1)
    wants = {scene.lane: 9, scene.high_lane: 9, scene.other_lane: 9}
    batch = await scene.store.due_work.enqueue_due(wants, ALL_BUCKETS, 5.0)
    assert {lane: len(found) for lane, found in batch.references.items() if found} == {scene.other_lane: 1}
    assert batch.held == {scene.lane: 2, scene.high_lane: 1}
    assert [await held(scene, task.id) for task in mine] == [HELD_FOR_GATE] * 3


@GATES.idea
async def every_pair_of_gates_means_what_the_rule_says(scene: Scene) -> None:
    for whole in GateState:
        for own in GateState:
            await scene.gate(whole)
            await scene.gate(own, "letters")
            task = scene.task(collection="letters")
            await scene.admit(task, room={scene.lane: 9})
            assert await held(scene, task.id) == held_for(whole, own), f"{whole} and {own}, at the door"
            await scene.gate(OPEN)
            await scene.gate(OPEN, "letters")
            enqueued = await scene.enqueued(collection="letters")
            await scene.gate(whole)
            await scene.gate(own, "letters")
            claimed = await scene.store.transitions.claim([enqueued], LEASE_S)
            assert bool(claimed) == (not held_for(whole, own))
            if not claimed:
                assert await held(scene, enqueued) == held_for(whole, own), f"{whole} and {own}, at the claim"


@GATES.idea
async def a_retry_that_becomes_due_passes_the_same_gate(scene: Scene) -> None:
    waiting = await scene.task_that_is(Status.RETRIABLE_FAILURE)
    await scene.gate(PAUSE)
    await scene.advance(1)
    assert await scene.enqueue_all() == []
    assert await held(scene, waiting.id) == HELD_FOR_GATE
    assert (await scene.row(waiting.id)).claim == waiting.claim, "its fence stays"


@GATES.idea
async def what_runs_goes_on(scene: Scene) -> None:
    owned = [await scene.task_that_is(status) for status in (Status.CLAIMED, Status.PROCESSING)]
    await scene.gate(DROP)
    for standing in owned:
        assert (await scene.row(standing.id)).status in {Status.CLAIMED, Status.PROCESSING}


@GATES.idea
async def what_was_due_while_a_gate_dropped_ends_as_dropped_whatever_becomes_of_the_gate(scene: Scene) -> None:
    enqueued = await scene.enqueued()
    await scene.gate(DROP)
    at_the_door, waiting = scene.task(), scene.task(delay_us=SECOND_US)
    await scene.admit(at_the_door, waiting, room={scene.lane: 9})
    assert await scene.store.transitions.claim([enqueued], LEASE_S) == []
    await scene.advance(2)
    batch = await scene.store.due_work.enqueue_due({scene.lane: 9}, ALL_BUCKETS, 5.0)
    assert batch.condemned
    ids = {enqueued, at_the_door.id, waiting.id}
    assert [await held(scene, task_id) for task_id in ids] == [HELD_FOR_DROP] * 3
    await scene.gate(OPEN)
    assert await scene.settle() == 0
    assert set(await scene.store.gates.drop_held(2)) | set(await scene.store.gates.drop_held(9)) == ids
    for task_id in ids:
        ended = (await scene.store.results.ended(scene.namespace_id, [task_id]))[task_id].outcome
        assert (ended.status, ended.reason, ended.attempts, ended.run_us) == (Status.DROPPED, "gate", 0, 0)
    assert list(await scene.store.gates.drop_held(9)) == []


@GATES.idea
async def nobody_looks_at_what_a_gate_holds(scene: Scene) -> None:
    await scene.gate(PAUSE)
    await scene.admit(scene.task(), room={scene.lane: 9})
    await scene.advance(LONG_S)
    assert await scene.store.due_work.overdue(ALL_BUCKETS, 9) == []


@GATES.idea
async def a_held_task_can_be_cancelled(scene: Scene) -> None:
    from penstock.model.verdict import cancel  # noqa: PLC0415 - the rule under its own name

    await scene.gate(PAUSE)
    task = scene.task()
    await scene.admit(task, room={scene.lane: 9})
    await scene.apply(cancel(await scene.row(task.id)))
    await scene.gate(OPEN)
    assert await scene.settle() == 0
    assert await scene.status(task.id) is Status.CANCELLED


@GATES.idea
async def a_gate_out_of_time_stops_nothing(scene: Scene) -> None:
    enqueued = await scene.enqueued()
    await scene.gate(PAUSE, for_us=10 * SECOND_US)
    await scene.advance(11)
    assert [each.id for each in await scene.store.transitions.claim([enqueued], LEASE_S)] == [enqueued]
    task = scene.task()
    await scene.admit(task)
    await scene.advance(1)
    assert await scene.enqueue_all() == [task.id]


@GATES.idea
async def a_gate_of_a_collection_stops_no_task_without_one(scene: Scene) -> None:
    await scene.store.gates.order(GateOrder(scene.namespace_id, scene.lambda_id, "letters", PAUSE))
    plain = await scene.enqueued()
    assert len(await scene.store.transitions.claim([plain], LEASE_S)) == 1
