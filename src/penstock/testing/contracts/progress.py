# ruff: noqa: D103 - the name of an idea is its sentence
"""Progress: the last word of the execution that runs, and of no other."""

from msgspec import structs

from penstock.model.lifecycle import Event, Status
from penstock.model.progress import Progress
from penstock.model.work import Beat, HeartbeatAnswer
from penstock.testing.contracts.scene import LEASE_S, Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import TRANSITIONS

HALF = Progress(3, 6, "half of it: \u00e4\u20ac")


async def says(scene: Scene, of: Standing, said: Progress | None, **fields: object) -> HeartbeatAnswer:
    beat = structs.replace(Beat(of.id, of.claim, started=True, progress=said), **fields)
    return await scene.store.transitions.heartbeat([beat], LEASE_S)


@TRANSITIONS.idea
async def progress_goes_with_a_heartbeat_and_the_last_word_stands(scene: Scene) -> None:
    running = await scene.task_that_is(Status.PROCESSING)
    assert await scene.under_test.progress(running.id) is None
    async with scene.span() as span:
        assert not (await says(scene, running, HALF)).refused
    told = await scene.under_test.progress(running.id)
    assert told is not None
    assert structs.replace(told, at_us=0) == structs.replace(HALF, claim=running.claim)
    assert span.covers(told.at_us)
    await says(scene, running, None)
    assert await scene.under_test.progress(running.id) == told, "a beat that says nothing changes nothing"
    await says(scene, running, Progress(5))
    told = await scene.under_test.progress(running.id)
    assert told is not None
    assert (told.done, told.total, told.message) == (5, 0, "")


@TRANSITIONS.idea
async def progress_of_a_claim_that_is_not_current_changes_nothing(scene: Scene) -> None:
    running = await scene.task_that_is(Status.PROCESSING)
    await says(scene, running, HALF)
    await scene.apply(move(running, Event.LEASE_LOST))
    for status_moves_on in (False, True):
        if status_moves_on:
            await scene.advance(1)
            await scene.enqueue_all()
            await scene.claim(running.id)
        async with scene.nothing_changes():
            assert running.id in (await says(scene, running, Progress(6, 6, "stale"))).refused


@TRANSITIONS.idea
async def the_next_execution_begins_anew(scene: Scene) -> None:
    running = await scene.task_that_is(Status.PROCESSING)
    await says(scene, running, Progress(100))
    await scene.apply(move(running, Event.RELEASE))
    await scene.enqueue_all()
    again = Standing(running.id, (await scene.claim(running.id)).claim)
    await says(scene, again, Progress(1))
    told = await scene.under_test.progress(running.id)
    assert told is not None
    assert (told.done, told.claim) == (1, again.claim)


@TRANSITIONS.idea
async def progress_outlives_the_task_and_is_said_by_nobody_then(scene: Scene) -> None:
    running = await scene.task_that_is(Status.PROCESSING)
    await says(scene, running, HALF)
    await scene.apply(finish(running, Event.FAILED_FATALLY))
    async with scene.nothing_changes():
        assert running.id in (await says(scene, running, Progress(6))).refused
    told = await scene.under_test.progress(running.id)
    assert told is not None
    assert told.done == HALF.done


@TRANSITIONS.idea
async def progress_that_another_namespace_says_changes_nothing(scene: Scene) -> None:
    running = await scene.task_that_is(Status.PROCESSING)
    async with scene.nothing_changes():
        foreign = scene.namespace_id + 1_000
        assert running.id in (await says(scene, running, HALF, namespace_id=foreign)).refused
    assert await scene.under_test.progress(running.id) is None
