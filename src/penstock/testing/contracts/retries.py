# ruff: noqa: D103 - the name of an idea is its sentence
"""Retry: a new task for an ended one, linked both ways."""

import asyncio

from penstock.model.errors import NotFound, NotPossible
from penstock.model.identity import TaskId
from penstock.model.lifecycle import LIVE, TERMINAL, Event, Status
from penstock.testing.contracts.scene import Scene, Standing, finish
from penstock.testing.contracts.store_suites import ADMISSION


async def retried_as(scene: Scene, task_id: TaskId) -> TaskId | None:
    """The link that people follow from an ended task."""
    return (await scene.store.results.ended(scene.namespace_id, [task_id]))[task_id].retried_as


@ADMISSION.idea
async def a_retry_is_a_new_task_with_the_same_work(scene: Scene) -> None:
    fields = {"payload": b"\x00work\xff", "collection": "letters", "lane": scene.high_lane}
    original = await scene.ended(Status.DEAD, **fields)
    (new_id,) = scene.ids(1)
    async with scene.span() as span:
        retried = await scene.store.admission.retry(scene.namespace_id, original.id, new_id)
    assert (retried.id, retried.lane, retried.existed) == (new_id, scene.high_lane, False)
    row = await scene.row(new_id)
    assert row.status is Status.NEW
    assert span.covers(row.trigger_at_us)
    assert (row.claim, row.attempts, row.crashes, row.lapses, row.suspect) == (0, 0, 0, 0, False)
    assert await scene.enqueue_all(scene.high_lane) == [new_id]
    claimed = await scene.claim(new_id)
    assert (claimed.payload, claimed.collection, claimed.claim) == (b"\x00work\xff", "letters", 1)


@ADMISSION.idea
async def a_retry_and_its_original_are_linked(scene: Scene) -> None:
    original = await scene.ended()
    assert await retried_as(scene, original.id) is None
    (new_id,) = scene.ids(1)
    await scene.store.admission.retry(scene.namespace_id, original.id, new_id)
    assert await retried_as(scene, original.id) == new_id


@ADMISSION.idea
async def every_ended_task_can_be_retried(scene: Scene) -> None:
    for status in sorted(TERMINAL):
        original = await scene.ended(status)
        (new_id,) = scene.ids(1)
        await scene.store.admission.retry(scene.namespace_id, original.id, new_id)
        assert await scene.status(new_id) is Status.NEW
        assert await scene.status(original.id) is status, "what has ended stays ended"


@ADMISSION.idea
async def no_live_task_can_be_retried(scene: Scene) -> None:
    for status in sorted(LIVE):
        standing = await scene.task_that_is(status)
        async with scene.nothing_changes():
            try:
                await scene.store.admission.retry(scene.namespace_id, standing.id, scene.ids(1)[0])
            except NotPossible:
                continue
            raise AssertionError(f"a task that is {status.name} was retried")


@ADMISSION.idea
async def a_second_retry_is_the_first_one(scene: Scene) -> None:
    original = await scene.ended()
    first, second = scene.ids(2)
    await scene.store.admission.retry(scene.namespace_id, original.id, first)
    async with scene.nothing_changes():
        other = await scene.store.admission.retry(scene.namespace_id, original.id, second)
        same = await scene.store.admission.retry(scene.namespace_id, original.id, first)
    assert (other.id, other.lane, other.existed) == (first, scene.lane, True)
    assert (same.id, same.lane) == (first, scene.lane), "the call repeated after an unknown outcome"


@ADMISSION.idea
async def of_many_retries_at_once_one_makes_a_task(scene: Scene) -> None:
    original = await scene.ended()
    new_ids = scene.ids(6)
    answers = await asyncio.gather(
        *(scene.store.admission.retry(scene.namespace_id, original.id, new_id) for new_id in new_ids)
    )
    assert len({answer.id for answer in answers}) == 1
    assert [answer.existed for answer in answers].count(False) == 1
    assert set(await scene.store.transitions.read(new_ids)) == {answers[0].id}


@ADMISSION.idea
async def a_retry_can_be_retried_when_it_has_ended(scene: Scene) -> None:
    original = await scene.ended()
    first, second = scene.ids(2)
    await scene.store.admission.retry(scene.namespace_id, original.id, first)
    await scene.enqueue_all()
    claimed = await scene.claim(first)
    await scene.apply(finish(Standing(first, claimed.claim), Event.FAILED_FATALLY))
    retried = await scene.store.admission.retry(scene.namespace_id, first, second)
    assert (retried.id, retried.existed) == (second, False)
    assert await retried_as(scene, original.id) == first
    assert await retried_as(scene, first) == second


@ADMISSION.idea
async def an_unknown_task_and_one_of_another_namespace_are_not_found(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    original = await scene.ended()
    unknown, new_id = scene.ids(2)
    for namespace_id, task_id in ((scene.namespace_id, unknown), (other, original.id)):
        async with scene.nothing_changes():
            try:
                await scene.store.admission.retry(namespace_id, task_id, new_id)
            except NotFound:
                continue
            raise AssertionError("it was retried")
