"""Calls and streams between simulated processes: late, lost, answered in vain, cut."""

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

from penstock.model.errors import PenstockError, Unavailable
from penstock.testing.world.chance import Chance
from penstock.testing.world.chronicle import Chronicle
from penstock.testing.world.processes import SimulatedProcess, outside
from penstock.testing.world.weather import Weather

Answer = TypeVar("Answer")
Message = TypeVar("Message")


class Server:
    """A process that answers calls, and the host it is on."""

    main_task: "asyncio.Task[None]"

    def __init__(self, process: SimulatedProcess, host: str) -> None:
        self.process = process
        self.host = host
        self.is_open = False
        """whether it listens yet"""


class Network:
    """Host names say who is cut off."""

    def __init__(self, weather: Weather, chance: Chance, chronicle: Chronicle) -> None:
        self._weather, self._chronicle = weather, chronicle
        self._random = chance.stream("network")

    def connects(self, here: str, there: str) -> bool:
        """Whether anything gets from one host to the other."""
        cut_off = self._weather.cut_off
        if cut_off and (here in cut_off or there in cut_off):
            self._chronicle.took_effect("host cut off", here, detail=there)
            return False
        return True

    def delay_s(self) -> float:
        """One way."""
        return 0.0001 + 0.001 * self._random.random()

    async def call(
        self,
        here: str,
        find: Callable[[], Server | None],
        handle: Callable[[], Coroutine[Any, Any, Answer]],
        timeout_s: float,
        what: str,
        is_lost: bool = False,
    ) -> Answer:
        """One call of a server by its address: `find` says who lives there when the request arrives.

        Raises what `handle` raises, and `Unavailable` for all the network's reasons.
        """
        loop = asyncio.get_running_loop()
        call = _Call(self, here, find, handle, what)
        random, weather = self._random, self._weather
        request_s = self.delay_s()
        draw = random.random()
        if draw < weather.calls_lost or is_lost:
            self._chronicle.took_effect("heartbeat lost" if is_lost else "call lost", here, detail=what)
            request_s = -1.0
        elif draw < weather.calls_lost + weather.answers_lost:
            self._chronicle.took_effect("answer lost", here, detail=what)
            call.loses_answer = True
        elif draw < weather.calls_lost + weather.answers_lost + weather.calls_slow:
            self._chronicle.took_effect("call slow", here, detail=what)
            request_s += 5.0 * random.random()
        if request_s > 0:
            with outside():
                loop.call_later(request_s, call.arrive)
        try:
            async with asyncio.timeout(timeout_s):
                answer: Answer = await call.answer
                return answer
        except TimeoutError:
            raise Unavailable(f"{what}: no answer within {timeout_s:g} s") from None
        finally:
            call.was_left(random.random() < 0.5)


class _Call:
    def __init__(
        self,
        network: Network,
        here: str,
        find: Callable[[], Server | None],
        handle: Callable[[], Coroutine[Any, Any, Any]],
        what: str,
    ) -> None:
        self._network, self._here, self._find, self._handle, self._what = network, here, find, handle, what
        self.answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.loses_answer = False
        self._work: asyncio.Task[None] | None = None
        self._server: Server | None = None

    def arrive(self) -> None:
        server = self._find()
        if server is not None and not self._network.connects(self._here, server.host):
            return
        if server is None or not server.is_open or not server.process.is_alive:
            self._later(self._refuse, "the connection was refused")
            return
        self._server = server
        server.process.on_end.append(self._server_ended)
        self._work = server.process.main.start(self._serve())

    def was_left(self, the_server_hears_of_it: bool) -> None:
        """The caller waits no more. A server whose call was cancelled cancels its handler, if it hears of it."""
        if self._server is not None and self._server_ended in self._server.process.on_end:
            self._server.process.on_end.remove(self._server_ended)
        if self._work is not None and not self._work.done() and the_server_hears_of_it:
            self._work.cancel()

    async def _serve(self) -> None:
        try:
            answer = await self._handle()
        except PenstockError as error:
            with outside():
                self._later(self._fail, error)
        else:
            with outside():
                self._later(self._succeed, answer)

    def _later(self, what: Callable[[Any], None], value: object) -> None:
        if not self.loses_answer:
            asyncio.get_running_loop().call_later(self._network.delay_s(), what, value)

    def _succeed(self, value: object) -> None:
        if not self.answer.done() and self._gets_back():
            self.answer.set_result(value)

    def _fail(self, error: Exception) -> None:
        if not self.answer.done() and self._gets_back():
            self.answer.set_exception(error)

    def _refuse(self, why: str) -> None:
        self._fail(Unavailable(f"{self._what}: {why}"))

    def _server_ended(self, _status: int) -> None:
        self._later(self._refuse, "the server went away")

    def _gets_back(self) -> bool:
        return self._server is None or self._network.connects(self._here, self._server.host)


class Pipe(Generic[Message]):
    """One direction of a stream: in order, or not at all."""

    def __init__(self, network: Network, here: str, there: str) -> None:
        self._network, self._here, self._there = network, here, there
        self._on_the_way: deque[Message] = deque()
        self._arrived: deque[Message] = deque()
        self._something = asyncio.Event()
        self._broken = ""
        self.is_torn = False
        """what is sent arrives nowhere, and the sender has not noticed"""
        self.on_torn: Callable[[], None] = _nobody_hears

    def send(self, message: Message) -> None:
        """Raises `Unavailable` when the sender knows that it is broken."""
        if self._broken:
            raise Unavailable(self._broken)
        if not self.is_torn and not self._network.connects(self._here, self._there):
            self.is_torn = True  # a stream with a hole in it is no stream
            self.on_torn()
        if self.is_torn:
            return
        self._on_the_way.append(message)
        with outside():
            asyncio.get_running_loop().call_later(self._network.delay_s(), self._arrive)

    def _arrive(self) -> None:
        message = self._on_the_way.popleft()
        if not self.is_torn:
            self._arrived.append(message)
            self._something.set()

    def break_off(self, why: str) -> None:
        """Both ends know from now on."""
        self._broken = self._broken or why
        self._something.set()

    async def receive(self) -> Message:
        """The next one; raises `Unavailable` when it is broken and all that arrived was taken."""
        while not self._arrived:
            if self._broken:
                raise Unavailable(self._broken)
            self._something.clear()
            await self._something.wait()
        return self._arrived.popleft()


def _nobody_hears() -> None:
    """Until somebody is named."""
