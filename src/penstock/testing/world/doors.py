"""One process's doors to the engines. Whatever was sent goes on its way when the sender is stopped or killed."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from penstock.adapters.memory import LaneBus, MemoryPingQueue, MemorySignals, MemoryWorkQueue, PingBus, SignalBus
from penstock.model.errors import Unavailable
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.pings import Ping
from penstock.ports.signals import Topic
from penstock.ports.work_queue import LaneMessage, LaneReader
from penstock.testing.world.chance import Chance
from penstock.testing.world.chronicle import Chronicle
from penstock.testing.world.processes import SimulatedProcess, outside
from penstock.testing.world.weather import Weather

Answer = TypeVar("Answer")
Fate = Callable[[str, Callable[[], Any], "asyncio.Future[Any]"], None]


class SignalsDoor:
    """`Signals` of one process."""

    def __init__(self, process: SimulatedProcess, bus: SignalBus) -> None:
        self._process = process
        self._signals = MemorySignals(bus)
        process.on_end.append(lambda _: self._signals.vanish())

    def send(self, topic: Topic, body: bytes) -> None:
        with outside():
            self._signals.send(topic, body)

    def listen(self, topic: Topic, handler: Callable[[bytes], None]) -> Callable[[], None]:
        is_open = True

        def hear(body: bytes) -> None:
            if is_open:
                handler(body)

        def stop() -> None:
            nonlocal is_open
            is_open = False
            stop_listening()

        stop_listening = self._signals.listen(topic, lambda body: self._process.main.post(hear, body))
        return stop


class QueueDoor:
    """`WorkQueue` of one process."""

    def __init__(self, process: SimulatedProcess, bus: LaneBus, chronicle: Chronicle) -> None:
        self._process, self._bus, self._chronicle = process, bus, chronicle
        self._queue = MemoryWorkQueue(bus)
        process.on_end.append(lambda _: self._queue.vanish())

    async def start(self) -> None:
        with outside():
            await self._queue.start()

    async def stop(self) -> None:
        with outside():
            await self._queue.stop()

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        if not self._bus.is_up:
            self._chronicle.took_effect("queue down", self._process.name, detail=lane)
        with outside():
            self._queue.publish(lane, references, enqueued_at_us)

    def reader(self, lane: LaneId, on_message: Callable[[LaneMessage], None]) -> "ReaderDoor":
        door = ReaderDoor(self._process, on_message)
        with outside():
            door.reader = self._queue.reader(lane, door.take)
        return door

    async def oldest_us(self, lane: LaneId) -> int | None:
        return await self._queue.oldest_us(lane)

    def on_lost(self, callback: Callable[[], Awaitable[None]]) -> None:
        async def run() -> None:
            await callback()

        async def tell() -> None:
            self._process.main.start(run())

        self._queue.on_lost(tell)


class ReaderDoor:
    """`LaneReader` of one process."""

    reader: LaneReader

    def __init__(self, process: SimulatedProcess, on_message: Callable[[LaneMessage], None]) -> None:
        self._process, self._on_message = process, on_message
        self._is_open = True

    def take(self, message: LaneMessage) -> None:
        self._process.main.post(self._hand_over, MessageDoor(message))

    def _hand_over(self, message: LaneMessage) -> None:
        if self._is_open:
            self._on_message(message)

    def want(self, messages: int) -> None:
        with outside():
            self.reader.want(messages)

    async def close(self) -> None:
        self._is_open = False
        with outside():
            await self.reader.close()


class PingsDoor:
    """`PingQueue` of one process."""

    def __init__(self, process: SimulatedProcess, bus: PingBus) -> None:
        self._process = process
        self._queue = MemoryPingQueue(bus)
        process.on_end.append(lambda _: self._vanish())

    async def start(self) -> None:
        with outside():
            await self._queue.start()

    async def stop(self) -> None:
        with outside():
            await self._queue.stop()

    def publish(self, pings: Sequence[Ping]) -> None:
        with outside():
            self._queue.publish(pings)

    def listen(self, on_pings: Callable[[Sequence[Ping]], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        async def hand_over(pings: Sequence[Ping]) -> None:
            """Nature waits for what the process makes of them."""
            settled: asyncio.Future[None] = asyncio.get_running_loop().create_future()

            async def take() -> None:
                try:
                    await on_pings(pings)
                except Exception as error:  # noqa: BLE001 - it is the queue's
                    if not settled.done():
                        settled.set_exception(error)
                else:
                    _settle(settled, None)

            self._process.main.start(take())
            await settled

        with outside():
            stop_listening = self._queue.listen(hand_over)

        async def stop() -> None:
            with outside():
                await stop_listening()

        return stop

    def _vanish(self) -> None:
        with outside():
            self._queue.vanish()


class MessageDoor:
    """`LaneMessage` in the hands of one process. The memory queue never waits, so `outside` holds to the end."""

    def __init__(self, message: LaneMessage) -> None:
        self._message = message
        self.lane = message.lane
        self.references = message.references
        self.enqueued_at_us = message.enqueued_at_us
        self.messages_behind = message.messages_behind

    async def done(self) -> None:
        with outside():
            await self._message.done()

    async def keep(self) -> None:
        with outside():
            await self._message.keep()

    async def put_back(self, rest: Sequence[Reference]) -> None:
        with outside():
            await self._message.put_back(rest)


class StoreDoor:
    """A `Trip` to the store: the effect takes place whether or not the caller lives to hear of it."""

    def __init__(self, process: SimulatedProcess, weather: Weather, chance: Chance, chronicle: Chronicle) -> None:
        self._process, self._weather, self._chronicle = process, weather, chronicle
        self._random = chance.stream("store")

    async def __call__(self, operation: str, effect: Callable[[], Answer], /) -> Answer:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Answer] = loop.create_future()
        random, weather = self._random.random, self._weather
        delay_s = 0.0002 + 0.002 * random()
        draw = random()
        fate: Fate = self._commit
        if draw < weather.store_slow:
            delay_s += 4.0 * random()
            self._felt("store slow", operation)
        elif draw < (share := weather.store_slow + weather.store_fails_before):
            fate = self._fail
        elif draw < (share := share + weather.store_fails_after):
            fate = self._commit_and_fail
        elif draw < share + weather.store_commits_later:
            fate = self._fail_and_commit
        with outside():
            loop.call_later(delay_s, fate, operation, effect, answer)
        return await answer

    def _commit(self, operation: str, effect: Callable[[], Any], answer: "asyncio.Future[Any]") -> None:
        self._sudden("before", operation)
        try:
            value = effect()
        except Exception as error:  # noqa: BLE001 - it is the caller's
            if not answer.done():
                answer.set_exception(error)
            return
        self._sudden("after", operation)
        if self._random.random() < 0.3:  # others get in between the commit and its answer
            asyncio.get_running_loop().call_later(0.002 * self._random.random(), _settle, answer, value)
        else:
            _settle(answer, value)

    def _fail(self, operation: str, _: Callable[[], Any], answer: "asyncio.Future[Any]") -> None:
        self._felt("store failed before the commit", operation)
        _refuse(answer)

    def _commit_and_fail(self, operation: str, effect: Callable[[], Any], answer: "asyncio.Future[Any]") -> None:
        self._felt("store failed after the commit", operation)
        self._in_vain(effect)
        _refuse(answer)

    def _fail_and_commit(self, operation: str, effect: Callable[[], Any], answer: "asyncio.Future[Any]") -> None:
        self._felt("store committed after it had failed", operation)
        _refuse(answer)
        asyncio.get_running_loop().call_later(1.5 * self._random.random(), self._in_vain, effect)

    def _in_vain(self, effect: Callable[[], Any]) -> None:
        try:
            effect()
        except Exception as error:  # noqa: BLE001 - nobody hears of it
            self._chronicle.note("store", f"refused: {error!r}")

    def _sudden(self, when: str, operation: str) -> None:
        """What was to happen at the next such call."""
        waiting = self._weather.at_next_trip.get(operation)
        if waiting and waiting[0][0] == when:
            waiting.pop(0)[1](self._process.name)

    def _felt(self, fault: str, operation: str) -> None:
        self._chronicle.took_effect(fault, self._process.name, detail=operation)


def _settle(answer: "asyncio.Future[Any]", value: object) -> None:
    if not answer.done():
        answer.set_result(value)


def _refuse(answer: "asyncio.Future[Any]") -> None:
    if not answer.done():
        answer.set_exception(Unavailable("the store did not answer"))
