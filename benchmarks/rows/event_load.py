"""Events to two subscriptions while publishing goes on: a steady load, and what has to be true at its end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from benchmarks import orders
from benchmarks.bench import WARM_UP_S
from benchmarks.lambdas.event_layout import SUBSCRIPTIONS, Given, given
from benchmarks.platform import LOOK_EVERY_S, START_TIMEOUT_S, Platform
from benchmarks.row import RowFailed
from benchmarks.shapes import SPREAD, Shape

DRAIN_TIMEOUT_S = 60.0
SETTLE_TIMEOUT_S = 10.0


def places(shape: Shape) -> int:
    """How many subjects there may be."""
    return shape.subjects or SPREAD


@asynccontextmanager
async def event_load(platform: Platform, shape: Shape) -> AsyncIterator[None]:
    """Starts the worker and the client, and comes back when the load is steady. At the end all is delivered."""
    await platform.start_worker("subscribers")
    load = orders.EventStream(shape)
    client = await platform.client("event_stream", load, orders.Sent)
    client.go()
    await _all_given(platform, load.in_flight, START_TIMEOUT_S)
    await asyncio.sleep(WARM_UP_S)
    yield
    client.stop()
    published = (await client.report()).tasks
    await _all_given(platform, published, DRAIN_TIMEOUT_S)
    await _all_settled(platform, published)


def of_both(platform: Platform) -> list[Given]:
    """What each subscription was given so far."""
    return [given(platform.cells.values, number) for number in range(SUBSCRIPTIONS)]


async def _all_given(platform: Platform, events: int, timeout_s: float) -> None:
    def has_come() -> bool:
        return min(each.events for each in of_both(platform)) >= events

    if not await platform.comes_true(has_come, timeout_s):
        raise RowFailed(
            f"of {events} events {[each.events for each in of_both(platform)]} were delivered within {timeout_s:g} s\n"
            + platform.complaints()
        )


async def _all_settled(platform: Platform, published: int) -> None:
    """Raises `RowFailed` when something was left out, came out of order, or cursors do not say what was delivered."""
    for number, each in enumerate(of_both(platform)):
        if each.missed or each.events != published:
            raise RowFailed(f"{published} events were published, and subscription {number} was given {each}")
    async with platform.store() as store, asyncio.timeout(SETTLE_TIMEOUT_S):
        while await store.subjects_behind():
            await asyncio.sleep(LOOK_EVERY_S)
