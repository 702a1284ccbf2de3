"""Pings keep their contract: in memory, and on a real nats-server that is killed and comes back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.jetstream import JetStreamPingQueue, NatsEngine, NatsOptions
from penstock.adapters.jetstream.ping_messages import PINGS_PER_MESSAGE_MAX, decode, encode
from penstock.adapters.jetstream.ping_stream import PingStream
from penstock.adapters.jetstream.references import Unreadable
from penstock.adapters.memory import MemoryPingQueue, PingBus
from penstock.model.errors import Unavailable
from penstock.model.event import StreamId
from penstock.ports.pings import Ping
from penstock.testing.contracts import PINGS_IDEAS, Idea, PingsUnderTest
from penstock.testing.virtual_loop import run_virtual
from tests.contracts.jetstream_server import Server, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from penstock.ports.pings import PingQueue

_platforms = itertools.count(1)
FILES = StreamId(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("nats"))
    running.start()
    yield running
    running.kill()


class JetStreamPings(PingsUnderTest):
    """Clients with a prefix of their own on a server that outlives them."""

    ack_wait_s = 0.6

    def __init__(self, server: Server, **options: object) -> None:
        self._server = server
        self.options = NatsOptions(
            urls=(server.url,),
            prefix=f"pings-{next(_platforms)}",
            ack_wait_s=self.ack_wait_s,
            check_s=0.2,
            reconnect_s_max=0.1,
            **options,  # type: ignore[arg-type]
        )
        self._opened: list[tuple[NatsEngine, JetStreamPingQueue]] = []

    async def client(self) -> JetStreamPingQueue:
        engine = NatsEngine(self.options)
        queue = JetStreamPingQueue(engine)
        self._opened.append((engine, queue))
        await queue.start()
        await until(lambda: queue.is_ready)
        return queue

    async def holds(self) -> bool:
        with contextlib.suppress(Unavailable):
            return await PingStream(self._opened[-1][0]).holds() > 0
        return False

    async def stop_engine(self) -> None:
        self._server.kill()

    async def start_engine(self) -> None:
        self._server.start()

    async def close(self) -> None:
        for engine, queue in self._opened:
            await queue.stop()
            await engine.stop()
        if self._server.process is None:
            self._server.start()


class MemoryPings(PingsUnderTest):
    def __init__(self) -> None:
        self._bus = PingBus()
        self.ack_wait_s = self._bus.ack_wait_s

    async def client(self) -> PingQueue:
        queue = MemoryPingQueue(self._bus)
        await queue.start()
        return queue

    async def holds(self) -> bool:
        return bool(self._bus.reached)

    async def stop_engine(self) -> None:
        self._bus.is_up = False

    async def start_engine(self) -> None:
        self._bus.come_back()


@contextlib.asynccontextmanager
async def opened(server: Server, **options: object) -> AsyncIterator[JetStreamPings]:
    platform = JetStreamPings(server, **options)
    try:
        yield platform
    finally:
        await platform.close()


@pytest.mark.parametrize("idea", PINGS_IDEAS, ids=str)
async def test_on_jetstream(idea: Idea[PingsUnderTest, PingsUnderTest], server: Server) -> None:
    await idea.check(lambda: opened(server))


@pytest.mark.parametrize("idea", PINGS_IDEAS, ids=str)
def test_in_memory(idea: Idea[PingsUnderTest, PingsUnderTest]) -> None:
    @contextlib.asynccontextmanager
    async def fresh() -> AsyncIterator[PingsUnderTest]:
        yield MemoryPings()

    run_virtual(idea.check(fresh), seed=1)


async def test_what_does_not_fit_while_nats_is_away_is_dropped_and_counted(tmp_path: Path) -> None:
    away = NatsEngine(NatsOptions(urls=(Server(tmp_path).url,), pings_waiting_max=3))
    queue = JetStreamPingQueue(away)
    await queue.start()
    queue.publish([Ping(FILES, f"s{number}", 1) for number in range(5)])
    queue.publish([Ping(FILES, "s0", 2)])
    assert queue.dropped == 2
    await queue.stop()
    await away.stop()


async def test_a_full_file_displaces_the_oldest(server: Server) -> None:
    async with opened(server, ping_bytes_max=64 * 1024) as platform:
        queue = await platform.client()
        for number in range(300):
            queue.publish([Ping(FILES, f"{number}" + "x" * 1_000, number + 1)])
            queue._flush()
        heard: list[int] = []

        async def hear(pings: object) -> None:
            heard.extend(ping.sequence for ping in pings)  # type: ignore[attr-defined]

        queue.listen(hear)
        await until(lambda: 300 in heard)
        assert 1 not in heard
        assert heard == sorted(heard)


async def test_an_unreadable_message_is_put_away(server: Server) -> None:
    async with opened(server) as platform:
        queue = await platform.client()
        engine, _ = platform._opened[0]
        engine.send(PingStream(engine).subject, b"no ping")
        queue.publish([Ping(FILES, "a", 1)])
        heard: list[object] = []

        async def hear(pings: object) -> None:
            heard.append(pings)

        queue.listen(hear)
        await until(lambda: heard)
        assert heard == [[Ping(FILES, "a", 1)]]
        await until(lambda: engine.is_up)


async def test_a_stream_that_was_deleted_is_made_again(server: Server) -> None:
    async with opened(server) as platform:
        queue = await platform.client()
        heard: list[str] = []

        async def hear(pings: object) -> None:
            heard.extend(ping.subject for ping in pings)  # type: ignore[attr-defined]

        queue.listen(hear)
        queue.publish([Ping(FILES, "before", 1)])
        await until(lambda: "before" in heard)
        await PingStream(platform._opened[0][0]).delete()

        def is_heard() -> bool:
            queue.publish([Ping(FILES, "after", 1)])
            return "after" in heard

        await until(is_heard)


def test_pings_survive_the_wire() -> None:
    some = {(StreamId(number % 3), f"s{number}"): number for number in range(PINGS_PER_MESSAGE_MAX + 3)}
    bodies = list(encode(some))
    assert [count for _, count in bodies] == [PINGS_PER_MESSAGE_MAX, 3]
    assert [ping for body, _ in bodies for ping in decode(body)] == list(some.items())
    long = {(FILES, f"{number}" + "x" * 1_000): number for number in range(100)}
    bodies = list(encode(long))
    assert len(bodies) > 1
    assert [ping for body, _ in bodies for ping in decode(body)] == list(long.items())
    assert list(encode({})) == []


@pytest.mark.parametrize("body", [b"", b"\xc1", b"\x93\x91\x01\x91\xa1a\x90", b"\x93\x91\x01\x91\xa1\xff\x91\x01"])
def test_what_is_no_ping_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        decode(body)


def test_what_a_process_held_that_died_comes_back_when_its_time_is_up() -> None:
    async def scene() -> None:
        bus = PingBus()
        dying, other = MemoryPingQueue(bus), MemoryPingQueue(bus)
        for queue in (dying, other):
            await queue.start()
        began, heard = asyncio.Event(), asyncio.Event()
        loop = asyncio.get_running_loop()

        async def hang(_: object) -> None:
            began.set()
            await asyncio.Event().wait()

        async def hear(_: object) -> None:
            heard.set()

        dying.listen(hang)
        dying.publish([Ping(FILES, "a", 1)])
        await began.wait()
        at_s = loop.time()
        dying.vanish()
        other.listen(hear)
        await heard.wait()
        assert loop.time() - at_s >= bus.ack_wait_s

    run_virtual(scene(), seed=1)
