# ruff: noqa: D103 - the name of an idea is its sentence
"""Children wait for their parents: where they begin, and what the end of a parent does to them."""

import asyncio

from penstock.model.family import ChildrenMoved, Condemned, Family
from penstock.model.gate import GateOrder
from penstock.model.lifecycle import (
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_PARENTS,
    HELD_FOR_REGISTRATION,
    Event,
    GateState,
    Status,
)
from penstock.model.limits import PARENTS_LOOK_S
from penstock.model.verdict import cancel_child
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.family_scene import child_of, held_for, registered, succeed
from penstock.testing.contracts.scene import LEASE_S, VERDICT_OF, Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import CHAINS

SECOND_US = 1_000_000
FAILURES = (Status.FATAL_FAILURE, Status.DEAD, Status.CANCELLED)


@CHAINS.idea
async def a_child_waits_until_its_last_parent_has_succeeded(scene: Scene) -> None:
    await registered(scene)
    first, second = [await scene.claimed() for _ in range(2)]
    child = await child_of(scene, first.id, second.id)
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS
    await succeed(scene, first)
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS
    assert await scene.enqueue_all() == []
    await succeed(scene, second)
    assert (await scene.row(child.id)).status is Status.NEW
    assert await scene.enqueue_all() == [child.id]


@CHAINS.idea
async def a_child_keeps_its_own_time(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.claimed()
    child = await child_of(scene, parent.id, delay_us=60 * SECOND_US)
    await succeed(scene, parent)
    assert (await scene.row(child.id)).status is Status.NEW
    assert await scene.enqueue_all() == []
    await scene.advance(61.0)
    assert await scene.enqueue_all() == [child.id]


@CHAINS.idea
async def children_of_one_parent_are_freed_in_due_order(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.claimed()
    now_us = await scene.now_us()
    order = [4, 1, 3, 2]
    children = [(await child_of(scene, parent.id, due_at_us=now_us + place * SECOND_US)).id for place in order]
    await scene.advance(10.0)
    await succeed(scene, parent)
    await scene.advance(0.01)
    assert await scene.enqueue_all() == [children[1], children[3], children[2], children[0]]


@CHAINS.idea
async def parents_that_have_succeeded_are_no_reason_to_wait(scene: Scene) -> None:
    done = await scene.ended()
    child = await child_of(scene, done.id)
    assert await scene.status(child.id) is Status.NEW
    other = await scene.claimed()
    both = await child_of(scene, done.id, other.id)
    assert await held_for(scene, both.id) == HELD_FOR_PARENTS


@CHAINS.idea
async def a_child_of_tasks_of_its_own_call_waits_for_them(scene: Scene) -> None:
    await registered(scene)
    first, second, last = scene.ids(3)
    tasks = [
        scene.task(id=last, family=Family((first, second))),
        scene.task(id=second, family=Family((first,))),
        scene.task(id=first),
    ]
    admitted = await scene.admit(*tasks, room={scene.lane: 10})
    assert admitted.replies[0].held == frozenset({0, 1})
    assert await scene.status(first) is Status.ENQUEUED
    await succeed(scene, await scene.claim(first))
    assert (await scene.row(second)).status is Status.NEW
    assert await held_for(scene, last) == HELD_FOR_PARENTS
    assert await scene.enqueue_all() == [second]
    await succeed(scene, await scene.claim(second))
    assert await scene.enqueue_all() == [last]


@CHAINS.idea
async def a_failed_parent_condemns_its_children_and_the_first_one_is_named(scene: Scene) -> None:
    for status in FAILURES:
        parents = [await scene.claimed() for _ in range(2)]
        child = await child_of(scene, *(parent.id for parent in parents))
        standing = Standing(parents[1].id, parents[1].claim)
        await scene.apply(finish(standing, VERDICT_OF[status]))
        assert await held_for(scene, child.id) == HELD_FOR_FAILED_PARENT
        assert list(await scene.store.chains.condemned(ALL_BUCKETS, 10)) == [Condemned(child.id, parents[1].id, status)]
        await succeed(scene, parents[0])
        assert await held_for(scene, child.id) == HELD_FOR_FAILED_PARENT
        await scene.apply(*map(cancel_child, await scene.store.chains.condemned(ALL_BUCKETS, 10)))
        assert await scene.status(child.id) is Status.CANCELLED
        assert list(await scene.store.chains.condemned(ALL_BUCKETS, 10)) == []


@CHAINS.idea
async def what_is_condemned_condemns_its_own_children_when_it_ends(scene: Scene) -> None:
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    grandchild = await child_of(scene, child.id)
    await scene.apply(finish(Standing(parent.id, parent.claim), Event.FAILED_FATALLY))
    assert await held_for(scene, grandchild.id) == HELD_FOR_PARENTS
    await scene.apply(*map(cancel_child, await scene.store.chains.condemned(ALL_BUCKETS, 10)))
    assert list(await scene.store.chains.condemned(ALL_BUCKETS, 10)) == [
        Condemned(grandchild.id, child.id, Status.CANCELLED)
    ]


@CHAINS.idea
async def a_failed_parent_counts_as_done_for_who_goes_on(scene: Scene) -> None:
    await registered(scene)
    failing, other = [await scene.claimed() for _ in range(2)]
    child = await child_of(scene, failing.id, other.id, go_on=True)
    await scene.apply(finish(Standing(failing.id, failing.claim), Event.FAILED_FATALLY))
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS
    await succeed(scene, other)
    assert (await scene.row(child.id)).status is Status.NEW


@CHAINS.idea
async def the_end_of_a_parent_that_was_failed_before_meets_a_late_child_at_the_door(scene: Scene) -> None:
    failed = await scene.ended(Status.FATAL_FAILURE)
    child = await child_of(scene, failed.id)
    assert await held_for(scene, child.id) == HELD_FOR_FAILED_PARENT
    other = await child_of(scene, failed.id, go_on=True)
    assert await scene.status(other.id) is Status.NEW


@CHAINS.idea
async def a_waiting_parent_that_is_cancelled_has_failed(scene: Scene) -> None:
    parent = scene.task()
    await scene.admit(parent)
    child = await child_of(scene, parent.id)
    await scene.apply(finish(Standing(parent.id, 0), Event.CANCEL_REQUEST, Status.CANCELLED, anyones=True))
    assert await held_for(scene, child.id) == HELD_FOR_FAILED_PARENT


@CHAINS.idea
async def a_parent_that_a_gate_drops_has_failed(scene: Scene) -> None:
    parent = await scene.enqueued()
    child = await child_of(scene, parent)
    await scene.gate(GateState.DROP)
    assert await scene.store.transitions.claim([parent], LEASE_S) == []
    assert list(await scene.store.gates.drop_held(10)) == [parent]
    assert await scene.status(parent) is Status.DROPPED
    assert await held_for(scene, child.id) == HELD_FOR_FAILED_PARENT


@CHAINS.idea
async def a_child_that_is_free_still_meets_the_gates(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.claimed()
    child = await child_of(scene, parent.id, lane=scene.other_lane)
    await scene.store.gates.order(GateOrder(scene.namespace_id, scene.other_lambda_id, "", GateState.PAUSE))
    await succeed(scene, parent)
    assert await scene.enqueue_all(scene.other_lane) == []
    assert (await scene.row(child.id)).status is Status.HELD


@CHAINS.idea
async def a_child_whose_lambda_nobody_serves_waits_for_that_next(scene: Scene) -> None:
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    await succeed(scene, parent)
    assert await held_for(scene, child.id) == HELD_FOR_REGISTRATION
    assert await scene.store.due_work.free_held(HELD_FOR_REGISTRATION, [scene.lambda_id], 10) == 1


@CHAINS.idea
async def a_parent_that_fails_for_now_keeps_its_children_waiting(scene: Scene) -> None:
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    await scene.apply(move(Standing(parent.id, parent.claim), Event.RAISED))
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS


@CHAINS.idea
async def a_stale_report_tells_the_children_nothing(scene: Scene) -> None:
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    stale = finish(Standing(parent.id, parent.claim + 1), Event.SUCCEEDED)
    async with scene.nothing_changes():
        assert await scene.store.transitions.apply([stale]) == [False]
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS


@CHAINS.idea
async def an_end_that_is_reported_twice_counts_once(scene: Scene) -> None:
    first, second = [await scene.claimed() for _ in range(2)]
    child = await child_of(scene, first.id, second.id)
    end = finish(Standing(first.id, first.claim), Event.SUCCEEDED, add_attempts=1)
    for _ in range(3):
        assert await scene.store.transitions.apply([end]) == [True]
    assert await scene.store.transitions.apply([end, end]) == [True, True]
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS


@CHAINS.idea
async def who_has_children_ends_together_with_who_has_none(scene: Scene) -> None:
    await registered(scene)
    parent, alone, failing = [await scene.claimed() for _ in range(3)]
    child = await child_of(scene, parent.id)
    await scene.apply(
        finish(Standing(alone.id, alone.claim), Event.SUCCEEDED, add_attempts=1),
        finish(Standing(parent.id, parent.claim), Event.SUCCEEDED, add_attempts=1),
        move(Standing(failing.id, failing.claim), Event.RAISED),
    )
    assert (await scene.row(child.id)).status is Status.NEW
    assert await scene.status(failing.id) is Status.RETRIABLE_FAILURE


@CHAINS.idea
async def it_is_told_what_an_end_did_to_children(scene: Scene) -> None:
    await registered(scene)
    told: list[ChildrenMoved] = []
    scene.store.transitions.on_children(told.append)
    good, bad, alone = [await scene.claimed() for _ in range(3)]
    await child_of(scene, good.id, lane=scene.other_lane)
    await child_of(scene, bad.id)
    await succeed(scene, alone)
    assert told == []
    await succeed(scene, good)
    assert told == [ChildrenMoved(frozenset({scene.other_lane}))]
    await scene.apply(finish(Standing(bad.id, bad.claim), Event.FAILED_FATALLY))
    assert told[1:] == [ChildrenMoved(condemned=True)]


@CHAINS.idea
async def a_great_fan_in_fires_once_however_its_parents_end_together(scene: Scene) -> None:
    await registered(scene)
    parents = [await scene.claimed() for _ in range(40)]
    children = [await child_of(scene, *(each.id for each in order)) for order in (parents, parents[::-1])]
    told: list[ChildrenMoved] = []
    scene.store.transitions.on_children(told.append)
    ends = [finish(Standing(each.id, each.claim), Event.SUCCEEDED, add_attempts=1) for each in parents]
    await asyncio.gather(*(scene.store.transitions.apply(ends[at::8]) for at in range(8)))
    assert told == [ChildrenMoved(frozenset({scene.lane}))]
    assert sorted(await scene.enqueue_all()) == sorted(child.id for child in children)


@CHAINS.idea
async def children_are_stored_and_parents_end_at_the_same_moment(scene: Scene) -> None:
    await registered(scene)
    for _ in range(10):
        parent = await scene.claimed()
        child = scene.task(family=Family((parent.id,)))
        await asyncio.gather(scene.admit(child), succeed(scene, parent))
        assert await scene.status(child.id) is Status.NEW


@CHAINS.idea
async def families_that_end_at_the_same_moment_wait_for_each_other_in_no_ring(scene: Scene) -> None:
    for _ in range(6):
        upper, lower = scene.ids(2), scene.ids(2)
        await scene.admit(*(scene.task(id=each) for each in upper))
        await scene.admit(
            scene.task(id=lower[0], family=Family((upper[0],))), scene.task(id=lower[1], family=Family((upper[1],)))
        )
        ends = [
            finish(Standing(each, 0), Event.CANCEL_REQUEST, Status.CANCELLED, anyones=True)
            for each in (upper[0], lower[1], lower[0], upper[1])
        ]
        both = scene.store.transitions.apply(ends[:2]), scene.store.transitions.apply(ends[2:])
        assert list(await asyncio.gather(*both)) == [[True, True], [True, True]]


@CHAINS.idea
async def a_look_moves_nobody_whose_parents_live_and_is_repeated_later(scene: Scene) -> None:
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    await scene.store.transitions.heartbeat([Beat(parent.id, parent.claim, started=True)], 10 * PARENTS_LOOK_S)
    await scene.advance(PARENTS_LOOK_S + 1)
    assert [row.id for row in await scene.store.due_work.overdue(ALL_BUCKETS, 10)] == [child.id]
    assert await scene.store.chains.look_again([child.id, parent.id]) == ChildrenMoved()
    assert await scene.store.due_work.overdue(ALL_BUCKETS, 10) == []
    assert await held_for(scene, child.id) == HELD_FOR_PARENTS
    await registered(scene)
    await succeed(scene, parent)
    assert (await scene.row(child.id)).status is Status.NEW
