# ruff: noqa: D103 - the name of an idea is its sentence
"""Subscriptions: declared as a whole or not at all, with a start that stays, and never in a ring."""

import asyncio
from collections.abc import Mapping

from penstock.model.errors import InvalidInput
from penstock.model.lane import LambdaId
from penstock.model.subscription import (
    START_AT_THE_BEGINNING,
    START_NOW,
    EventFilter,
    Order,
    Subscription,
    SubscriptionSpec,
    WhenDead,
)
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import SUBSCRIPTIONS

FILES = SubscriptionSpec("files")


@SUBSCRIPTIONS.idea
async def all_that_is_declared_is_kept(scene: Scene) -> None:
    spec = SubscriptionSpec(
        "files",
        Order.LATEST,
        7,
        EventFilter(("file.*", "moved"), (("tenant", "ä€𝄞"),)),
        1_700_000_000_000_000,
        ("mail.sweep",),
        WhenDead.SKIP,
    )
    (declared,) = await _declare(scene, {scene.lambda_id: spec})
    assert declared.spec == spec
    assert (declared.lambda_name, declared.namespace_id) == ("mail.send", scene.namespace_id)
    assert await scene.store.subscriptions.all() == [declared]
    assert await scene.store.streams.resolve(scene.namespace_id, ["files"]) == {"files": declared.stream_id}


@SUBSCRIPTIONS.idea
async def now_is_the_moment_of_the_first_declaration(scene: Scene) -> None:
    async with scene.span() as span:
        (first,) = await _declare(scene, {scene.lambda_id: FILES})
    assert FILES.start_at_us == START_NOW
    assert span.covers(first.spec.start_at_us)
    await scene.advance(100.0)
    assert await _declare(scene, {scene.lambda_id: FILES}) == [first]
    await _declare(scene, {}, scene.lambda_id)
    assert await _declare(scene, {scene.lambda_id: FILES}) == [first], "its cursors have stayed, and so does its start"


@SUBSCRIPTIONS.idea
async def a_start_that_is_given_replaces_the_one_that_stood(scene: Scene) -> None:
    await _declare(scene, {scene.lambda_id: FILES})
    (given,) = await _declare(scene, {scene.lambda_id: SubscriptionSpec("files", start_at_us=17)})
    assert given.spec.start_at_us == 17
    beginning = SubscriptionSpec("files", start_at_us=START_AT_THE_BEGINNING)
    assert (await _declare(scene, {scene.lambda_id: beginning}))[0].spec.start_at_us == 0
    assert (await _declare(scene, {scene.lambda_id: FILES}))[0].spec.start_at_us == 0


@SUBSCRIPTIONS.idea
async def another_stream_begins_anew(scene: Scene) -> None:
    await _declare(scene, {scene.lambda_id: SubscriptionSpec("files", start_at_us=17)})
    async with scene.span() as span:
        (other,) = await _declare(scene, {scene.lambda_id: SubscriptionSpec("orders")})
    assert span.covers(other.spec.start_at_us)
    assert await scene.store.subscriptions.all() == [other]


@SUBSCRIPTIONS.idea
async def who_goes_after_whom_is_told_both_ways(scene: Scene) -> None:
    after = SubscriptionSpec("files", after=("mail.sweep", "mail.unknown"))
    first, second = await _declare(scene, {scene.lambda_id: after, scene.other_lambda_id: FILES})
    assert (first.after, first.before) == ((scene.other_lambda_id,), ())
    assert (second.after, second.before) == ((), (scene.lambda_id,))


@SUBSCRIPTIONS.idea
async def another_stream_and_a_retired_lambda_hold_nobody_back(scene: Scene) -> None:
    after = SubscriptionSpec("files", after=("mail.sweep",))
    await _declare(scene, {scene.lambda_id: after, scene.other_lambda_id: SubscriptionSpec("orders")})
    assert [(each.after, each.before) for each in await scene.store.subscriptions.all()] == [((), ()), ((), ())]
    await _declare(scene, {scene.other_lambda_id: FILES})
    assert (await _by_lambda(scene))[scene.lambda_id].after == (scene.other_lambda_id,)
    await _declare(scene, {}, scene.other_lambda_id)
    assert list(await _by_lambda(scene)) == [scene.lambda_id]
    assert (await _by_lambda(scene))[scene.lambda_id].after == ()


@SUBSCRIPTIONS.idea
async def a_ring_is_refused_and_nothing_is_kept(scene: Scene) -> None:
    await _declare(scene, {scene.lambda_id: SubscriptionSpec("files", after=("mail.sweep",))})
    stood = await scene.store.subscriptions.all()
    ring = SubscriptionSpec("files", after=("mail.send",))
    refusal = await _refused(scene, {scene.other_lambda_id: ring})
    assert "mail.send" in refusal
    assert "mail.sweep" in refusal
    assert await scene.store.subscriptions.all() == stood
    mixed = {
        scene.lambda_id: SubscriptionSpec("orders"),
        scene.other_lambda_id: SubscriptionSpec("new", after=("x.y",)),
    }
    await _refused(
        scene,
        {
            scene.lambda_id: SubscriptionSpec("new", after=("mail.sweep",)),
            scene.other_lambda_id: SubscriptionSpec("new", after=("mail.send",)),
        },
    )
    assert await scene.store.streams.find(scene.namespace_id, "new") is None, "not even its stream"
    assert len(await _declare(scene, mixed)) == 2


@SUBSCRIPTIONS.idea
async def of_two_that_close_a_ring_at_once_one_is_refused(scene: Scene) -> None:
    one = SubscriptionSpec("files", after=("mail.sweep",))
    two = SubscriptionSpec("files", after=("mail.send",))
    answers = await asyncio.gather(
        _declare(scene, {scene.lambda_id: one}), _declare(scene, {scene.other_lambda_id: two}), return_exceptions=True
    )
    assert sorted(isinstance(answer, InvalidInput) for answer in answers) == [False, True]
    assert len(await scene.store.subscriptions.all()) == 1


@SUBSCRIPTIONS.idea
async def namespaces_know_nothing_of_one_another(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    theirs = (await scene.store.registry.resolve(other, ["mail.sweep"]))["mail.sweep"].id
    await _declare(scene, {scene.lambda_id: SubscriptionSpec("files", after=("mail.sweep",))})
    (foreign,) = await scene.store.subscriptions.declare(other, {theirs: FILES}, [])
    own = (await _by_lambda(scene))[scene.lambda_id]
    assert foreign.stream_id != own.stream_id
    assert (own.after, foreign.before) == ((), ())


async def _declare(scene: Scene, specs: Mapping[LambdaId, SubscriptionSpec], *others: LambdaId) -> list[Subscription]:
    return await scene.store.subscriptions.declare(scene.namespace_id, specs, others)


async def _by_lambda(scene: Scene) -> dict[LambdaId, Subscription]:
    return {each.lambda_id: each for each in await scene.store.subscriptions.all()}


async def _refused(scene: Scene, specs: Mapping[LambdaId, SubscriptionSpec]) -> str:
    try:
        await _declare(scene, specs)
    except InvalidInput as refusal:
        return str(refusal)
    raise AssertionError("it was accepted")
