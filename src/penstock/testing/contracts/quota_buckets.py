# ruff: noqa: D103 - the name of an idea is its sentence
"""Tokens drawn out of buckets."""

import asyncio

from penstock.model.quota import QuotaKind, QuotaOrder
from penstock.model.token_bucket import Draw, Limit
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import QUOTAS

FAST = 1e6
"""tasks a second that fill any bucket whatever a real clock does meanwhile"""


def limit(scene: Scene, per_s: float = 0.001, burst: int = 10, priority: int = 0) -> Limit:
    """By default one that fills so slowly that a real clock which goes on during a test adds nothing."""
    return Limit((scene.lambda_id, QuotaKind.START, priority), per_s, burst)


async def drawn(scene: Scene, of: Limit, least: int, wanted: int) -> int:
    [grant] = await scene.store.quotas.draw([Draw(of, least, wanted)])
    return grant.tokens


@QUOTAS.idea
async def a_bucket_is_full_at_first_and_gives_no_more_than_it_has(scene: Scene) -> None:
    of = limit(scene)
    assert await drawn(scene, of, 1, 4) == 4
    assert await drawn(scene, of, 1, 9) == 6
    assert await drawn(scene, of, 1, 1) == 0


@QUOTAS.idea
async def a_draw_gets_its_least_or_nothing(scene: Scene) -> None:
    of = limit(scene)
    assert await drawn(scene, of, 11, 20) == 0
    assert await drawn(scene, of, 10, 20) == 10


@QUOTAS.idea
async def a_grant_tells_what_is_left(scene: Scene) -> None:
    [grant] = await scene.store.quotas.draw([Draw(limit(scene), 1, 4)])
    assert 6 <= grant.left < 6.5


@QUOTAS.idea
async def a_bucket_fills_with_time_up_to_its_burst(scene: Scene) -> None:
    of = limit(scene, per_s=0.1)
    assert await drawn(scene, of, 1, 10) == 10
    await scene.advance(35)
    assert await drawn(scene, of, 1, 10) in {3, 4}
    await scene.advance(3600)
    assert await drawn(scene, of, 1, 99) == 10


@QUOTAS.idea
async def a_clock_that_goes_back_fills_nothing_and_goes_on_from_there(scene: Scene) -> None:
    of = limit(scene, per_s=0.1)
    assert await drawn(scene, of, 1, 10) == 10
    await scene.advance(-3600)
    assert await drawn(scene, of, 1, 10) == 0
    await scene.advance(35)
    assert await drawn(scene, of, 1, 10) in {3, 4}


@QUOTAS.idea
async def a_changed_rate_counts_from_the_next_draw(scene: Scene) -> None:
    assert await drawn(scene, limit(scene, burst=100), 1, 90) == 90
    assert await drawn(scene, limit(scene, burst=4), 1, 99) == 4, "a smaller burst cuts what was saved up"
    assert await drawn(scene, limit(scene, FAST, 50), 0, 0) == 0
    await scene.advance(1)
    assert await drawn(scene, limit(scene, FAST, 50), 1, 99) == 50


@QUOTAS.idea
async def buckets_of_lanes_are_apart_and_are_answered_in_order(scene: Scene) -> None:
    first, second = limit(scene, burst=3, priority=2), limit(scene, burst=5, priority=1)
    grants = await scene.store.quotas.draw([Draw(first, 1, 9), Draw(second, 1, 9)])
    assert [grant.tokens for grant in grants] == [3, 5]


@QUOTAS.idea
async def many_at_once_get_no_more_together_than_the_bucket_has(scene: Scene) -> None:
    limits = [limit(scene, burst=40, priority=priority) for priority in (1, 2, 3)]
    draws = [[Draw(each, 1, 3) for each in (limits if turn % 2 else limits[::-1])] for turn in range(20)]
    grants = await asyncio.gather(*[scene.store.quotas.draw(each) for each in draws])
    assert sum(grant.tokens for answer in grants for grant in answer) == 120


@QUOTAS.idea
async def a_quota_tells_when_it_last_kept_somebody_waiting(scene: Scene) -> None:
    of = limit(scene, burst=1)
    await scene.store.quotas.order(QuotaOrder(scene.namespace_id, scene.lambda_id, QuotaKind.START, amount=0.001))
    await drawn(scene, of, 1, 1)
    [quota] = await scene.store.quotas.standing(scene.namespace_id, "")
    assert quota.denied_us == 0
    async with scene.span() as span:
        await drawn(scene, of, 1, 1)
    [quota] = await scene.store.quotas.standing(scene.namespace_id, "")
    assert span.covers(quota.denied_us)
