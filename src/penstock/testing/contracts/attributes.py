# ruff: noqa: D103 - the name of an idea is its sentence
"""Attributes: stored with the task, kept by whatever it is made anew as, and what tasks are found by."""

from penstock.model.lifecycle import Status
from penstock.model.sweep import SweepKind
from penstock.testing.contracts.bulk_sweeps import ordered_many
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import SWEEPS
from penstock.testing.contracts.sweeps import led_to_its_end, ordered, retried_as

SEVEN = (("customer", "7"),)
SEVEN_IN_EUROPE = (("customer", "7"), ("region", 'eu "west" \u20ac'))


@SWEEPS.idea
async def a_selection_by_attributes_means_who_has_all_of_them(scene: Scene) -> None:
    both = (await scene.task_that_is(Status.NEW, attributes=SEVEN_IN_EUROPE)).id
    others = [
        (await scene.task_that_is(Status.NEW, attributes=fields)).id
        for fields in (SEVEN, (("customer", "8"), SEVEN_IN_EUROPE[1]), (("region", "7"),), ())
    ]
    order = await ordered_many(scene, lambda_name="", attributes=SEVEN_IN_EUROPE)
    assert (await led_to_its_end(scene)).handled == 1
    assert await scene.status(both) is Status.CANCELLED
    for other in others:
        assert await scene.status(other) is Status.NEW
    (kept,) = await scene.store.sweeps.newest(scene.namespace_id, 1)
    assert kept.wanted == order.wanted


@SWEEPS.idea
async def tasks_of_one_call_have_attributes_of_their_own(scene: Scene) -> None:
    with_it, without = scene.task(attributes=SEVEN), scene.task()
    await scene.admit(with_it, without)
    await ordered_many(scene, attributes=SEVEN)
    assert (await led_to_its_end(scene)).handled == 1
    assert await scene.status(with_it.id) is Status.CANCELLED
    assert await scene.status(without.id) is Status.NEW


@SWEEPS.idea
async def what_is_made_anew_keeps_its_attributes(scene: Scene) -> None:
    """By hand, by a redrive and by a retry of many alike."""
    by_hand, redriven, retried = [(await scene.ended(Status.DEAD, attributes=SEVEN)).id for _ in range(3)]
    (new_id,) = scene.ids(1)
    await scene.store.admission.retry(scene.namespace_id, by_hand, new_id)
    await scene.advance(1)
    await ordered(scene, until_us=(await scene.now_us()))
    await led_to_its_end(scene)
    dead = (await scene.ended(Status.DEAD, attributes=SEVEN)).id
    await ordered_many(scene, SweepKind.RETRY, lambda_name="", attributes=SEVEN)
    assert (await led_to_its_end(scene)).handled == 1
    await ordered_many(scene, lambda_name="", attributes=SEVEN)
    assert (await led_to_its_end(scene)).handled == 4
    for original in (by_hand, redriven, retried, dead):
        made = await retried_as(scene, original)
        assert made is not None
        assert await scene.status(made) is Status.CANCELLED
