"""The HTTP door over services that answer every call with an empty reply; with tokens, in one process."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import httpx

from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http import Calls, HttpDoor, HttpListener
from penstock.server.http.counted_calls import CountedCalls
from penstock.server.http.event_routes import event_routes
from penstock.server.http.json_calls import json_routes
from penstock.server.http.loop_lag import LoopLag
from penstock.server.http.metrics import Metrics, http_tallies
from penstock.server.http.platform_routes import platform_routes
from penstock.server.token_book import token_book
from penstock.settings import load_settings
from tests.layers.access_bench import AccessBench

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from starlette.routing import BaseRoute

URL = "http://127.0.0.1:7461"


class HttpBench(AccessBench):
    """`client` asks the door without a socket."""

    def __init__(self) -> None:
        super().__init__()
        self.tallies = http_tallies()
        self.counted = CountedCalls()
        self.lag = LoopLag(asyncio.get_running_loop().time)
        self.metrics = Metrics(self.tallies.families, self.counted.tallies.families)
        self.door: HttpDoor
        self.calls: Calls
        self.client: httpx.AsyncClient

    async def get(self, path: str, **headers: str) -> httpx.Response:
        return await self.client.get(path, headers=headers)

    @asynccontextmanager
    async def port(self) -> AsyncIterator[int]:
        """The same door behind a socket on loopback."""
        listener = HttpListener(load_settings(http_port=0))
        async with listener.serving(self.door):
            yield listener.port

    async def raw(self, port: int, request: bytes) -> tuple[int, bytes]:
        """Bytes there, a status and bytes back; the other side has closed the connection."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request)
        answer = await reader.read()
        writer.close()
        return int(answer.split(b" ", 2)[1]), answer


@asynccontextmanager
async def http_bench(*, asks: bool = False, routes: Sequence[BaseRoute] = ()) -> AsyncIterator[HttpBench]:
    """Open until the end of the block."""
    bench = HttpBench()
    doorkeeper = Doorkeeper(asks=asks)
    bench.calls = Calls(doorkeeper)
    for service, methods in bench.methods().items():
        bench.calls.add_registered_method_handlers(service, methods)
    bench.door = HttpDoor(bench.tallies, is_open=not asks)
    bench.door.add([*platform_routes(bench.door, bench.lag, bench.metrics, bench.calls), *routes])
    bench.door.add(event_routes(bench.calls))
    bench.door.add(json_routes(bench.door, bench.calls))
    transport = httpx.ASGITransport(bench.door, client=("127.0.0.1", 50_001))
    async with (
        token_book(bench.store.access_tokens) as book,
        httpx.AsyncClient(transport=transport, base_url=URL) as bench.client,
    ):
        doorkeeper.use(book)
        yield bench


def problem(reply: Any) -> dict[str, Any]:
    """The body of a refusal, which must be one."""
    assert reply.headers["content-type"] == "application/problem+json"
    told: dict[str, Any] = reply.json()
    assert told["status"] == reply.status_code
    assert told["title"]
    assert told["detail"]
    return told
