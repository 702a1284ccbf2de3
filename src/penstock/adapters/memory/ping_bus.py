"""Pings in memory: one engine for all processes of a simulated cluster, which keeps them while it is down."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, Protocol

from penstock.model.errors import PenstockError
from penstock.model.event import StreamId
from penstock.ports.pings import Ping

Handler = Callable[[Sequence[Ping]], Awaitable[None]]
ACK_WAIT_S: Final = 5.0
_BATCH_MAX: Final = 1_000
_AGAIN_S: Final = 1.0
_Place = tuple[StreamId, str]
_logger = logging.getLogger(__name__)


class PingFaults(Protocol):
    """What goes wrong, asked each time. Decided by a simulation's seed."""

    def arrivals(self, pings: Sequence[Ping]) -> Sequence[tuple[float, Sequence[Ping]]]:
        """Of pings that are published together: after how many seconds which of them arrive, or what came of them."""

    def loses_ack(self) -> bool:
        """Whether a batch that was taken comes again."""


class NoPingFaults:
    """A healthy engine."""

    def arrivals(self, pings: Sequence[Ping], /) -> Sequence[tuple[float, Sequence[Ping]]]:
        return ((0.0, pings),)

    def loses_ack(self) -> bool:
        return False


class PingBus:
    """The engine. `ack_wait_s`: how long a batch may be in hand."""

    def __init__(self, faults: PingFaults | None = None, ack_wait_s: float = ACK_WAIT_S) -> None:
        self.faults: PingFaults = faults or NoPingFaults()
        self.ack_wait_s = ack_wait_s
        self.is_up = True
        self.reached: dict[_Place, int] = {}
        """what waits, by stream and subject"""
        self._listeners: list[MemoryListening] = []

    def publish(self, pings: Sequence[Ping]) -> None:
        """Let them travel; nobody is told how they fared."""
        for delay_s, some in self.faults.arrivals(pings):
            if delay_s > 0:
                asyncio.get_running_loop().call_later(delay_s, self.arrive, some)
            else:
                self.arrive(some)

    def arrive(self, pings: Sequence[Ping]) -> None:
        """They are in the queue, coalesced with what waits there."""
        if not self.is_up:
            return
        for ping in pings:
            place = (ping.stream_id, ping.subject)
            self.reached[place] = max(ping.sequence, self.reached.get(place, ping.sequence))
        self.look()

    def come_back(self) -> None:
        """The engine starts again, with all that was in it."""
        self.is_up = True
        self.look()

    def join(self, listening: "MemoryListening") -> None:
        """A listener begins."""
        self._listeners.append(listening)
        self.look()

    def part(self, listening: "MemoryListening") -> None:
        """It ends."""
        if listening in self._listeners:
            self._listeners.remove(listening)

    def look(self) -> None:
        """Have the listener that has waited longest take a batch, if there is one."""
        idle = [each for each in self._listeners if each.is_idle]
        if self.is_up and self.reached and idle:
            self._listeners.remove(idle[0])
            self._listeners.append(idle[0])
            idle[0].begin()

    def take(self) -> list[Ping]:
        """The next batch."""
        places = list(self.reached)[:_BATCH_MAX] if self.is_up else ()
        return [Ping(*place, self.reached.pop(place)) for place in places]


class MemoryListening:
    """One listener: a batch at a time."""

    def __init__(self, bus: PingBus, on_pings: Handler) -> None:
        self._bus, self._on_pings = bus, on_pings
        self._work: asyncio.Task[None] | None = None
        self._is_dead = False
        bus.join(self)

    @property
    def is_idle(self) -> bool:
        return self._work is None

    def begin(self) -> None:
        """Take what waits, on a step of its own."""
        self._work = asyncio.get_running_loop().create_task(self._run())

    def leave(self) -> "asyncio.Task[None] | None":
        """Take nothing more; answers what is still under way, cancelled."""
        self._bus.part(self)
        if self._work is not None:
            self._work.cancel()
        return self._work

    def die(self) -> None:
        """As `leave`, without a word: what is in hand comes back when its time is up."""
        self._is_dead = True
        self.leave()

    async def _run(self) -> None:
        try:
            while batch := self._bus.take():
                await self._hand_over(batch)
        finally:
            self._work = None
            self._bus.look()

    async def _hand_over(self, batch: list[Ping]) -> None:
        loop = asyncio.get_running_loop()
        again = loop.call_later(self._bus.ack_wait_s, self._bus.arrive, batch)
        try:
            await self._on_pings(batch)
        except asyncio.CancelledError:
            if not self._is_dead:
                again.cancel()
                self._bus.arrive(batch)
            raise
        except Exception as trouble:
            is_mistake = not isinstance(trouble, PenstockError)
            level = logging.ERROR if is_mistake else logging.WARNING
            _logger.log(level, "%d pings were not taken, they come again: %s", len(batch), trouble, exc_info=is_mistake)
            again.cancel()
            loop.call_later(_AGAIN_S, self._bus.arrive, batch)
        else:
            if not self._bus.faults.loses_ack():
                again.cancel()
