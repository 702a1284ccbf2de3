"""Pings at the door: taken at once, all or none, and never in the way of those who publish."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.memory import (
    LoopStoreTime,
    MemoryCluster,
    MemoryPingQueue,
    MemorySignals,
    MemoryStore,
    PingBus,
    SignalBus,
)
from penstock.frontend.event_calls import EventGroup, PingCall, PingGroup, PublishCall
from penstock.frontend.journal_pump import JournalPump
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.ping import JournalPings, PingDesk
from penstock.frontend.publish import PublishDesk
from penstock.frontend.stream_book import StreamBook
from penstock.model.errors import InvalidInput, NotFound, Unavailable
from penstock.testing.virtual_loop import run_virtual
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


class Bench:
    def __init__(self) -> None:
        self.trips = Trips()
        self.cluster = MemoryCluster(LoopStoreTime())
        self.store = MemoryStore(self.cluster, self.trips)
        self.bus = PingBus()
        self.queue = MemoryPingQueue(self.bus)
        names = LambdaBook(self.store.registry, MemorySignals(SignalBus()))
        book = StreamBook(self.store.streams, names, [("default", "orders")])
        pump = JournalPump(self.store.journal, stored=JournalPings(self.queue).stored)
        self.publish_desk = PublishDesk(pump, book, 3600)
        self.desk = PingDesk(self.queue, book)

    async def publish(self, *data: bytes, **columns: Any) -> list[int]:
        group = EventGroup(**({"stream": "files", "data": list(data), "subjects": ["a"], "types": ["t"]} | columns))
        return (await self.publish_desk.publish(PublishCall("", [group]))).sequences

    async def ping(self, *pings: tuple[str, int], stream: str = "files") -> int:
        group = PingGroup(stream, [subject for subject, _ in pings], [sequence for _, sequence in pings])
        return await self.desk.ping(PingCall("", [group]))

    @property
    def reached(self) -> dict[str, int]:
        return {subject: sequence for (_, subject), sequence in self.bus.reached.items()}


def bench_test(body: Callable[[Bench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    def run() -> None:
        async def scene() -> None:
            bench = Bench()
            await bench.queue.start()
            await body(bench)

        run_virtual(scene(), seed=1)

    run.__name__, run.__doc__ = body.__name__, body.__doc__
    return run


@bench_test
async def test_what_is_stored_is_told_by_the_last_event_of_each_subject(bench: Bench) -> None:
    sequences = await bench.publish(b"1", b"2", b"3", subjects=["a", "b", "a"])
    assert bench.reached == {"a": sequences[2], "b": sequences[1]}


@bench_test
async def test_what_is_not_stored_is_not_told(bench: Bench) -> None:
    with pytest.raises(InvalidInput):
        await bench.publish(b"1", types=[""])
    bench.trips.before["journal.append"] = Unavailable("the store is away")
    with pytest.raises(Unavailable):
        await bench.publish(b"1")
    assert bench.reached == {}


@bench_test
async def test_an_event_that_stood_says_nothing_about_the_subject_it_names_now(bench: Bench) -> None:
    (first,) = await bench.publish(b"1", ids=["x"])
    await bench.publish(b"1", ids=["x"], subjects=["b"])
    assert bench.reached == {"a": first}


@bench_test
async def test_publishing_goes_on_while_pings_cannot_be_sent(bench: Bench) -> None:
    bench.bus.is_up = False
    (first,) = await bench.publish(b"1")
    assert await bench.publish(b"2") == [first + 1]
    assert bench.queue.dropped == 2


@bench_test
async def test_pings_of_a_call_coalesce(bench: Bench) -> None:
    await bench.publish(b"1", stream="files", subjects=["else"])
    bench.bus.reached.clear()
    assert await bench.ping(("a", 3), ("a", 7), ("b", 1), ("a", 5)) == 2
    assert bench.reached == {"a": 7, "b": 1}


@bench_test
async def test_a_ping_waits_for_the_store_once_a_stream(bench: Bench) -> None:
    await bench.store.streams.keep(await bench.store.registry.namespace("default"), "files", 0.0)
    await bench.ping(("a", 1))
    bench.trips.before["streams.find"] = Unavailable("the store is away")
    bench.trips.before["registry.find_namespace"] = Unavailable("the store is away")
    assert await bench.ping(("a", 2)) == 1
    assert bench.reached == {"a": 2}


@bench_test
async def test_one_wrong_ping_and_none_is_taken(bench: Bench) -> None:
    await bench.publish(b"1")
    bench.bus.reached.clear()
    for wrong, field in (
        (("", 1), r"groups\[0\].subjects\[1\]: is empty"),
        (("b", 0), r"groups\[0\].sequences\[1\]: 0 is no sequence"),
        (("b", -1), r"groups\[0\].sequences\[1\]: -1 is no sequence"),
    ):
        with pytest.raises(InvalidInput, match=field):
            await bench.ping(("a", 1), wrong)
    known, unknown = PingGroup("files", ["a"], [1]), PingGroup("nobodys", ["a"], [1])
    with pytest.raises(NotFound, match="no stream 'nobodys'"):
        await bench.desk.ping(PingCall("", [known, unknown]))
    assert bench.reached == {}
    assert "files" in {name for _, name in bench.cluster.streams}
    assert len(bench.cluster.streams) == 1


@bench_test
async def test_a_trip_that_is_answered_has_been_told(bench: Bench) -> None:
    heard: list[str] = []

    async def hear(pings: Any) -> None:
        heard.extend(ping.subject for ping in pings)

    bench.queue.listen(hear)
    await bench.publish(b"1")
    await asyncio.sleep(0)
    assert heard == ["a"]


@bench_test
async def test_a_stream_with_a_source_of_its_own_is_pinged_and_not_published_to(bench: Bench) -> None:
    default, green = [await bench.store.registry.namespace(name) for name in ("default", "green")]
    await bench.store.streams.resolve(default, ["orders"])
    assert await bench.ping(("17", 1), stream="orders") == 1
    for namespace in ("", "default"):
        group = EventGroup("orders", [b"1"], ["17"], ["t"])
        with pytest.raises(InvalidInput, match="'orders' has a source of its own: its events are written there"):
            await bench.publish_desk.publish(PublishCall(namespace, [group]))
    await bench.publish_desk.publish(PublishCall("green", [EventGroup("orders", [b"1"], ["17"], ["t"])]))
    assert await bench.store.streams.find(green, "orders")
