# ruff: noqa: D103 - the name of an idea is its sentence
"""Orders about quotas, what code declares of itself, and the trail."""

from typing import Any

from penstock.model.errors import InvalidInput
from penstock.model.policy import LambdaPolicy
from penstock.model.quota import UNLIMITED, DeclaredQuota, Quota, QuotaKind, QuotaOrder, in_force
from penstock.ports.registry import Registration
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import QUOTAS

SCHEDULE, START, WEIGHT = QuotaKind.SCHEDULE, QuotaKind.START, QuotaKind.WEIGHT


async def order(scene: Scene, kind: QuotaKind, amount: float | None, **fields: Any) -> None:
    lambda_id = fields.pop("lambda_id", scene.lambda_id)
    await scene.store.quotas.order(QuotaOrder(scene.namespace_id, lambda_id, kind, amount=amount, **fields))


async def declare(scene: Scene, **fields: Any) -> None:
    policy = LambdaPolicy(quota=DeclaredQuota(**fields))
    await scene.store.registry.register(scene.namespace_id, [Registration("mail.send", "1", policy, b"")])


async def standing(scene: Scene, lambda_name: str = "") -> list[Quota]:
    return await scene.store.quotas.standing(scene.namespace_id, lambda_name)


@QUOTAS.idea
async def an_order_stands_with_who_and_why(scene: Scene) -> None:
    async with scene.span() as span:
        await order(scene, START, 5.5, priority=3, burst=7, reason="too ä many", who="ada@host")
    [quota] = await standing(scene)
    assert (quota.lambda_id, quota.lambda_name) == (scene.lambda_id, "mail.send")
    assert (quota.kind, quota.priority, quota.amount, quota.burst) == (START, 3, 5.5, 7)
    assert (quota.reason, quota.who, quota.declared, quota.denied_us) == ("too ä many", "ada@host", False, 0)
    assert span.covers(quota.since_us)


@QUOTAS.idea
async def the_latest_order_counts_until_it_is_cleared(scene: Scene) -> None:
    await order(scene, SCHEDULE, 5)
    await order(scene, SCHEDULE, UNLIMITED)
    assert [quota.amount for quota in await standing(scene)] == [UNLIMITED]
    await order(scene, SCHEDULE, None)
    await order(scene, SCHEDULE, None)
    assert await standing(scene) == []
    trail = await scene.store.quotas.trail(scene.namespace_id, "", 0, 9)
    assert [line.amount for line in trail] == [None, UNLIMITED, 5], "what changes nothing leaves no line"


@QUOTAS.idea
async def lanes_and_kinds_of_a_lambda_are_apart(scene: Scene) -> None:
    await order(scene, START, 9)
    await order(scene, START, 3, priority=1)
    await order(scene, WEIGHT, 2)
    await order(scene, SCHEDULE, 4, lambda_id=scene.other_lambda_id)
    told = [(quota.lambda_name, quota.kind, quota.priority, quota.amount) for quota in await standing(scene)]
    assert told == [
        ("mail.send", START, 0, 9),
        ("mail.send", START, 1, 3),
        ("mail.send", WEIGHT, 0, 2),
        ("mail.sweep", SCHEDULE, 0, 4),
    ]
    assert len(await standing(scene, "mail.sweep")) == 1


@QUOTAS.idea
async def what_code_declares_stands_too_and_an_order_stands_before_it(scene: Scene) -> None:
    await declare(scene, schedule_per_s=10, schedule_burst=30, weight=3)
    quotas = await standing(scene)
    assert [(quota.kind, quota.amount, quota.burst, quota.declared) for quota in quotas] == [
        (SCHEDULE, 10, 30, True),
        (WEIGHT, 3, 0, True),
    ]
    await order(scene, SCHEDULE, 2)
    in_effect = {quota.kind: (quota.amount, quota.declared) for quota in in_force(await standing(scene))}
    assert in_effect == {SCHEDULE: (2, False), WEIGHT: (3, True)}
    await order(scene, SCHEDULE, None)
    assert [quota.amount for quota in in_force(await standing(scene, "mail.send"))] == [10, 3]


@QUOTAS.idea
async def a_namespace_sees_its_own_only_and_servers_see_all(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    [record] = (await scene.store.registry.resolve(other, ["mail.send"])).values()
    await scene.store.quotas.order(QuotaOrder(other, record.id, SCHEDULE, amount=1))
    await order(scene, SCHEDULE, 2)
    assert [quota.amount for quota in await standing(scene)] == [2]
    assert [quota.amount for quota in await scene.store.quotas.standing(other, "mail.send")] == [1]
    assert sorted(quota.amount for quota in await scene.store.quotas.all()) == [1, 2]
    assert len(await scene.store.quotas.trail(other, "", 0, 9)) == 1


@QUOTAS.idea
async def an_order_that_comes_again_with_its_token_changes_nothing(scene: Scene) -> None:
    await order(scene, SCHEDULE, 5, token=b"t" * 16)
    await order(scene, SCHEDULE, 9, token=b"u" * 16)
    await order(scene, SCHEDULE, 5, token=b"t" * 16)
    assert [quota.amount for quota in await standing(scene)] == [9]
    assert len(await scene.store.quotas.trail(scene.namespace_id, "", 0, 9)) == 2


@QUOTAS.idea
async def a_token_that_was_used_for_something_else_is_refused(scene: Scene) -> None:
    await order(scene, SCHEDULE, 5, token=b"t" * 16)
    try:
        await order(scene, START, 5, token=b"t" * 16)
    except InvalidInput:
        assert len(await standing(scene)) == 1
        return
    raise AssertionError("it was taken")


@QUOTAS.idea
async def the_trail_keeps_every_order_the_latest_first(scene: Scene) -> None:
    await order(scene, SCHEDULE, 5, burst=6, who="ada", reason="first")
    await order(scene, START, 7, priority=2, who="bob")
    await order(scene, SCHEDULE, None, who="cyd")
    lines = await scene.store.quotas.trail(scene.namespace_id, "mail.send", 0, 9)
    assert [(line.kind, line.priority, line.amount, line.burst, line.who) for line in lines] == [
        (SCHEDULE, 0, None, 0, "cyd"),
        (START, 2, 7, 0, "bob"),
        (SCHEDULE, 0, 5, 6, "ada"),
    ]
    page = await scene.store.quotas.trail(scene.namespace_id, "", lines[0].version, 1)
    assert page == [lines[1]]
    assert await scene.store.quotas.trail(scene.namespace_id, "mail.sweep", 0, 9) == []
