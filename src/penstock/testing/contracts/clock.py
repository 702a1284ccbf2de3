# ruff: noqa: D103 - the name of an idea is its sentence
"""The store's clock, as far as a process knows it."""

from penstock.testing.contracts.scene import ROUNDING_US, Scene
from penstock.testing.contracts.store_suites import CLOCK

JUMP_S = 7_200
JUMP_US = JUMP_S * 1_000_000
SLACK_US = 60_000_000
"""a slow machine is not a wrong clock"""


@CLOCK.idea
async def a_comparison_reads_the_stores_clock_and_names_its_primary(scene: Scene) -> None:
    first = await scene.store.clock.compare()
    second = await scene.store.clock.compare()
    assert second.store_us >= first.store_us
    assert second.primary == first.primary
    assert first.primary


@CLOCK.idea
async def between_comparisons_the_clock_goes_on_by_itself(scene: Scene) -> None:
    reading = await scene.store.clock.compare()
    first, second = scene.store.clock.now_us(), scene.store.clock.now_us()
    assert reading.store_us - ROUNDING_US <= first <= second < reading.store_us + SLACK_US


@CLOCK.idea
async def a_jump_is_unknown_until_the_next_comparison(scene: Scene) -> None:
    for seconds in (JUMP_S, -JUMP_S):
        before = (await scene.store.clock.compare()).store_us
        await scene.under_test.advance(seconds)
        assert abs(scene.store.clock.now_us() - before) < SLACK_US
        reading = await scene.store.clock.compare()
        assert abs(reading.store_us - before - seconds * 1_000_000) < SLACK_US
        assert abs(reading.drift_us - seconds * 1_000_000) < SLACK_US
        assert abs(scene.store.clock.now_us() - reading.store_us) < SLACK_US


@CLOCK.idea
async def drift_is_told_once(scene: Scene) -> None:
    await scene.store.clock.compare()
    await scene.under_test.advance(JUMP_S)
    assert (await scene.store.clock.compare()).drift_us > JUMP_US - SLACK_US
    assert abs((await scene.store.clock.compare()).drift_us) < SLACK_US
