"""A subscription that some servers have not heard of yet: what they drop meanwhile is found all the same."""

from __future__ import annotations

import asyncio
from typing import Final

from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences
from tests.layers.test_refresh import Refreshed

SUBJECTS: Final = 8_000


@on_event_bench
async def test_a_ping_that_was_heard_before_its_subscription_was_known_is_made_good(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    refreshed = Refreshed(bench)
    bench.dispatcher._subscriptions = refreshed.subscriptions  # as in a server
    await refreshed.for_s(10)
    await asyncio.sleep(6)
    await refreshed.subscriptions.refresh()
    namespace = await bench.store.registry.namespace("default")
    late = (await bench._lambda_ids("default", ["app.late"]))["app.late"]
    await bench.store.subscriptions.declare(namespace, {late: ALL}, [])
    published = await bench.published("b", count=2)
    assert bench.id(late, "b") not in bench.cluster.deliveries, "the dispatcher knew nothing of it"
    await refreshed.for_s(15)
    await bench.book.refresh()
    assert sequences(await bench.handed(late, "b")) == published


@on_event_bench
async def test_a_server_with_an_old_list_passes_over_nothing_for_the_others(bench: EventBench) -> None:
    """It leads refresh on at the wrong moments: after the others have looked through everything."""
    await bench.subscribe(search=ALL)
    old, new = Refreshed(bench, "old", recent_every_s=1.0), Refreshed(bench, "new", recent_every_s=1.0)
    await old.for_s(12)
    old.subscriptions._fresh_until_s = float("inf")  # as long as it may take, and all signals are lost
    late = (await bench.subscribe(search=ALL, late=ALL))["late"]
    await new.for_s(5)
    lost = await bench.publish("b", count=2)
    await old.for_s(6)
    await new.for_s(20)
    assert bench.id(late, "b") in bench.cluster.deliveries
    assert sequences(await bench.handed(late, "b")) == lost


@on_event_bench
async def test_an_old_list_leads_no_page_of_a_pass_that_knows_more(bench: EventBench) -> None:
    for number in range(SUBJECTS):
        await bench.publish(f"s{number}")
    await bench.subscribe(search=ALL)
    old, new = Refreshed(bench, "old", full_per_s=500.0), Refreshed(bench, "new", full_per_s=500.0)
    await old.for_s(25)
    old.subscriptions._fresh_until_s = float("inf")
    late = (await bench.subscribe(search=ALL, late=ALL))["late"]
    await new.for_s(1)
    await old.for_s(3)
    old.subscriptions._outdate()
    await old.for_s(30)
    missing = [number for number in range(SUBJECTS) if bench.id(late, f"s{number}") not in bench.cluster.deliveries]
    assert not missing
