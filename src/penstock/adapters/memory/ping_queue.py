"""One process's door to simulated pings."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from penstock.adapters.memory.ping_bus import MemoryListening, PingBus
from penstock.ports.pings import Ping

if TYPE_CHECKING:
    from penstock.model.event import StreamId


class MemoryPingQueue:
    """`PingQueue` on a `PingBus`. `dropped` counts pings that could not be sent."""

    def __init__(self, bus: PingBus) -> None:
        self.dropped = 0
        self._bus = bus
        self._is_started = False
        self._listenings: list[MemoryListening] = []

    async def start(self) -> None:
        self._is_started = True

    async def stop(self) -> None:
        left = [listening.leave() for listening in self._listenings]
        self._listenings.clear()
        self._is_started = False
        await _ended(left)

    def vanish(self) -> None:
        """Its process has died: nothing of it hears anything more, and what it held comes back in time."""
        self._is_started = False
        for listening in self._listenings:
            listening.die()
        self._listenings.clear()

    def publish(self, pings: Sequence[Ping]) -> None:
        reached: dict[tuple[StreamId, str], int] = {}
        for ping in pings:
            place = (ping.stream_id, ping.subject)
            reached[place] = max(ping.sequence, reached.get(place, ping.sequence))
        if not (self._is_started and self._bus.is_up):
            self.dropped += len(reached)
        elif reached:
            self._bus.publish([Ping(*place, sequence) for place, sequence in reached.items()])

    def listen(self, on_pings: Callable[[Sequence[Ping]], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        listening = MemoryListening(self._bus, on_pings)
        self._listenings.append(listening)

        async def stop() -> None:
            if listening in self._listenings:
                self._listenings.remove(listening)
                await _ended([listening.leave()])

        return stop


async def _ended(left: "Sequence[asyncio.Task[None] | None]") -> None:
    await asyncio.gather(*(work for work in left if work is not None), return_exceptions=True)
