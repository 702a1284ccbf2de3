"""A real server behind the door, whose services answer every call with an empty reply and note who was let in."""

from __future__ import annotations

import asyncio
import hashlib
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import grpc
from google.protobuf import message_factory

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.model.access_token import ID_BYTES, SECRET_BYTES, presented, token_text
from penstock.model.errors import PenstockError
from penstock.ports.access_tokens import NewToken
from penstock.server.caller import current_caller
from penstock.server.doorkeeper import HEALTH, Doorkeeper
from penstock.server.refusals import status_of
from penstock.server.requests import ReadsRequests
from penstock.server.token_book import token_book
from penstock.wire.v1 import penstock_pb2 as pb
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.access import Caller

CALLS = {
    f"/{service.full_name}/{method.name}": method
    for service in pb.DESCRIPTOR.services_by_name.values()
    for method in service.methods
}
"""every call that the wire has"""
WORK = "/penstock.v1.Orchestrator/Work"
STRANGE = "/penstock.v1.Frontend/Strange"
"""served, and in no row of the table"""


class AccessBench:
    """Tokens in memory, a server on loopback, a channel to it."""

    def __init__(self) -> None:
        self.trips = Trips()
        self.store = MemoryStore(MemoryCluster(LoopStoreTime()), self.trips)
        self.let_in: list[tuple[str, Caller]] = []
        self.made = 0
        self.held: dict[str, asyncio.Event] = {}
        """calls that are not answered before their event is set"""
        self.channel: Any

    async def token(self, role: str, *namespaces: str, name: str = "ci", expires_in_s: float = 0.0) -> str:
        """A token of that role, for every namespace unless told otherwise."""
        self.made += 1
        token_id, secret = [hashlib.sha256(b"%s %d" % (part, self.made)).digest() for part in (b"id", b"secret")]
        text = token_text(token_id[:ID_BYTES], secret[:SECRET_BYTES])
        shown = presented(text)
        new = NewToken(shown.id, shown.secret_hash, name, role, namespaces or ("*",), "bench", expires_in_s)
        await self.store.access_tokens.add(new)
        return text

    async def call(self, method: str, namespace: str = "", **metadata: Any) -> grpc.StatusCode:
        """How a call with an otherwise empty request is answered."""
        return (await self.answer(method, namespace, **metadata))[0]

    async def answer(
        self, method: str, namespace: str = "", *, raw: bytes | None = None, **metadata: Any
    ) -> tuple[grpc.StatusCode, str]:
        """The same, with the sentence."""
        shown = tuple(metadata.items())
        try:
            if method == WORK:
                stream = self.channel.stream_stream(method)(metadata=shown, timeout=30)
                with suppress(asyncio.InvalidStateError):  # who is refused at once may be told before it has spoken
                    await stream.write(raw if raw is not None else request_of(method, namespace))
                    await stream.done_writing()
                    async for _ in stream:
                        pass
                return await stream.code(), await stream.details()
            await self.channel.unary_unary(method)(
                raw if raw is not None else request_of(method, namespace), metadata=shown, timeout=30
            )
        except grpc.aio.AioRpcError as error:
            return error.code(), error.details() or ""
        return grpc.StatusCode.OK, ""

    def handlers(self) -> list[grpc.GenericRpcHandler]:
        """Every call of the wire, and one that the table does not know."""
        return [grpc.method_handlers_generic_handler(*each) for each in self.methods().items()]

    def methods(self) -> dict[str, dict[str, Any]]:
        """The same, by service and by name."""
        made: dict[str, dict[str, Any]] = {}
        for method, described in {**CALLS, STRANGE: CALLS["/penstock.v1.Frontend/GetServerInfo"]}.items():
            _, service, name = method.split("/")
            request = message_factory.GetMessageClass(described.input_type)
            reply = message_factory.GetMessageClass(described.output_type)
            handler = _stream(self, method) if method == WORK else _unary(self, method, reply)
            make = grpc.stream_stream_rpc_method_handler if method == WORK else grpc.unary_unary_rpc_method_handler
            made.setdefault(service, {})[name] = make(handler, request.FromString, reply.SerializeToString)
        return made


def request_of(method: str, namespace: str) -> bytes:
    """A request that names this namespace, if such a request names any."""
    request: Any = message_factory.GetMessageClass(CALLS.get(method, CALLS[next(iter(CALLS))]).input_type)()
    if method == WORK:
        request.hello.namespace = namespace
    elif "namespace" in request.DESCRIPTOR.fields_by_name:
        request.namespace = namespace
    return bytes(request.SerializeToString())


def names_a_namespace(method: str) -> bool:
    """Whether its request says for which namespace it acts."""
    return method == WORK or "namespace" in CALLS[method].input_type.fields_by_name


def bearer(text: str) -> dict[str, Any]:
    """The metadata that shows a token."""
    return {"authorization": f"Bearer {text}"}


@asynccontextmanager
async def access_bench(*, asks: bool = True) -> AsyncIterator[AccessBench]:
    """Open until the end of the block."""
    bench = AccessBench()
    doorkeeper = Doorkeeper(asks=asks, open_to_all=(HEALTH,))
    server = grpc.aio.server(interceptors=[doorkeeper, ReadsRequests()])
    server.add_generic_rpc_handlers(bench.handlers())
    port = server.add_insecure_port("127.0.0.1:0")
    async with token_book(bench.store.access_tokens) as book:
        doorkeeper.use(book)
        await server.start()
        bench.channel = grpc.aio.insecure_channel(f"127.0.0.1:{port}")
        try:
            yield bench
        finally:
            await bench.channel.close()
            await server.stop(None)


def _unary(bench: AccessBench, method: str, reply: type[Any]) -> Any:
    async def answer(_request: Any, _context: Any) -> Any:
        bench.let_in.append((method, current_caller()))
        if method in bench.held:
            await bench.held[method].wait()
        return reply()

    return answer


def _stream(bench: AccessBench, method: str) -> Any:
    async def answer(requests: Any, context: Any) -> None:
        try:
            async for _ in requests:
                bench.let_in.append((method, current_caller()))
                await context.write(pb.WorkReply(lease_s=1))
        except PenstockError as error:
            await context.abort(status_of(error), str(error))

    return answer
