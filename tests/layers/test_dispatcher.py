"""The dispatcher: whatever pings say, rows are made where they belong and moved on when they are behind."""

from __future__ import annotations

import asyncio

import pytest
from msgspec import structs

from penstock.model.event import StreamId
from penstock.model.lifecycle import Status
from penstock.model.subscription import SubscriptionSpec
from penstock.ports.pings import Ping
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences


@on_event_bench
async def test_a_ping_moves_on_every_subscription_of_its_stream(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, audit=ALL, other=SubscriptionSpec("orders"))
    await bench.published()
    assert bench.status(numbers["search"]) is bench.status(numbers["audit"]) is Status.ENQUEUED
    assert len(bench.cluster.deliveries) == 2


@on_event_bench
async def test_who_starts_now_sees_nothing_of_before(bench: EventBench) -> None:
    old = await bench.publish(count=3)
    await asyncio.sleep(1)
    search = (await bench.subscribe(search=SubscriptionSpec("files")))["search"]
    await bench.ping(old[-1])
    assert (bench.status(search), bench.place(search).cursor) == (Status.IDLE, old[-1])
    await asyncio.sleep(1)
    new = await bench.published(count=2)
    assert sequences(await bench.handed(search)) == new


@on_event_bench
async def test_the_first_ping_may_come_late_and_a_start_is_a_moment(bench: EventBench) -> None:
    old = await bench.publish()
    await asyncio.sleep(1)
    search = (await bench.subscribe(search=SubscriptionSpec("files")))["search"]
    await asyncio.sleep(1)
    new = await bench.publish(count=2)
    await bench.ping(new[-1])
    assert sequences(await bench.handed(search)) == new
    assert bench.place(search).cursor == old[-1]


@on_event_bench
async def test_a_start_at_a_time_and_at_the_beginning(bench: EventBench) -> None:
    first = await bench.publish()
    await asyncio.sleep(1)
    at_us = bench.cluster.now_us()
    await asyncio.sleep(1)
    second = await bench.publish()
    numbers = await bench.subscribe(everything=ALL, later=structs.replace(ALL, start_at_us=at_us))
    await bench.ping(second[-1])
    assert sequences(await bench.handed(numbers["everything"])) == first + second
    assert sequences(await bench.handed(numbers["later"])) == second


@on_event_bench
async def test_pings_of_one_subject_coalesce(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.publish(count=3)
    stream_id = await bench.stream()
    await bench.dispatcher.dispatch([Ping(stream_id, "a", each) for each in (*published[::-1], 5, -3)])
    assert bench.place(search).head == published[-1]


@on_event_bench
async def test_a_stream_without_subscriptions_costs_nothing(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    await bench.dispatcher.dispatch([Ping(StreamId(99), "a", 5)])
    assert bench.cluster.deliveries == {}


@on_event_bench
async def test_many_rows_go_in_many_trips(bench: EventBench) -> None:
    await bench.subscribe(search=ALL, audit=ALL)
    stream_id = await bench.stream()
    await bench.dispatcher.dispatch([Ping(stream_id, f"s{number}", 5) for number in range(1_500)])
    assert len(bench.cluster.deliveries) == 3_000
    assert bench.heard, "what has no room waits in the store, and its lane is told of"


@on_event_bench
async def test_two_dispatchers_that_make_a_row_at_once_lose_nothing(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    first = await bench.publish()
    later = await bench.publish()
    await asyncio.gather(bench.ping(first[-1]), bench.ping(later[-1]))
    assert bench.place(search).head == later[-1]
    assert sequences(await bench.handed(search)) == first + later


@on_event_bench
async def test_a_source_that_does_not_answer_leaves_the_ping_where_it_is(bench: EventBench) -> None:
    await bench.subscribe(search=SubscriptionSpec("files"))
    await bench.publish()

    class Broken:
        def source_of(self, _: StreamId) -> Broken:
            return self

        async def positions_at(self, *_: object) -> list[int]:
            raise ValueError("no")

    bench.sources = Broken()
    with pytest.raises(ValueError, match="no"):
        await bench.ping(5)
    assert bench.cluster.deliveries == {}


@on_event_bench
async def test_it_hears_what_is_published_until_it_is_stopped(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.publish()
    running = asyncio.ensure_future(bench.dispatcher.run())
    await asyncio.sleep(0)
    bench.pings.publish([Ping(await bench.stream(), "a", published[-1])])
    await asyncio.sleep(0.1)
    assert bench.place(search).head == published[-1]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
