# ruff: noqa: D103 - the name of an idea is its sentence
"""Idempotency keys: one key, one task."""

import asyncio
from typing import Any

from penstock.model.lifecycle import Event, Status
from penstock.model.task import NewTask
from penstock.ports.admission import AdmitRequest
from penstock.testing.contracts.scene import LONG_S, Scene, Standing, finish
from penstock.testing.contracts.store_suites import ADMISSION

A, B = b"a" * 16, b"b" * 16
WRITERS = 8


def keyed(scene: Scene, content_hash: bytes = A, **fields: Any) -> NewTask:
    """A task with a key that lives for a day."""
    fields = {"key": "reset-ada", "key_life_s": 86_400, **fields}
    return scene.task(content_hash=content_hash, **fields)


@ADMISSION.idea
async def a_key_with_the_same_content_names_the_first_task(scene: Scene) -> None:
    first, second = keyed(scene), keyed(scene)
    assert (await scene.admit(first)).replies[0].existing == {}
    async with scene.nothing_changes():
        reply = (await scene.admit(second)).replies[0]
    assert reply.existing == {0: first.id}
    assert reply.conflicts == {}


@ADMISSION.idea
async def a_key_with_other_content_is_a_conflict_that_names_the_first_task(scene: Scene) -> None:
    first, second = keyed(scene), keyed(scene, B)
    await scene.admit(first)
    async with scene.nothing_changes():
        reply = (await scene.admit(second)).replies[0]
    assert reply.existing == {}
    assert reply.conflicts == {0: first.id}


@ADMISSION.idea
async def neither_keeps_the_rest_of_the_call_from_being_stored(scene: Scene) -> None:
    first = keyed(scene)
    await scene.admit(first)
    before, after, free = scene.task(), scene.task(), keyed(scene, key="another")
    reply = (await scene.admit(before, keyed(scene), after, keyed(scene, B), free)).replies[0]
    assert reply.existing == {1: first.id}
    assert reply.conflicts == {3: first.id}
    for task in (before, after, free):
        assert await scene.status(task.id) is Status.NEW


@ADMISSION.idea
async def the_second_of_one_call_sees_the_first(scene: Scene) -> None:
    first, same, other = keyed(scene), keyed(scene), keyed(scene, B)
    reply = (await scene.admit(first, same, other)).replies[0]
    assert reply.existing == {1: first.id}
    assert reply.conflicts == {2: first.id}
    assert await scene.status(first.id) is Status.NEW
    assert await scene.status(same.id) is None
    assert await scene.status(other.id) is None


@ADMISSION.idea
async def the_second_call_of_one_trip_sees_the_first(scene: Scene) -> None:
    first, same, other = keyed(scene), keyed(scene), keyed(scene, B)
    requests = [scene.request([task]) for task in (first, same, other)]
    replies = (await scene.store.admission.admit(requests, {})).replies
    assert [reply.existing for reply in replies] == [{}, {0: first.id}, {}]
    assert [reply.conflicts for reply in replies] == [{}, {}, {0: first.id}]


@ADMISSION.idea
async def a_key_belongs_to_its_namespace(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    mine, theirs = keyed(scene), keyed(scene, B)
    await scene.admit(mine)
    reply = (await scene.store.admission.admit([AdmitRequest(other, [theirs], 1)], {})).replies[0]
    assert (reply.existing, reply.conflicts) == ({}, {})
    assert await scene.store.results.unknown(other, [theirs.id]) == []


@ADMISSION.idea
async def a_key_spans_the_lanes_of_its_namespace(scene: Scene) -> None:
    first = keyed(scene)
    await scene.admit(first)
    reply = (await scene.admit(keyed(scene, B, lane=scene.other_lane))).replies[0]
    assert reply.conflicts == {0: first.id}


@ADMISSION.idea
async def a_key_still_names_a_task_that_has_ended(scene: Scene) -> None:
    first = keyed(scene)
    await scene.admit(first)
    await scene.apply(finish(Standing(first.id, 0), Event.CANCEL_REQUEST, anyones=True))
    assert (await scene.admit(keyed(scene))).replies[0].existing == {0: first.id}


@ADMISSION.idea
async def a_key_stands_until_it_expires(scene: Scene) -> None:
    first = keyed(scene, key_life_s=2 * int(LONG_S))
    await scene.admit(first)
    await scene.advance(LONG_S)
    assert (await scene.admit(keyed(scene))).replies[0].existing == {0: first.id}


@ADMISSION.idea
async def an_expired_key_is_taken_over(scene: Scene) -> None:
    first, second = keyed(scene, key_life_s=60), keyed(scene, B)
    await scene.admit(first)
    await scene.advance(LONG_S)
    reply = (await scene.admit(second)).replies[0]
    assert (reply.existing, reply.conflicts) == ({}, {})
    assert await scene.status(second.id) is Status.NEW
    replies = [(await scene.admit(keyed(scene, content))).replies[0] for content in (A, B)]
    assert replies[0].conflicts == {0: second.id}
    assert replies[1].existing == {0: second.id}


@ADMISSION.idea
async def the_one_who_takes_over_gives_the_key_a_new_life(scene: Scene) -> None:
    await scene.admit(keyed(scene, key_life_s=60))
    await scene.advance(LONG_S)
    second = keyed(scene, key_life_s=60)
    await scene.admit(second)
    await scene.advance(30)
    assert (await scene.admit(keyed(scene))).replies[0].existing == {0: second.id}


@ADMISSION.idea
async def of_many_callers_at_once_with_one_key_one_stores_its_task(scene: Scene) -> None:
    tasks = [keyed(scene) for _ in range(WRITERS)]
    answers = await asyncio.gather(*(scene.admit(task) for task in tasks))
    (first,) = await scene.store.transitions.read([task.id for task in tasks])
    for task, answer in zip(tasks, answers, strict=True):
        assert answer.replies[0].existing.get(0, task.id) == first
        assert answer.replies[0].conflicts == {}


@ADMISSION.idea
async def of_many_callers_at_once_with_other_content_all_but_one_conflict(scene: Scene) -> None:
    tasks = [keyed(scene, b"%016d" % number) for number in range(WRITERS)]
    answers = await asyncio.gather(*(scene.admit(task) for task in tasks))
    (first,) = await scene.store.transitions.read([task.id for task in tasks])
    conflicts = [answer.replies[0].conflicts for answer in answers if answer.replies[0].conflicts]
    assert conflicts == [{0: first}] * (WRITERS - 1)


@ADMISSION.idea
async def of_many_who_take_over_an_expired_key_at_once_one_does(scene: Scene) -> None:
    await scene.admit(keyed(scene, key_life_s=60))
    await scene.advance(LONG_S)
    tasks = [keyed(scene, B) for _ in range(WRITERS)]
    answers = await asyncio.gather(*(scene.admit(task) for task in tasks))
    (second,) = await scene.store.transitions.read([task.id for task in tasks])
    for task, answer in zip(tasks, answers, strict=True):
        assert answer.replies[0].existing.get(0, task.id) == second


@ADMISSION.idea
async def calls_that_meet_in_two_keys_the_other_way_round_both_end(scene: Scene) -> None:
    """The textbook deadlock: each call would hold one key and wait for the other."""
    keys = [f"key {number}" for number in range(50)]
    forwards = [keyed(scene, key=key) for key in keys]
    backwards = [keyed(scene, key=key) for key in reversed(keys)]
    await asyncio.gather(scene.admit(*forwards), scene.admit(*backwards))
    stored = await scene.store.transitions.read([task.id for task in forwards + backwards])
    assert len(stored) == len(keys)


@ADMISSION.idea
async def a_call_repeated_with_its_own_ids_finds_its_own_tasks(scene: Scene) -> None:
    task = keyed(scene)
    await scene.admit(task)
    async with scene.nothing_changes():
        reply = (await scene.admit(task)).replies[0]
    assert reply.existing.get(0, task.id) == task.id
    assert reply.conflicts == {}


@ADMISSION.idea
async def keys_are_opaque(scene: Scene) -> None:
    """No case folding, no trimming, no Unicode form: what differs in a byte is another key."""
    keys = ["é", "e\u0301", "É", " é", "é ", "k" * 1024, "k" * 1023, "'; --", "%", "ключ"]
    tasks = [keyed(scene, b"%016d" % number, key=key) for number, key in enumerate(keys)]
    reply = (await scene.admit(*tasks)).replies[0]
    assert (reply.existing, reply.conflicts) == ({}, {})
    again = [keyed(scene, b"%016d" % number, key=key) for number, key in enumerate(keys)]
    reply = (await scene.admit(*again)).replies[0]
    assert reply.existing == {position: task.id for position, task in enumerate(tasks)}
