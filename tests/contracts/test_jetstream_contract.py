"""JetStream's queue and signals keep the ports' contracts."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.jetstream import JetStreamWorkQueue, NatsEngine, NatsOptions, NatsSignals
from penstock.adapters.jetstream.stream import WorkStream
from penstock.testing.contracts import QUEUE_IDEAS, SIGNALS_IDEAS, QueueUnderTest, SignalsUnderTest
from tests.contracts.jetstream_server import Server, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from penstock.model.lane import LaneId
    from penstock.ports.signals import Signals
    from penstock.ports.work_queue import WorkQueue
    from penstock.testing.contracts import Idea, QueueScene

_platforms = itertools.count(1)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(tmp_path_factory.mktemp("nats"))
    running.start()
    yield running
    running.kill()


class Platform:
    """Clients with a prefix of their own on a server that outlives them."""

    ack_wait_s = 0.6

    def __init__(self, server: Server) -> None:
        self._server = server
        self._options = NatsOptions(
            urls=(server.url,),
            prefix=f"platform-{next(_platforms)}",
            ack_wait_s=self.ack_wait_s,
            check_s=0.2,
            reconnect_s_max=0.1,
        )
        self._opened: list[JetStreamWorkQueue] = []

    async def open(self) -> tuple[NatsEngine, JetStreamWorkQueue]:
        engine = NatsEngine(self._options)
        queue = JetStreamWorkQueue(engine)
        self._opened.append(queue)
        await queue.start()
        await until(lambda: queue.is_ready)
        return engine, queue

    async def close(self) -> None:
        for queue in self._opened:
            await queue.stop()
        if self._server.process is None:
            self._server.start()

    async def stop_engine(self) -> None:
        self._server.kill()

    async def start_engine(self) -> None:
        self._server.start()


class JetStreamQueue(Platform, QueueUnderTest):
    async def client(self) -> WorkQueue:
        return (await self.open())[1]

    async def lose(self, lane: LaneId) -> None:
        engine, _ = await self.open()
        stream = WorkStream(engine)
        question = json.dumps({"filter": stream.subject(lane)}).encode()
        await engine.request(f"$JS.API.STREAM.PURGE.{stream.name}", question)

    async def wipe(self) -> None:
        engine, _ = await self.open()
        await WorkStream(engine).delete()


class NatsNetwork(Platform, SignalsUnderTest):
    async def client(self) -> Signals:
        return NatsSignals((await self.open())[0])


@pytest.mark.parametrize("idea", QUEUE_IDEAS, ids=str)
async def test_work_queue(idea: Idea[QueueUnderTest, QueueScene], server: Server) -> None:
    @contextlib.asynccontextmanager
    async def fresh() -> AsyncIterator[QueueUnderTest]:
        platform = JetStreamQueue(server)
        try:
            yield platform
        finally:
            await platform.close()

    await idea.check(fresh)


@pytest.mark.parametrize("idea", SIGNALS_IDEAS, ids=str)
async def test_signals(idea: Idea[SignalsUnderTest, SignalsUnderTest], server: Server) -> None:
    @contextlib.asynccontextmanager
    async def fresh() -> AsyncIterator[SignalsUnderTest]:
        platform = NatsNetwork(server)
        try:
            yield platform
        finally:
            await platform.close()

    await idea.check(fresh)
