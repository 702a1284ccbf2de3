"""The Orchestrator service as workers call it: implements `ports.orchestrators`."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

import grpc
import msgspec

from penstock.adapters.grpc.channel import open_channel, translated
from penstock.adapters.grpc.frontend import OPEN, FrontendLink
from penstock.adapters.grpc.work_stream import WHOM, GrpcWorkStream
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId, split_ids
from penstock.model.task import Report
from penstock.model.work import Beat, HeartbeatAnswer, Hello
from penstock.wire.codec import (
    answer_from_wire,
    beats_to_wire,
    hello_to_wire,
    reports_to_wire,
)
from penstock.wire.credentials import Bearer, Credentials
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1 import penstock_pb2_grpc as pb_grpc

OPEN_TIMEOUT_S: Final = 10.0
_TURNS: Final = 1 << 16


class Link(msgspec.Struct, frozen=True):
    """Where the platform is and what it is shown: travels to executors as JSON, through a socket of their own."""

    frontend: str
    namespace: str = ""
    credentials: Credentials = OPEN


class GrpcOrchestrators:
    """Calls go to the orchestrators in turn, so that one dead one delays but never stops. Chance says who is first,
    or the streams of all executors, each its first call, would be the same orchestrator's. Results go on a credit
    stream as long as one takes them.

    Which ones there are is asked of the frontend (or of `look_up`), at first and after every failure.
    """

    def __init__(self, link: Link, look_up: Callable[[], Awaitable[Sequence[str]]] | None = None) -> None:
        self._link = link
        self._bearer = Bearer(link.credentials)
        self._frontend = None if look_up else FrontendLink(link.frontend, link.namespace, link.credentials)
        self._look_up = self._frontend.orchestrators if self._frontend else look_up
        self._channels: dict[str, grpc.aio.Channel] = {}
        self._stubs: list[pb_grpc.OrchestratorStub] = []
        self._turn = random.randrange(_TURNS)
        self._streams: list[GrpcWorkStream] = []

    def use(self, addresses: Sequence[str]) -> None:
        """These are the orchestrators now. Channels to others stay open until the end: streams may live on them."""
        for address in addresses:
            if address not in self._channels:
                self._channels[address] = open_channel(address, self._link.credentials)
        self._stubs = [pb_grpc.OrchestratorStub(self._channels[address]) for address in addresses]

    async def open(self, hello: Hello) -> GrpcWorkStream:
        stub = await self._next_stub()
        call = stub.Work(metadata=self._bearer.metadata())
        try:
            async with asyncio.timeout(OPEN_TIMEOUT_S):
                await call.write(pb.WorkRequest(hello=hello_to_wire(hello)))
        except (grpc.RpcError, asyncio.InvalidStateError, TimeoutError) as error:
            call.cancel()
            self._stubs = []
            raise translated(error, WHOM) from None
        stream = GrpcWorkStream(call, hello.lambdas)
        self._streams = [each for each in self._streams if not each.is_over] + [stream]
        return stream

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        request, shown = beats_to_wire(executor, beats, self._link.namespace), self._bearer.metadata()
        try:
            stub = await self._next_stub()
            return answer_from_wire(await stub.Heartbeat(request, timeout=timeout_s, metadata=shown))
        except grpc.RpcError as error:
            self._stubs = []
            raise translated(error, WHOM) from None

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        request, shown = reports_to_wire(executor, reports, self._link.namespace), self._bearer.metadata()
        stream = next((each for each in self._streams if each.takes_results), None)
        if stream is not None:
            return await stream.report(request, timeout_s)
        try:
            stub = await self._next_stub()
            return split_ids((await stub.SetResults(request, timeout=timeout_s, metadata=shown)).refused)
        except grpc.RpcError as error:
            self._stubs = []
            raise translated(error, WHOM) from None

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        await self._next_stub()  # finds out which there are
        request = pb.ExecutorGoneRequest(executor=executor, namespace=self._link.namespace)
        shown = self._bearer.metadata()
        calls = [stub.ExecutorGone(request, timeout=timeout_s, metadata=shown) for stub in self._stubs]
        for outcome in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(outcome, grpc.RpcError):
                self._stubs = []
                raise translated(outcome, WHOM) from None

    async def close(self) -> None:
        """Close all channels."""
        for channel in self._channels.values():
            await channel.close()
        if self._frontend is not None:
            await self._frontend.close()

    async def _next_stub(self) -> pb_grpc.OrchestratorStub:
        if not self._stubs:
            try:
                assert self._look_up is not None
                self.use(await self._look_up())
            except Unavailable:
                # The frontend may be down alone: those we knew will do.
                self.use(list(self._channels))
        if not self._stubs:
            raise Unavailable("no orchestrator is known")
        self._turn += 1
        return self._stubs[self._turn % len(self._stubs)]


def connect(link: str) -> GrpcOrchestrators:
    """For executors: call it on the loop that will use it. `link`: a `Link` as JSON."""
    return GrpcOrchestrators(msgspec.json.decode(link, type=Link))
