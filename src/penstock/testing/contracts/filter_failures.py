# ruff: noqa: D103 - the name of an idea is its sentence
"""Filters that fail: counted for the subscription as it stands, with the last error."""

from penstock.model.filter_failures import FilterFailures, KnownFilterFailures
from penstock.model.subscription import EventFilter, SubscriptionSpec
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import FILTER_FAILURES

FILES = SubscriptionSpec("files")


@FILTER_FAILURES.idea
async def nothing_is_known_of_a_filter_that_has_not_failed(scene: Scene) -> None:
    assert await _known(scene) is None
    await _declare(scene, FILES)
    assert await _known(scene) is None
    await scene.store.filter_failures.add([])


@FILTER_FAILURES.idea
async def counts_add_up_and_the_last_error_stays(scene: Scene) -> None:
    await _declare(scene, FILES)
    await scene.advance(1.0)
    await _add(scene, 2, "first ä€𝄞")
    async with scene.span() as span:
        await _add(scene, 3, "second")
    known = await _known(scene)
    assert known is not None
    assert known.failures == FilterFailures(scene.lambda_id, 5, "second", "a.txt", 7)
    assert span.covers(known.last_at_us)


@FILTER_FAILURES.idea
async def any_text_of_an_error_can_be_kept(scene: Scene) -> None:
    await _declare(scene, FILES)
    await scene.advance(1.0)
    await _add(scene, 1, "a\0b")
    known = await _known(scene)
    assert known is not None
    assert known.failures.error.startswith("a")


@FILTER_FAILURES.idea
async def each_subscription_has_its_own(scene: Scene) -> None:
    await scene.store.subscriptions.declare(
        scene.namespace_id, {scene.lambda_id: FILES, scene.other_lambda_id: FILES}, []
    )
    await scene.advance(1.0)
    other = FilterFailures(scene.other_lambda_id, 4, "other", "b", 9)
    await scene.store.filter_failures.add([other, FilterFailures(scene.lambda_id, 1, "one", "a.txt", 7)])
    known = await scene.store.filter_failures.of(scene.other_lambda_id)
    assert known is not None
    assert known.failures == other


@FILTER_FAILURES.idea
async def a_subscription_that_is_declared_otherwise_begins_anew(scene: Scene) -> None:
    await _declare(scene, FILES)
    await scene.advance(1.0)
    await _add(scene, 2, "before")
    await scene.advance(1.0)
    await _declare(scene, FILES)
    assert await _known(scene) is not None, "it is the same as before"
    await _declare(scene, SubscriptionSpec("files", wanted=EventFilter(("file.*",))))
    assert await _known(scene) is None
    await scene.advance(1.0)
    await _add(scene, 3, "after")
    known = await _known(scene)
    assert known is not None
    assert known.failures.count == 3


async def _declare(scene: Scene, spec: SubscriptionSpec) -> None:
    await scene.store.subscriptions.declare(scene.namespace_id, {scene.lambda_id: spec}, [])


async def _add(scene: Scene, count: int, error: str) -> None:
    await scene.store.filter_failures.add([FilterFailures(scene.lambda_id, count, error, "a.txt", 7)])


async def _known(scene: Scene) -> KnownFilterFailures | None:
    return await scene.store.filter_failures.of(scene.lambda_id)
