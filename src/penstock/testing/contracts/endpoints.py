# ruff: noqa: D103 - the name of an idea is its sentence
"""Endpoints: what is kept of them, their secrets, their state, and what is told of their health."""

from typing import Any, Final

from penstock.model.endpoint import AnswerPolicy, ContentMode, Endpoint, EndpointSpec, Health, TargetHealth
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import EventFilter, Order, SubscriptionSpec
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import ENDPOINTS

A: Final = "https://a.example/hook"
B: Final = "https://b.example/hook?x=1"
SPEC: Final = EndpointSpec(urls=(A, B))
SECRET: Final = bytes(range(32))
OTHER: Final = bytes(range(32, 64))
THIRD: Final = bytes(range(64, 96))


async def keep(scene: Scene, spec: EndpointSpec = SPEC, secret: bytes = SECRET) -> Endpoint:
    return await scene.store.endpoints.keep(scene.lambda_id, spec, secret)


async def standing(scene: Scene, lambda_name: str = "") -> list[Endpoint]:
    return await scene.store.endpoints.of_namespace(scene.namespace_id, lambda_name)


def told(scene: Scene, url: str = A, worker: str = "here/1", **fields: Any) -> TargetHealth:
    return TargetHealth(scene.lambda_id, url, worker, **{"health": Health.WELL, "since_us": 1_000_000, **fields})


@ENDPOINTS.idea
async def what_is_kept_is_told_with_all_its_parts(scene: Scene) -> None:
    spec = EndpointSpec(
        urls=(A,),
        headers=(("Authorization", "Bearer x"),),
        mode=ContentMode.STRUCTURED,
        timeout_s=3.5,
        concurrency=7,
        rate_per_s=2.5,
        answers=AnswerPolicy(client_errors_are_fatal=True, unknown_s=9.0),
        policy=LambdaPolicy(attempts_max=3),
        subscription=SubscriptionSpec("files", Order.NONE, 9, EventFilter(types=("a.*",)), after=("mail.sweep",)),
    )
    async with scene.span() as span:
        kept = await keep(scene, spec)
    assert (kept.lambda_id, kept.namespace_id, kept.lambda_name) == (scene.lambda_id, scene.namespace_id, "mail.send")
    assert (kept.namespace, kept.spec, kept.secrets, kept.version) == ("scene", spec, (SECRET,), 1)
    assert kept.enabled
    assert not kept.gone
    assert span.covers(kept.created_at_us)
    assert span.covers(kept.changed_at_us)
    assert await standing(scene) == await scene.store.endpoints.all() == [kept]


@ENDPOINTS.idea
async def a_change_keeps_the_secret_and_the_state(scene: Scene) -> None:
    first = await keep(scene)
    await scene.store.endpoints.disable(scene.lambda_id, "on holiday")
    second = await keep(scene, EndpointSpec(urls=(B,)), OTHER)
    assert (second.secrets, second.spec.urls, second.disabled_because) == ((SECRET,), (B,), "on holiday")
    assert second.version > first.version
    assert second.created_at_us == first.created_at_us
    assert (await keep(scene, EndpointSpec(urls=(B,)), OTHER)).version == second.version, "the same changes nothing"


@ENDPOINTS.idea
async def one_lambda_is_asked_for_or_all_of_a_namespace(scene: Scene) -> None:
    await keep(scene)
    await scene.store.endpoints.keep(scene.other_lambda_id, SPEC, OTHER)
    assert [each.lambda_name for each in await standing(scene)] == ["mail.send", "mail.sweep"]
    assert [each.lambda_name for each in await standing(scene, "mail.sweep")] == ["mail.sweep"]
    assert await scene.store.endpoints.of_namespace(scene.namespace_id + 1) == []


@ENDPOINTS.idea
async def what_is_removed_is_gone_with_all_that_was_told(scene: Scene) -> None:
    await keep(scene)
    await scene.store.endpoints.tell([told(scene)])
    assert await scene.store.endpoints.remove(scene.lambda_id)
    assert not await scene.store.endpoints.remove(scene.lambda_id)
    assert await standing(scene) == []
    await keep(scene)
    assert await scene.store.endpoints.health(scene.namespace_id, "", 60) == []


@ENDPOINTS.idea
async def two_secrets_sign_while_one_is_rotated(scene: Scene) -> None:
    await keep(scene)
    rotated = await scene.store.endpoints.rotate(scene.lambda_id, OTHER, 60)
    assert rotated is not None
    assert rotated.secrets == (OTHER, SECRET)
    assert rotated.previous_until_us > rotated.changed_at_us
    assert await scene.store.endpoints.rotate(scene.lambda_id, OTHER, 60) == rotated, "a repeat changes nothing"
    again = await scene.store.endpoints.rotate(scene.lambda_id, THIRD, 60)
    assert again is not None
    assert again.secrets == (THIRD, OTHER)
    await scene.advance(61)
    [later] = await standing(scene)
    assert (later.secrets, later.previous_until_us) == ((THIRD,), 0)


@ENDPOINTS.idea
async def a_first_reason_for_being_disabled_stays(scene: Scene) -> None:
    await keep(scene)
    async with scene.span() as span:
        first = await scene.store.endpoints.disable(scene.lambda_id, "on holiday")
    second = await scene.store.endpoints.disable(scene.lambda_id, "something else")
    assert first == second
    assert first is not None
    assert (first.enabled, first.disabled_because) == (False, "on holiday")
    assert span.covers(first.disabled_at_us)
    enabled = await scene.store.endpoints.enable(scene.lambda_id)
    assert enabled is not None
    assert (enabled.enabled, enabled.disabled_at_us) == (True, 0)
    assert await scene.store.endpoints.enable(scene.lambda_id) == enabled


@ENDPOINTS.idea
async def the_last_address_that_goes_takes_the_endpoint_with_it(scene: Scene) -> None:
    await keep(scene)
    first = await scene.store.endpoints.gone(scene.lambda_id, A, "a answered 410")
    assert first is not None
    assert (first.urls, first.enabled) == ((B,), True)
    assert await scene.store.endpoints.gone(scene.lambda_id, A, "again") == first
    assert await scene.store.endpoints.gone(scene.lambda_id, "https://c.example/", "unknown") == first
    last = await scene.store.endpoints.gone(scene.lambda_id, B, "b answered 410")
    assert last is not None
    assert (last.urls, last.disabled_because) == ((), "b answered 410")
    assert last.disabled_at_us
    enabled = await scene.store.endpoints.enable(scene.lambda_id)
    assert enabled is not None
    assert (enabled.urls, enabled.enabled) == ((A, B), True)


@ENDPOINTS.idea
async def a_change_brings_back_addresses_that_were_gone(scene: Scene) -> None:
    await keep(scene)
    await scene.store.endpoints.gone(scene.lambda_id, A, "a answered 410")
    assert (await keep(scene)).urls == (A, B)


@ENDPOINTS.idea
async def nothing_is_done_to_what_is_no_endpoint(scene: Scene) -> None:
    endpoints = scene.store.endpoints
    assert await endpoints.enable(scene.lambda_id) is None
    assert await endpoints.disable(scene.lambda_id, "x") is None
    assert await endpoints.rotate(scene.lambda_id, SECRET, 1) is None
    assert await endpoints.gone(scene.lambda_id, A, "x") is None
    await endpoints.tell([told(scene)])
    await keep(scene)
    assert await endpoints.health(scene.namespace_id, "", 60) == []


@ENDPOINTS.idea
async def the_latest_word_of_each_worker_counts(scene: Scene) -> None:
    await keep(scene)
    now_us = await scene.now_us()
    await scene.store.endpoints.tell([told(scene, B), told(scene, worker="there/2"), told(scene)])
    worse = told(
        scene, health=Health.OPEN, since_us=now_us, next_us=now_us + 9, in_flight=1, failed=5, problem="answered 500"
    )
    await scene.store.endpoints.tell([worse])
    seen = await scene.store.endpoints.health(scene.namespace_id, "mail.send", 60)
    assert [(each.url, each.worker, each.health) for each in seen] == [
        (A, "here/1", Health.OPEN),
        (A, "there/2", Health.WELL),
        (B, "here/1", Health.WELL),
    ]
    assert (seen[0].since_us, seen[0].next_us, seen[0].failed, seen[0].problem) == (
        now_us,
        now_us + 9,
        5,
        worse.problem,
    )
    assert await scene.store.endpoints.health(scene.namespace_id, "mail.sweep", 60) == []


@ENDPOINTS.idea
async def an_old_word_counts_no_more(scene: Scene) -> None:
    await keep(scene)
    await scene.store.endpoints.tell([told(scene)])
    await scene.advance(61)
    await scene.store.endpoints.tell([told(scene, B)])
    assert [each.url for each in await scene.store.endpoints.health(scene.namespace_id, "", 60)] == [B]
