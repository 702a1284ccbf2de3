"""Refresh: what nobody said comes to light, and what stands still is told of."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.model.errors import Unavailable
from penstock.model.gate import GateOrder
from penstock.model.lifecycle import Event, GateState, Status
from penstock.model.policy import LambdaPolicy
from penstock.model.refresh import RefreshLoop, Trouble
from penstock.model.subscription import SubscriptionSpec
from penstock.scheduler.refresh_rounds import RefreshPace, RefreshRounds
from penstock.scheduler.subscription_list import SubscriptionList
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

if TYPE_CHECKING:
    from penstock.model.lane import LambdaId
    from penstock.model.refresh import Finding, RefreshState


class Refreshed:
    """A bench with refresh over it; `until` lets time pass."""

    def __init__(self, bench: EventBench, holder: str = "one", **pace: float) -> None:
        self.bench = bench
        self.subscriptions = SubscriptionList(bench.store.subscriptions, bench.signals)
        self.rounds = RefreshRounds(
            bench.store.refreshes,
            SourcesAgainstCursors(bench.store.cursors, bench),
            bench,
            self.subscriptions,
            bench.dispatcher,
            bench.store.clock,
            holder,
            RefreshPace(**pace),
        )

    async def for_s(self, seconds: float) -> None:
        """As the scheduler does: a look twice a second."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            await self.bench.store.clock.compare()
            await self.rounds.look()
            await asyncio.sleep(0.5)

    async def state(self, loop: RefreshLoop) -> RefreshState:
        states = await self.bench.store.refreshes.standing([await self.bench.stream()])
        return next(state for state in states if state.loop is loop)

    async def findings(self) -> list[Finding]:
        return await self.bench.store.refreshes.findings(await self.bench.stream(), 100)


@on_event_bench
async def test_an_event_whose_ping_was_lost_is_found_within_two_periods(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.publish("first")
    refreshed = Refreshed(bench)
    await refreshed.for_s(3)
    lost = await bench.publish("lost", count=3)
    await refreshed.for_s(4)
    assert bench.status(search, "lost") is not Status.IDLE
    assert sequences(await bench.handed(search, "lost")) == lost
    assert (await refreshed.state(RefreshLoop.RECENT)).last_ended_at_us > 0


@on_event_bench
async def test_all_pings_are_lost_and_everything_converges(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, notify=structs.replace(ALL, after=("app.search",)))
    refreshed = Refreshed(bench)
    await refreshed.for_s(1)
    for subject in "abc":
        published = await bench.publish(subject, count=2)
        await refreshed.for_s(4)
        await bench.report(await bench.handed(numbers["search"], subject))
        assert sequences(await bench.handed(numbers["notify"], subject)) == published


@on_event_bench
async def test_what_stood_before_anybody_subscribed_is_found_by_the_full_loop(bench: EventBench) -> None:
    old = {subject: await bench.publish(subject) for subject in "abcdefg"}
    search = (await bench.subscribe(search=ALL))["search"]
    refreshed = Refreshed(bench)
    await refreshed.for_s(1)
    assert {subject: sequences(await bench.handed(search, subject)) for subject in old} == old
    full = await refreshed.state(RefreshLoop.FULL)
    assert (full.last_count.subjects, full.last_count.behind) == (7, 7)


@on_event_bench
async def test_a_start_now_over_what_stands_makes_no_rows(bench: EventBench) -> None:
    for number in range(50):
        await bench.publish(f"s{number}")
    await asyncio.sleep(1)
    await bench.subscribe(search=SubscriptionSpec("files"))
    refreshed = Refreshed(bench)
    await refreshed.for_s(1)
    assert bench.cluster.deliveries == {}
    full = await refreshed.state(RefreshLoop.FULL)
    assert (full.last_count.subjects, full.last_count.behind) == (50, 0)


@on_event_bench
async def test_a_new_subscription_is_caught_up_at_once_not_in_an_hour(bench: EventBench) -> None:
    await bench.publish("a")
    await bench.subscribe(search=ALL)
    refreshed = Refreshed(bench)
    await refreshed.for_s(5)
    audit = (await bench.subscribe(search=ALL, audit=ALL))["audit"]
    await refreshed.for_s(10)
    assert bench.status(audit, "a") is not Status.IDLE


@on_event_bench
async def test_who_waited_for_one_that_subscribes_no_more_goes_on(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, scan=ALL, notify=structs.replace(ALL, after=("app.search", "app.scan")))
    published = await bench.published(count=2)
    await bench.report(await bench.handed(numbers["search"]))
    assert bench.status(numbers["notify"]) is Status.IDLE, "the other one has not completed it"
    namespace = await bench.store.registry.namespace("default")
    await bench.store.subscriptions.declare(namespace, {}, [numbers["scan"]])
    bench.dispatcher._subscriptions._outdate()
    await bench.book.refresh()
    await Refreshed(bench).for_s(1)
    assert sequences(await bench.handed(numbers["notify"])) == published


@on_event_bench
async def test_what_is_up_to_date_costs_no_raise(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.published()
    await bench.report(await bench.handed(search))
    refreshed = Refreshed(bench)
    await refreshed.for_s(5)
    full = await refreshed.state(RefreshLoop.FULL)
    assert (full.last_count.subjects, full.last_count.behind) == (1, 0)


@on_event_bench
async def test_the_pace_is_kept(bench: EventBench) -> None:
    for number in range(3_000):
        await bench.publish(f"s{number}")
    await bench.subscribe(search=ALL)
    refreshed = Refreshed(bench, full_per_s=100.0)
    await refreshed.for_s(15)
    full = await refreshed.state(RefreshLoop.FULL)
    assert full.began_at_us, "3,000 subjects at 100 in a second take half a minute"
    assert 1_000 <= full.count.subjects <= 2_000
    await refreshed.for_s(20)
    assert (await refreshed.state(RefreshLoop.FULL)).last_count.subjects == 3_000


@on_event_bench
async def test_two_servers_share_the_work_and_do_none_of_it_twice(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    for number in range(2_500):
        await bench.publish(f"s{number}")
    one, two = Refreshed(bench), Refreshed(bench, "two")
    await asyncio.gather(one.for_s(4), two.for_s(4))
    full = await one.state(RefreshLoop.FULL)
    assert (full.last_count.subjects, full.last_count.behind) == (2_500, 2_500)


@on_event_bench
async def test_a_server_that_dies_in_a_step_is_replaced(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    dead = Refreshed(bench)
    await dead.for_s(1)
    await asyncio.sleep(2)
    await dead.subscriptions.refresh()
    assert await bench.store.refreshes.take(dead.rounds._wishes(), "one", 20.0)
    lost = await bench.publish()
    await Refreshed(bench, "two").for_s(25)
    assert sequences(await bench.handed(search)) == lost


@on_event_bench
async def test_a_source_that_does_not_answer_stops_no_other(bench: EventBench) -> None:
    orders = SubscriptionSpec("orders", start_at_us=0)
    search = (await bench.subscribe(search=ALL, bill=orders))["search"]
    lost = await bench.publish()
    good = bench.sources

    class Broken:
        async def changed(self, *_: object) -> None:
            raise Unavailable("the folder is gone")

    namespace = await bench.store.registry.namespace("default")
    broken = (await bench.store.streams.resolve(namespace, ["orders"]))["orders"]
    bench.source_of = lambda each: Broken() if each == broken else good.source_of(each)  # type: ignore[method-assign,assignment]
    await Refreshed(bench).for_s(5)
    assert sequences(await bench.handed(search)) == lost


@on_event_bench
async def test_a_blocked_subject_is_reported_at_once_and_until_it_goes_on(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    bench.policy = LambdaPolicy(attempts_max=1)
    (sequence,) = await bench.published()
    await bench.report(await bench.handed(search), Event.RAISED)
    refreshed = Refreshed(bench, full_every_s=10.0)
    await refreshed.for_s(12)
    (found,) = await refreshed.findings()
    assert (found.subscription, found.subject, found.trouble) == ("app.search", "a", Trouble.DEAD_EVENT)
    assert found.head == sequence
    assert (await refreshed.state(RefreshLoop.FULL)).last_count.troubled == 1


@pytest.mark.parametrize("is_gated", [False, True])
def test_a_subject_that_fails_for_long_is_reported_and_a_gated_one_is_not(is_gated: bool) -> None:
    @on_event_bench
    async def test_it(bench: EventBench) -> None:
        search = (await bench.subscribe(search=ALL))["search"]
        bench.policy = LambdaPolicy(attempts_max=100, backoff_base_s=400.0, backoff_max_s=400.0)
        await bench.published()
        await bench.report(await bench.handed(search), Event.RAISED)
        if is_gated:
            await _gate(bench, search)
        refreshed = Refreshed(bench, full_every_s=60.0)
        await refreshed.for_s(200)
        assert await refreshed.findings() == []
        await refreshed.for_s(200)
        assert [each.trouble for each in await refreshed.findings()] == ([] if is_gated else [Trouble.FAILING])

    test_it()


async def _gate(bench: EventBench, number: LambdaId) -> None:
    await bench.store.gates.order(GateOrder(1, number, "", GateState.PAUSE))
    row = bench.cluster.live[bench.id(number)]
    bench.cluster.hold(row, bench.cluster.stopped_by(row.id))


@on_event_bench
async def test_what_waits_for_long_without_a_failure_is_stuck(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.published()
    refreshed = Refreshed(bench, full_every_s=60.0)
    await refreshed.for_s(400)
    (found,) = await refreshed.findings()
    assert (found.trouble, found.attempts) == (Trouble.STUCK, 0)
    await bench.report(await bench.handed(search))
    await refreshed.for_s(70)
    assert await refreshed.findings() == []
