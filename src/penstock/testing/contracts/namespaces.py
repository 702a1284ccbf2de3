# ruff: noqa: D103 - the name of an idea is its sentence
"""Who acts for one namespace touches no task of another, and is told nothing of it."""

from msgspec import structs

from penstock.model.changes import Change
from penstock.model.lifecycle import OWNED, Event, Status
from penstock.model.work import Beat
from penstock.testing.contracts.scene import LEASE_S, Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import TRANSITIONS

REPORTS = (Event.SUCCEEDED, Event.FAILED_FATALLY, Event.RAISED, Event.RELEASE, Event.CRASHED_ALONE)
"""a plain success, a finish with history, moves with and without"""


def report_of(namespace_id: int, standing: Standing, event: Event) -> Change:
    """What a worker of that namespace says of a task."""
    ends = event in {Event.SUCCEEDED, Event.FAILED_FATALLY}
    change = finish(standing, event) if ends else move(standing, event)
    return structs.replace(change, namespace_id=namespace_id)


@TRANSITIONS.idea
async def a_report_for_a_foreign_task_is_refused_and_changes_nothing(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    for status in OWNED:
        for event in REPORTS:
            standing = await scene.task_that_is(status)
            async with scene.nothing_changes():
                assert await scene.store.transitions.apply([report_of(other, standing, event)]) == [False]
                assert await scene.store.transitions.apply([report_of(0, standing, event)]) == [False]
            assert await scene.store.transitions.apply([report_of(scene.namespace_id, standing, event)]) == [True]


@TRANSITIONS.idea
async def a_foreign_report_spoils_nothing_for_the_others_of_its_batch(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    first, second, third = [await scene.task_that_is(Status.PROCESSING) for _ in range(3)]
    batch = [
        report_of(other, first, Event.SUCCEEDED),
        report_of(scene.namespace_id, second, Event.SUCCEEDED),
        finish(third, Event.SUCCEEDED),
        report_of(scene.namespace_id, first, Event.SUCCEEDED),
    ]
    assert await scene.store.transitions.apply(batch[:3]) == [False, True, True]
    assert await scene.store.transitions.apply(batch) == [False, True, True, True]


@TRANSITIONS.idea
async def who_repeats_a_report_of_another_namespace_learns_nothing(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    for event in REPORTS:
        if event is Event.RELEASE:
            continue  # leaves no line: a repeat of it is not known to anybody
        standing = await scene.task_that_is(Status.PROCESSING)
        mine = report_of(scene.namespace_id, standing, event)
        assert await scene.store.transitions.apply([mine]) == [True]
        assert await scene.store.transitions.apply([mine]) == [True]
        assert await scene.store.transitions.apply([report_of(other, standing, event)]) == [False]


@TRANSITIONS.idea
async def a_beat_for_a_foreign_task_is_refused_and_renews_nothing(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    standing = await scene.task_that_is(Status.CLAIMED)
    await scene.advance(5)
    for started in (False, True):
        async with scene.nothing_changes():
            beat = Beat(standing.id, standing.claim, started, namespace_id=other)
            answer = await scene.store.transitions.heartbeat([beat], LEASE_S)
        assert answer.refused == {standing.id}
        assert not answer.cancel_requested
    mine = Beat(standing.id, standing.claim, started=True, namespace_id=scene.namespace_id)
    assert not (await scene.store.transitions.heartbeat([mine], LEASE_S)).refused
    assert await scene.status(standing.id) is Status.PROCESSING
