"""Where the servers are: a name keeps its place while one process after the other lives there."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from penstock.model.errors import Unavailable
from penstock.model.work import Hello, WorkMessage
from penstock.testing.world.frontends import FrontendServer
from penstock.testing.world.link import KEEPALIVE_S, WorldWorkStream
from penstock.testing.world.network import Network, Pipe, Server
from penstock.testing.world.orchestrators import OrchestratorServer
from penstock.testing.world.processes import SimulatedProcess, current_process, outside

if TYPE_CHECKING:
    from penstock.testing.world.world import World

Answer = TypeVar("Answer")
SIGKILL_STATUS = -9


class Places:
    """Starts servers, starts them again when they ended, and brings calls and streams to them."""

    def __init__(self, world: "World", frontends: int, orchestrators: int) -> None:
        self.world = world
        self.network = Network(world.weather, world.chance, world.chronicle)
        self.frontends = [f"frontend-{number}" for number in range(1, frontends + 1)]
        self.orchestrators = [f"orchestrator-{number}" for number in range(1, orchestrators + 1)]
        self.streams: list[tuple[str, str, WorldWorkStream]] = []
        """executor, orchestrator, the stream between them"""
        self._servers: dict[str, Server] = {}
        self._starts: dict[str, int] = {}
        self._random = world.chance.stream("places")

    def open(self) -> None:
        """Start all servers."""
        for name in (*self.frontends, *self.orchestrators):
            self._start(name)

    def server(self, name: str) -> Server | None:
        """Who lives there now, if it lives."""
        server = self._servers.get(name)
        return server if server is not None and server.process.is_alive else None

    def kill(self, name: str) -> bool:
        """SIGKILL. False: nobody was there."""
        server = self.server(name)
        if server is not None:
            server.process.end(SIGKILL_STATUS)
        return server is not None

    def stop_in_order(self, name: str) -> bool:
        """SIGTERM. False: nobody was there."""
        server = self.server(name)
        if server is None or server.process.is_stopped:
            return False
        server.process.main.post(server.main_task.cancel)
        return True

    async def ask_frontend(
        self,
        here: str,
        handle: Callable[[FrontendServer], Coroutine[Any, Any, Answer]],
        timeout_s: float,
        what: str,
    ) -> Answer:
        """Any of the frontends: one address, behind which they all are."""
        name = self._random.choice(self.frontends)
        return await self._ask(here, name, handle, timeout_s, what)

    async def ask_orchestrator(
        self,
        here: str,
        name: str,
        handle: Callable[[OrchestratorServer], Coroutine[Any, Any, Answer]],
        timeout_s: float,
        what: str,
        is_lost: bool = False,
    ) -> Answer:
        """This one."""
        return await self._ask(here, name, handle, timeout_s, what, is_lost)

    async def open_stream(self, here: str, name: str, hello: Hello) -> WorldWorkStream:
        """As gRPC does it: it is open when the request is on its way, and breaks later when nobody answers."""
        await asyncio.sleep(self.network.delay_s())
        server = self.server(name)
        if not isinstance(server, OrchestratorServer) or not server.is_open:
            raise Unavailable(f"{name}: the connection was refused")
        up: Pipe[tuple[int, int, bool, bool]] = Pipe(self.network, here, name)
        down: Pipe[WorkMessage] = Pipe(self.network, name, here)
        stream = WorldWorkStream(up, down)
        self.streams = [each for each in self.streams if not each[2].is_over]
        self.streams.append((hello.executor, name, stream))
        for end in (server.process, current_process()):  # its kernel closes the sockets of the dead
            end.on_end.append(lambda _: self.world.later(self.network.delay_s(), stream.end, "the peer went away"))
        if self.network.connects(here, name):
            with outside():
                server.process.main.start(server.serve_stream(hello, stream))
        else:
            stream.cut(KEEPALIVE_S, KEEPALIVE_S)
        return stream

    async def _ask(
        self,
        here: str,
        name: str,
        handle: Callable[[Any], Coroutine[Any, Any, Answer]],
        timeout_s: float,
        what: str,
        is_lost: bool = False,
    ) -> Answer:
        return await self.network.call(
            here,
            lambda: self.server(name),
            lambda: handle(self._servers[name]),
            timeout_s,
            f"{what} at {name}",
            is_lost,
        )

    def _start(self, name: str) -> None:
        self._starts[name] = self._starts.get(name, 0) + 1
        process = SimulatedProcess(f"{name}.{self._starts[name]}")
        self.world.adopt(process)
        kind = FrontendServer if name in self.frontends else OrchestratorServer
        server = kind(self.world, process, name)
        self._servers[name] = server
        process.on_end.append(lambda status: self._ended(name, status))
        server.main_task = process.main.start(self._live(server))

    async def _live(self, server: Any) -> None:
        try:
            await server.run()
        except asyncio.CancelledError:
            pass
        except Exception as error:  # noqa: BLE001 - whatever ends a server is told to the world
            self.world.chronicle.breach(f"{server.process.name} failed: {error!r}")
        server.process.end(0)

    def _ended(self, name: str, status: int) -> None:
        world = self.world
        world.chronicle.note(name, f"ended with status {status}")
        if not world.is_over:
            asyncio.get_running_loop().call_later(0.1 + 2.5 * self._random.random(), self._start_again, name)

    def _start_again(self, name: str) -> None:
        if not self.world.is_over:
            self.world.chronicle.note(name, "starts again")
            self._start(name)
