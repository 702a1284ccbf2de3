# ruff: noqa: D103 - the name of an idea is its sentence
"""Request tokens: a call that is repeated stores nothing twice."""

import asyncio

from penstock.model.errors import InvalidInput
from penstock.model.lifecycle import Status
from penstock.model.limits import TOKEN_LIFE_S
from penstock.ports.admission import AdmitRequest
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import ADMISSION

TOKEN = b"0123456789abcdef"
A, B = b"a" * 16, b"b" * 16


def call(scene: Scene, content_hash: bytes = A, minted_at_ms: int = 7_000, token: bytes = TOKEN) -> AdmitRequest:
    """A call of one task under a token."""
    return AdmitRequest(scene.namespace_id, [scene.task()], minted_at_ms, token, content_hash)


@ADMISSION.idea
async def a_repeat_says_when_the_first_was_minted_and_stores_nothing(scene: Scene) -> None:
    first = call(scene, minted_at_ms=7_000)
    reply = (await scene.store.admission.admit([first], {})).replies[0]
    assert (reply.repeat_of_minted_at_ms, reply.token_conflict) == (0, False)
    async with scene.nothing_changes():
        reply = (await scene.store.admission.admit([call(scene, minted_at_ms=8_000)], {})).replies[0]
    assert (reply.repeat_of_minted_at_ms, reply.token_conflict) == (7_000, False)


@ADMISSION.idea
async def a_token_used_for_other_content_is_a_conflict_and_stores_nothing(scene: Scene) -> None:
    await scene.store.admission.admit([call(scene, A)], {})
    async with scene.nothing_changes():
        reply = (await scene.store.admission.admit([call(scene, B)], {})).replies[0]
    assert reply.token_conflict


@ADMISSION.idea
async def a_token_belongs_to_its_namespace(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    await scene.store.admission.admit([call(scene)], {})
    task = scene.task()
    theirs = AdmitRequest(other, [task], 9_000, TOKEN, B)
    reply = (await scene.store.admission.admit([theirs], {})).replies[0]
    assert (reply.repeat_of_minted_at_ms, reply.token_conflict) == (0, False)
    assert await scene.status(task.id) is Status.NEW


@ADMISSION.idea
async def a_token_stands_for_its_life(scene: Scene) -> None:
    await scene.store.admission.admit([call(scene)], {})
    await scene.advance(TOKEN_LIFE_S - 60)
    reply = (await scene.store.admission.admit([call(scene)], {})).replies[0]
    assert reply.repeat_of_minted_at_ms == 7_000


@ADMISSION.idea
async def a_call_without_a_token_is_not_remembered(scene: Scene) -> None:
    first, second = call(scene, token=b""), call(scene, token=b"")
    await scene.store.admission.admit([first], {})
    reply = (await scene.store.admission.admit([second], {})).replies[0]
    assert reply.repeat_of_minted_at_ms == 0
    assert await scene.status(second.tasks[0].id) is Status.NEW


@ADMISSION.idea
async def of_two_calls_at_once_with_one_token_one_is_a_repeat(scene: Scene) -> None:
    calls = [call(scene, minted_at_ms=7_000 + number) for number in range(6)]
    answers = await asyncio.gather(*(scene.store.admission.admit([each], {}) for each in calls))
    repeats = [answer.replies[0].repeat_of_minted_at_ms for answer in answers]
    first = calls[repeats.index(0)]
    assert sorted(repeats) == [0] + [first.minted_at_ms] * 5
    stored = await scene.store.transitions.read([each.tasks[0].id for each in calls])
    assert set(stored) == {first.tasks[0].id}


@ADMISSION.idea
async def of_two_calls_in_one_trip_with_one_token_the_second_is_a_repeat(scene: Scene) -> None:
    calls = [call(scene, A, 7_000), call(scene, A, 8_000), call(scene, B, 9_000)]
    replies = (await scene.store.admission.admit(calls, {})).replies
    assert [reply.repeat_of_minted_at_ms for reply in replies[:2]] == [0, 7_000]
    assert [reply.token_conflict for reply in replies] == [False, False, True]
    stored = await scene.store.transitions.read([each.tasks[0].id for each in calls])
    assert set(stored) == {calls[0].tasks[0].id}


@ADMISSION.idea
async def a_repeat_beside_new_calls_leaves_them_alone(scene: Scene) -> None:
    await scene.store.admission.admit([call(scene)], {})
    fresh = [call(scene, token=b"another token 01"), call(scene, token=b"")]
    trip = [fresh[0], call(scene), fresh[1]]
    replies = (await scene.store.admission.admit(trip, {})).replies
    assert [reply.repeat_of_minted_at_ms for reply in replies] == [0, 7_000, 0]
    for each in fresh:
        assert await scene.status(each.tasks[0].id) is Status.NEW


@ADMISSION.idea
async def a_repeat_still_says_what_its_keys_name(scene: Scene) -> None:
    named = scene.task(key="taken", key_life_s=86_400, content_hash=A)
    await scene.admit(named)

    def repeated() -> AdmitRequest:
        own = scene.task(key="own", key_life_s=86_400, content_hash=A)
        same = scene.task(key="taken", key_life_s=86_400, content_hash=A)
        other = scene.task(key="taken", key_life_s=86_400, content_hash=B)
        return AdmitRequest(scene.namespace_id, [own, same, other, scene.task()], 7_000, TOKEN, A)

    first = repeated()
    reply = (await scene.store.admission.admit([first], {})).replies[0]
    assert (reply.existing, reply.conflicts) == ({1: named.id}, {2: named.id})
    async with scene.nothing_changes():
        reply = (await scene.store.admission.admit([repeated()], {})).replies[0]
    assert reply.repeat_of_minted_at_ms == 7_000
    assert (reply.existing, reply.conflicts) == ({0: first.tasks[0].id, 1: named.id}, {2: named.id})


@ADMISSION.idea
async def a_refused_batch_uses_up_no_token(scene: Scene) -> None:
    guilty = AdmitRequest(scene.namespace_id, [scene.task(collection="\x00")], 7_000, TOKEN, A)
    try:
        await scene.store.admission.admit([guilty], {})
    except InvalidInput:
        pass
    else:
        raise AssertionError("a NUL was taken")
    innocent = call(scene)
    reply = (await scene.store.admission.admit([innocent], {})).replies[0]
    assert reply.repeat_of_minted_at_ms == 0
    assert await scene.status(innocent.tasks[0].id) is Status.NEW
