# ruff: noqa: D103 - the name of an idea is its sentence
"""What becomes of tasks that a gate holds, when it is changed."""

import asyncio

from penstock.model.gate import Gate
from penstock.model.identity import TaskId
from penstock.model.lifecycle import HELD_FOR_COLLECTION, HELD_FOR_DROP, HELD_FOR_GATE, GateState, Status
from penstock.model.limits import GATE_LATE_S
from penstock.testing.contracts.gates import held
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import GATES

SECOND_US = 1_000_000
PAUSE, DROP, OPEN = GateState.PAUSE, GateState.DROP, GateState.OPEN


async def hold(scene: Scene, count: int, collection: str = "") -> list[TaskId]:
    """Tasks held by a gate that stands, in the order in which they were due."""
    ids = scene.ids(count)
    now_us = await scene.now_us()
    await scene.admit(
        *(
            scene.task(id=task_id, collection=collection, due_at_us=now_us + (1 + 7 * n % count) * SECOND_US)
            for n, task_id in enumerate(ids)
        )
    )
    await scene.advance(count + 1)
    assert await scene.enqueue_all() == []
    return [task_id for _, task_id in sorted((1 + 7 * n % count, task_id) for n, task_id in enumerate(ids))]


async def unsettled(scene: Scene) -> list[tuple[str, GateState]]:
    """Collection and state of each."""
    return [(gate.collection, gate.state) for gate in await scene.store.gates.unsettled()]


@GATES.idea
async def what_a_gate_held_is_freed_in_due_order_in_batches(scene: Scene) -> None:
    for collection in ("", "letters"):
        await scene.gate(PAUSE, collection)
        ids = await hold(scene, 100, collection)
        await scene.gate(OPEN, collection)
        assert await scene.settle(limit=30) == 100
        await scene.advance(1)
        assert await scene.enqueue_all() == ids


@GATES.idea
async def a_batch_is_no_larger_than_asked_and_tells_what_it_freed(scene: Scene) -> None:
    await scene.gate(PAUSE)
    await hold(scene, 7)
    await scene.gate(OPEN)
    (gate,) = await scene.store.gates.unsettled()
    first = await scene.store.gates.settle(gate, 5)
    assert (first.freed, first.moved) == ({scene.lane: 5}, 5)
    assert (await scene.store.gates.settle(gate, 5)).moved == 2
    assert (await scene.store.gates.settle(gate, 5)).moved == 0


@GATES.idea
async def opening_one_of_two_gates_frees_nothing_that_the_other_holds(scene: Scene) -> None:
    await scene.gate(PAUSE)
    await scene.gate(PAUSE, "letters")
    letters, others = await hold(scene, 5, "letters"), await hold(scene, 5)
    await scene.gate(OPEN, "letters")
    assert await scene.settle() == 0
    await scene.gate(PAUSE, "letters")
    await scene.gate(OPEN)
    assert await scene.settle(limit=3) == 5
    assert {await scene.status(task_id) for task_id in others} == {Status.NEW}
    assert {await held(scene, task_id) for task_id in letters} == {HELD_FOR_COLLECTION}
    await scene.gate(OPEN, "letters")
    assert await scene.settle() == 5


@GATES.idea
async def a_collection_that_opens_under_a_closed_lambda_waits_for_that(scene: Scene) -> None:
    await scene.gate(PAUSE, "letters")
    letters = await hold(scene, 5, "letters")
    await scene.gate(PAUSE)
    await scene.gate(OPEN, "letters")
    assert await scene.settle() == 0
    assert {await held(scene, task_id) for task_id in letters} == {HELD_FOR_GATE}
    await scene.gate(OPEN)
    assert await scene.settle() == 5


@GATES.idea
async def a_pause_that_turns_to_drop_condemns_what_it_held(scene: Scene) -> None:
    await scene.gate(PAUSE)
    letters, others = await hold(scene, 4, "letters"), await hold(scene, 4)
    await scene.gate(DROP, "letters")
    assert await scene.settle(limit=3) == 0
    assert {await held(scene, task_id) for task_id in letters} == {HELD_FOR_DROP}
    assert {await held(scene, task_id) for task_id in others} == {HELD_FOR_GATE}
    await scene.gate(DROP)
    assert await scene.settle(limit=3) == 0
    assert {await held(scene, task_id) for task_id in others} == {HELD_FOR_DROP}
    assert set(await scene.store.gates.drop_held(99)) == {*letters, *others}


@GATES.idea
async def a_gate_stays_unsettled_for_what_comes_late_and_is_forgotten_then(scene: Scene) -> None:
    async def settled(gate: Gate) -> None:
        await scene.store.gates.settle(gate, 9)
        await scene.store.gates.settled(gate)

    await scene.gate(PAUSE)
    assert await unsettled(scene) == []
    await scene.gate(OPEN)
    (gate,) = await scene.store.gates.unsettled()
    await settled(gate)
    assert await unsettled(scene) == [("", OPEN)], "a statement that saw it closed may still commit"
    await scene.advance(GATE_LATE_S + 1)
    await settled(gate)
    assert await unsettled(scene) == []


@GATES.idea
async def a_gate_that_still_holds_something_wrongly_stays_unsettled(scene: Scene) -> None:
    for collection in ("", "letters"):
        await scene.gate(PAUSE, collection)
        await hold(scene, 3, collection)
        await scene.gate(OPEN, collection)
        await scene.advance(GATE_LATE_S + 1)
        (gate,) = await scene.store.gates.unsettled()
        await scene.store.gates.settle(gate, 2)
        await scene.store.gates.settled(gate)
        assert await unsettled(scene) == [(collection, OPEN)]
        await scene.store.gates.settle(gate, 2)
        await scene.store.gates.settled(gate)
        assert await unsettled(scene) == []
        await scene.advance(1)
        assert len(await scene.enqueue_all()) == 3


@GATES.idea
async def a_gate_that_was_changed_meanwhile_is_not_settled(scene: Scene) -> None:
    await scene.gate(PAUSE)
    await scene.gate(OPEN)
    (before,) = await scene.store.gates.unsettled()
    await scene.gate(DROP)
    await scene.advance(GATE_LATE_S + 1)
    await scene.store.gates.settled(before)
    assert await unsettled(scene) == [("", DROP)]
    (gate,) = await scene.store.gates.unsettled()
    await scene.store.gates.settled(gate)
    assert await unsettled(scene) == []
    assert (await scene.store.gates.shut()).shut == {(scene.lambda_id, "")}, "it drops on"


@GATES.idea
async def the_end_of_its_time_opens_a_gate_and_leaves_a_line(scene: Scene) -> None:
    closed = await scene.gate(PAUSE, for_us=60 * SECOND_US, who="ada")
    ids = await hold(scene, 3)
    assert await unsettled(scene) == []
    await scene.advance(61)
    assert await unsettled(scene) == [("", OPEN)]
    assert await scene.settle() == 3
    opened, _ = await scene.store.gates.trail(scene.namespace_id, "mail.send", None, 0, 9)
    assert (opened.state, opened.who, opened.at_us) == (OPEN, "penstock", closed.until_us)
    assert opened.version > closed.version
    await scene.advance(1)
    assert await scene.enqueue_all() == ids


@GATES.idea
async def many_who_settle_free_each_task_once(scene: Scene) -> None:
    await scene.gate(PAUSE)
    ids = await hold(scene, 100)
    await scene.gate(OPEN)
    (gate,) = await scene.store.gates.unsettled()
    freed = 0
    while batch := await asyncio.gather(*(scene.store.gates.settle(gate, 20) for _ in range(4))):
        if not sum(each.moved for each in batch):
            break
        freed += sum(sum(each.freed.values()) for each in batch)
        await scene.advance(0.01)
    assert freed == 100
    await scene.advance(1)
    assert sorted(await scene.enqueue_all()) == sorted(ids)
