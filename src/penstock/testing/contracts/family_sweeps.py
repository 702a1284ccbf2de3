# ruff: noqa: D103 - the name of an idea is its sentence
"""Sweeps over families: what they cancel is told to its children, what they make anew waits for its parents."""

from penstock.model.family import ChildrenMoved, Condemned
from penstock.model.identity import TaskId
from penstock.model.lifecycle import HELD_FOR_PARENTS, Event, Status
from penstock.model.sweep import SweepKind
from penstock.model.verdict import cancel_child
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.bulk_sweeps import ordered_many
from penstock.testing.contracts.family_scene import child_of, held_for, registered, succeed
from penstock.testing.contracts.scene import Scene, Standing, finish
from penstock.testing.contracts.store_suites import SWEEPS
from penstock.testing.contracts.sweeps import led_to_its_end, retried_as


async def failed_family(scene: Scene) -> tuple[TaskId, TaskId]:
    """A parent that failed, and its child, which was cancelled for it."""
    await registered(scene)
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    await scene.apply(finish(Standing(parent.id, parent.claim), Event.FAILED_FATALLY))
    await scene.apply(*map(cancel_child, await scene.store.chains.condemned(ALL_BUCKETS, 10)))
    return parent.id, child.id


@SWEEPS.idea
async def a_cancel_of_many_condemns_the_children_of_what_it_ends(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.task_that_is(Status.NEW)
    child = await child_of(scene, parent.id, lane=scene.other_lane)
    await ordered_many(scene)
    step = await scene.store.sweeps.step()
    assert step is not None
    assert step.children == ChildrenMoved(condemned=True)
    assert list(await scene.store.chains.condemned(ALL_BUCKETS, 10)) == [
        Condemned(child.id, parent.id, Status.CANCELLED)
    ]


@SWEEPS.idea
async def a_cancel_of_many_frees_children_that_go_on(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.task_that_is(Status.NEW)
    child = await child_of(scene, parent.id, go_on=True, lane=scene.other_lane)
    await ordered_many(scene)
    step = await scene.store.sweeps.step()
    assert step is not None
    assert step.children == ChildrenMoved(frozenset({scene.other_lane}))
    assert await scene.status(child.id) is Status.NEW


@SWEEPS.idea
async def a_family_that_is_retried_as_a_whole_runs_in_its_order(scene: Scene) -> None:
    parent, child = await failed_family(scene)
    await ordered_many(scene, SweepKind.RETRY, statuses=(Status.FATAL_FAILURE, Status.CANCELLED))
    assert (await led_to_its_end(scene)).handled == 2
    again, after = await retried_as(scene, parent), await retried_as(scene, child)
    assert again is not None
    assert after is not None
    assert await held_for(scene, after) == HELD_FOR_PARENTS
    assert await scene.enqueue_all() == [again]
    claimed = await scene.claim(again)
    await succeed(scene, claimed)
    assert await scene.enqueue_all() == [after]


@SWEEPS.idea
async def a_child_whose_parent_failed_is_passed_over_by_a_retry(scene: Scene) -> None:
    _, child = await failed_family(scene)
    grandchild = await child_of(scene, child)
    await scene.apply(*map(cancel_child, await scene.store.chains.condemned(ALL_BUCKETS, 10)))
    alone = await scene.ended(Status.CANCELLED)
    await ordered_many(scene, SweepKind.RETRY, statuses=(Status.CANCELLED,))
    assert (await led_to_its_end(scene)).handled == 1
    assert await retried_as(scene, alone.id) is not None
    assert [await retried_as(scene, each) for each in (child, grandchild.id)] == [None, None]
