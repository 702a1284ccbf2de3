"""The registry's REST interface behind the HTTP door, on a loopback port and a thread of its own: clients block."""

from __future__ import annotations

import asyncio
import threading
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from confluent_kafka.schema_registry import SchemaRegistryClient
from starlette.routing import Mount

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemorySignals, MemoryStore, SignalBus
from penstock.compose.schemas import schema_desks
from penstock.frontend.lambda_book import LambdaBook
from penstock.model.access_token import ID_BYTES, SECRET_BYTES, presented, token_text
from penstock.ports.access_tokens import NewToken
from penstock.server.doorkeeper import Doorkeeper
from penstock.server.http import HttpDoor, HttpListener
from penstock.server.http.metrics import http_tallies
from penstock.server.http.registry import RegistryApp
from penstock.server.token_book import token_book
from penstock.settings import load_settings
from tests.layers.scheduler_bench import Trips

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine
    from contextlib import AbstractAsyncContextManager


class RegistryServer:
    """`fresh` puts an empty store under it; `url` is what a client is given."""

    def __init__(self) -> None:
        self.trips = Trips()
        self.store: Any
        self._door: HttpDoor
        self._opened = AsyncExitStack()
        self._stop = asyncio.Event()
        self._made = 0
        self._clients: list[SchemaRegistryClient] = []
        self._serving = threading.Event()
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/registry"

    def __enter__(self) -> RegistryServer:
        self._thread.start()
        assert self._serving.wait(30)
        return self

    def __exit__(self, *_: object) -> None:
        self._close_clients()
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(30)

    def fresh(self, *, asks: bool = False, store: Callable[[], AbstractAsyncContextManager[Any]] | None = None) -> None:
        self._close_clients()
        self.run(self._fresh(asks, store or self._memory))

    def client(self, path: str = "", **conf: Any) -> SchemaRegistryClient:
        """One that remembers nothing, and is closed with the store."""
        client = SchemaRegistryClient({"url": self.url + path, "max.retries": 0, **conf})
        self._clients.append(client)
        return client

    def token(self, role: str, *namespaces: str) -> str:
        """A token of that role."""
        self._made += 1
        number = self._made.to_bytes(2, "big")
        text = token_text(number.rjust(ID_BYTES, b"i"), number.rjust(SECRET_BYTES, b"s"))
        shown = presented(text)
        new = NewToken(shown.id, shown.secret_hash, "ci", role, namespaces or ("*",), "bench", 0.0)
        self.run(self.store.access_tokens.add(new))
        return text

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """On the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def _close_clients(self) -> None:
        for client in self._clients:
            client.close()
        self._clients.clear()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        listener = HttpListener(load_settings(http_port=0))
        self.port = listener.port

        async def app(scope: Any, receive: Any, send: Any) -> None:
            await self._door(scope, receive, send)

        async with listener.serving(app):
            self._serving.set()
            await self._stop.wait()
        await self._opened.aclose()

    async def _fresh(self, asks: bool, store: Callable[[], AbstractAsyncContextManager[Any]]) -> None:
        await self._opened.aclose()
        self.store = await self._opened.enter_async_context(store())
        names = LambdaBook(self.store.registry, MemorySignals(SignalBus()))
        doorkeeper = Doorkeeper(asks=asks)
        doorkeeper.use(await self._opened.enter_async_context(token_book(self.store.access_tokens)))
        self._door = HttpDoor(http_tallies(), is_open=not asks)
        self._door.add([Mount("/registry", RegistryApp(schema_desks(self.store.schemas, names), doorkeeper))])

    @asynccontextmanager
    async def _memory(self) -> AsyncIterator[MemoryStore]:
        self.trips = Trips()
        yield MemoryStore(MemoryCluster(LoopStoreTime()), self.trips)
