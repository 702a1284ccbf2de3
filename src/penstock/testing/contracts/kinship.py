# ruff: noqa: D103 - the name of an idea is its sentence
"""Children at the door and made anew, and what may be asked about families."""

from msgspec import structs

from penstock.model.errors import NotPossible
from penstock.model.family import Family
from penstock.model.kin import How, Link
from penstock.model.lifecycle import (
    HELD_FOR_PARENTS,
    Event,
    Status,
)
from penstock.model.verdict import cancel_child
from penstock.ports.chains import ParentAt
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.family_scene import child_of, held_for, registered, succeed
from penstock.testing.contracts.scene import Scene, Standing, finish
from penstock.testing.contracts.store_suites import CHAINS


@CHAINS.idea
async def a_call_that_comes_again_adds_no_child(scene: Scene) -> None:
    parent = await scene.claimed()
    request = scene.request([scene.task(family=Family((parent.id,)))], token=b"t" * 16, content_hash=b"h")
    await scene.store.admission.admit([request], {})
    async with scene.nothing_changes():
        again = await scene.store.admission.admit([request], {})
    assert again.replies[0].repeat_of_minted_at_ms == request.minted_at_ms
    unnamed = scene.request(request.tasks)
    async with scene.nothing_changes():
        await scene.store.admission.admit([unnamed], {})


@CHAINS.idea
async def a_sibling_whose_key_names_a_task_is_that_task(scene: Scene) -> None:
    await registered(scene)
    first = scene.task(key="k", key_life_s=3600, content_hash=b"same")
    await scene.admit(first)
    sibling = structs.replace(first, id=scene.ids(1)[0])
    child = scene.task(family=Family((sibling.id,)))
    admitted = await scene.admit(sibling, child)
    assert admitted.replies[0].existing == {0: first.id}
    assert await scene.store.chains.parents(scene.namespace_id, child.id, -1, 10) == [ParentAt(0, first.id)]
    assert await scene.enqueue_all() == [first.id]
    await succeed(scene, await scene.claim(first.id))
    assert (await scene.row(child.id)).status is Status.NEW


@CHAINS.idea
async def a_call_with_children_stores_nothing_when_a_key_is_in_conflict(scene: Scene) -> None:
    taken = scene.task(key="k", key_life_s=3600, content_hash=b"one")
    await scene.admit(taken)
    other = structs.replace(taken, id=scene.ids(1)[0], content_hash=b"two")
    keyed = scene.task(key="free", key_life_s=3600, content_hash=b"three")
    child = scene.task(family=Family((other.id, keyed.id)))
    async with scene.nothing_changes():
        admitted = await scene.admit(other, keyed, child)
    assert admitted.replies[0].conflicts == {0: taken.id}


@CHAINS.idea
async def a_retry_of_a_child_waits_for_what_its_parents_have_become(scene: Scene) -> None:
    await registered(scene)
    parent = await scene.claimed()
    child = await child_of(scene, parent.id)
    await scene.apply(finish(Standing(parent.id, parent.claim), Event.FAILED_FATALLY))
    await scene.apply(*map(cancel_child, await scene.store.chains.condemned(ALL_BUCKETS, 10)))
    try:
        await scene.store.admission.retry(scene.namespace_id, child.id, scene.ids(1)[0])
    except NotPossible:
        pass
    else:
        raise AssertionError("its parent has failed")
    new_parent, new_child = scene.ids(2)
    await scene.store.admission.retry(scene.namespace_id, parent.id, new_parent)
    await scene.store.admission.retry(scene.namespace_id, child.id, new_child)
    assert await held_for(scene, new_child) == HELD_FOR_PARENTS
    assert await scene.store.chains.parents(scene.namespace_id, new_child, -1, 10) == [ParentAt(0, new_parent)]
    assert await scene.enqueue_all() == [new_parent]
    await succeed(scene, await scene.claim(new_parent))
    assert (await scene.row(new_child)).status is Status.NEW


@CHAINS.idea
async def parents_are_told_in_their_order_by_pages(scene: Scene) -> None:
    parents = [(await scene.ended()).id for _ in range(5)]
    order = [parents[at] for at in (3, 0, 4, 1, 2)]
    child = await child_of(scene, *order)
    chains = scene.store.chains
    page = list(await chains.parents(scene.namespace_id, child.id, -1, 3))
    rest = list(await chains.parents(scene.namespace_id, child.id, page[-1].place, 3))
    assert [each.id for each in page + rest] == order
    assert list(await chains.parents(scene.namespace_id + 1, child.id, -1, 3)) == []


@CHAINS.idea
async def kin_and_counts_know_both_sides_of_a_namespace_only(scene: Scene) -> None:
    upper, lower = await scene.claimed(), await scene.claimed()
    child = await child_of(scene, upper.id, lower.id)
    spawned = scene.task(parent_id=upper.id)
    await scene.admit(spawned)
    chains = scene.store.chains
    links = [
        Link(How.PARENT, upper.id, child.id),
        Link(How.SPAWNED, upper.id, spawned.id),
    ]
    assert list(await chains.kin(scene.namespace_id, [upper.id], 10)) == links
    assert list(await chains.kin(scene.namespace_id, [spawned.id], 10)) == links[1:]
    assert list(await chains.kin(scene.namespace_id + 1, [upper.id], 10)) == []
    counts = await chains.counts(scene.namespace_id, child.id)
    assert (counts.parents, counts.unfinished, counts.first_unfinished) == (2, 2, upper.id)
    assert counts.first_status is Status.CLAIMED
    counts = await chains.counts(scene.namespace_id, upper.id)
    assert (counts.children, counts.spawned) == (1, 1)
    assert (await chains.counts(scene.namespace_id + 1, upper.id)).children == 0


@CHAINS.idea
async def latest_follows_retries_and_knows_no_strangers(scene: Scene) -> None:
    ended = await scene.ended(Status.DEAD)
    (again,) = scene.ids(1)
    await scene.store.admission.retry(scene.namespace_id, ended.id, again)
    (stranger,) = scene.ids(1)
    asked = [ended.id, again, stranger]
    assert await scene.store.chains.latest(scene.namespace_id, asked) == {ended.id: again, again: again}
    assert await scene.store.chains.latest(scene.namespace_id + 1, asked) == {}
