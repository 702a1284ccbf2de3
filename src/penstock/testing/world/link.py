"""The platform as a worker host's processes reach it: twin of the gRPC adapters, on the simulated network."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.task import Report
from penstock.model.work import Beat, HeartbeatAnswer, Hello, WorkMessage
from penstock.ports.registry import Registration
from penstock.testing.world.processes import outside

if TYPE_CHECKING:
    from penstock.testing.world.network import Pipe
    from penstock.testing.world.places import Places

REGISTER_TIMEOUT_S = 10.0
LOOK_UP_TIMEOUT_S = 1.0
KEEPALIVE_S = 15.0
"""a peer that is silent for so long is given up: keepalive time and timeout of the real channels"""


class WorldWorkStream:
    """`WorkStream`: two pipes. `cut` is nature's: each end hears of it in its own time."""

    def __init__(self, up: "Pipe[tuple[int, int, bool, bool]]", down: "Pipe[WorkMessage]") -> None:
        self.up, self.down = up, down
        self.is_over = False
        up.on_torn = down.on_torn = lambda: self.cut(KEEPALIVE_S, KEEPALIVE_S)

    async def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool) -> None:
        await asyncio.sleep(0)
        self.up.send((credit_total, stamp_us, stopping, waiting))

    async def messages(self) -> AsyncIterator[WorkMessage]:
        while True:
            yield await self.down.receive()

    async def close(self) -> None:
        self.end("the executor closed the stream")

    def end(self, why: str) -> None:
        """Both ends know at once."""
        self.is_over = True
        self.up.break_off(why)
        self.down.break_off(why)

    def cut(self, client_hears_after_s: float, server_hears_after_s: float) -> None:
        """Nothing passes any more."""
        self.up.is_torn = self.down.is_torn = True
        self.is_over = True
        with outside():
            loop = asyncio.get_running_loop()
            loop.call_later(client_hears_after_s, self.down.break_off, "the stream was cut")
            loop.call_later(server_hears_after_s, self.up.break_off, "the stream was cut")


class WorldLink:
    """`Orchestrators`, and the two calls of a frontend that workers make. Calls go round, as the real ones do."""

    def __init__(self, places: "Places", host: str) -> None:
        self._places, self._host = places, host
        self._known: dict[str, None] = {}
        self._names: list[str] = []
        self._turn = 0

    def use(self, names: Sequence[str]) -> None:
        """These are the orchestrators now."""
        self._known.update(dict.fromkeys(names))
        self._names = list(names)

    async def register(self, registrations: Sequence[Registration]) -> None:
        """Tell a frontend which lambdas are served here, and learn of the orchestrators."""
        done = await self._places.ask_frontend(
            self._host,
            lambda server: server.desks.register.register("", registrations),
            REGISTER_TIMEOUT_S,
            "register",
        )
        if not done.orchestrators:
            raise Unavailable("no orchestrator is up yet")
        self.use(list(done.orchestrators))

    async def open(self, hello: Hello) -> WorldWorkStream:
        name = await self._next_name()
        try:
            return await self._places.open_stream(self._host, name, hello)
        except Unavailable:
            self._names = []
            raise

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        name = await self._next_name()
        try:
            return await self._places.ask_orchestrator(
                self._host,
                name,
                lambda server: server.task_state.heartbeat(beats),
                timeout_s,
                f"heartbeat of {executor}",
                is_lost=executor in self._places.world.weather.heartbeats_lost,
            )
        except Unavailable:
            self._names = []
            raise

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        name = await self._next_name()
        chronicle = self._places.world.chronicle
        for report in reports:
            chronicle.note(executor, f"reports {report.ending.name.lower()} claim {report.claim}", report.id, name)
        try:
            refused = await self._places.ask_orchestrator(
                self._host,
                name,
                lambda server: server.task_state.set_results(reports),
                timeout_s,
                f"results of {executor}",
            )
        except Unavailable:
            self._names = []
            raise
        for task_id in refused:
            chronicle.note(executor, "is told that its report was refused", task_id)
        return refused

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        await self._next_name()
        for name in tuple(self._names):
            await self._places.ask_orchestrator(
                self._host,
                name,
                lambda server: server.delivery.executor_is_gone(executor),
                timeout_s,
                f"{executor} is gone",
            )

    async def _next_name(self) -> str:
        if not self._names:
            try:
                self.use(
                    await self._places.ask_frontend(
                        self._host, _orchestrators_of, LOOK_UP_TIMEOUT_S, "look-up of orchestrators"
                    )
                )
            except Unavailable:
                self.use(list(self._known))
        if not self._names:
            raise Unavailable("no orchestrator is known")
        self._turn += 1
        return self._names[self._turn % len(self._names)]


async def _orchestrators_of(server: "FrontendServer") -> Sequence[str]:
    return server.desks.roster.orchestrator_addresses()


if TYPE_CHECKING:
    from penstock.testing.world.frontends import FrontendServer
