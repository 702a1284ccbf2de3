"""One process's door to a simulated queue."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence

from penstock.adapters.memory.lane_bus import LaneBus
from penstock.adapters.memory.lane_message import MemoryLaneMessage
from penstock.model.errors import Unavailable
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.work_queue import LaneMessage

_logger = logging.getLogger(__name__)


class MemoryWorkQueue:
    """`WorkQueue` on a `LaneBus`. `dropped` counts references that could not be sent."""

    def __init__(self, bus: LaneBus) -> None:
        self.dropped = 0
        self._bus = bus
        self._is_started = False
        self._readers: list[MemoryLaneReader] = []
        self._callbacks: list[Callable[[], Awaitable[None]]] = []
        self._running: set[asyncio.Future[None]] = set()
        self._stop_listening: Callable[[], None] | None = None

    async def start(self) -> None:
        self._is_started = True
        self._stop_listening = self._bus.tell_when_lost(self._was_lost)

    async def stop(self) -> None:
        self.vanish()

    def vanish(self) -> None:
        """What remains of a client whose process has died: nothing; what it held comes back in time."""
        self._is_started = False
        if self._stop_listening is not None:
            self._stop_listening()
            self._stop_listening = None
        for reader in tuple(self._readers):
            reader.end()
        for running in tuple(self._running):
            running.cancel()

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        if self._is_started and self._bus.is_up:
            self._bus.publish(lane, references, enqueued_at_us)
        else:
            self.dropped += len(references)

    def reader(self, lane: LaneId, on_message: Callable[[LaneMessage], None]) -> "MemoryLaneReader":
        reader = MemoryLaneReader(self._bus, lane, on_message, self._readers.remove)
        self._readers.append(reader)
        return reader

    async def oldest_us(self, lane: LaneId) -> int | None:
        await asyncio.sleep(0)
        if not (self._is_started and self._bus.is_up):
            raise Unavailable("the queue cannot be reached")
        return self._bus.oldest_us(lane)

    def on_lost(self, callback: Callable[[], Awaitable[None]]) -> None:
        self._callbacks.append(callback)

    def _was_lost(self) -> None:
        for callback in self._callbacks:
            running = asyncio.ensure_future(callback())
            self._running.add(running)
            running.add_done_callback(self._running.discard)


class MemoryLaneReader:
    """`LaneReader` on a `LaneBus`."""

    def __init__(
        self,
        bus: LaneBus,
        lane: LaneId,
        on_message: Callable[[LaneMessage], None],
        forget: "Callable[[MemoryLaneReader], None]",
    ) -> None:
        self._bus, self._lane, self._on_message, self._forget = bus, lane, on_message, forget
        self._wanted = 0
        self._in_hand = 0
        self._is_open = True
        bus.join(lane, self)

    def want(self, messages: int) -> None:
        self._wanted = max(messages, 0)
        self._bus.look(self._lane)

    def appetite(self) -> int:
        """How many messages it would take now."""
        return self._wanted - self._in_hand if self._is_open else 0

    def take(self, message: MemoryLaneMessage) -> None:
        """One message is its own now."""
        self._in_hand += 1
        try:
            self._on_message(message)
        except Exception:
            _logger.exception("lane %d: its holder failed, the message comes again", self._lane)
            self._in_hand -= 1

    def settled(self) -> None:
        """One message is no longer in its hand."""
        self._in_hand -= 1
        self._bus.look(self._lane)

    async def close(self) -> None:
        self.end()

    def end(self) -> None:
        """Leave the lane, once."""
        if self._is_open:
            self._is_open = False
            self._bus.part(self._lane, self)
            self._forget(self)
