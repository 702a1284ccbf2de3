"""Pings on one JetStream stream."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.ping_listener import PingListener
from penstock.adapters.jetstream.ping_messages import PingPlace, encode
from penstock.adapters.jetstream.ping_stream import PingStream
from penstock.adapters.jetstream.watch import StreamWatch
from penstock.ports.pings import Ping


class JetStreamPingQueue:
    """`PingQueue` on a shared engine, which somebody else stops.

    Pings of one turn of the loop, and all that come while the stream does not stand, coalesce and go out together; no
    acknowledgement is awaited. `dropped` counts those that did not fit.
    """

    def __init__(self, engine: NatsEngine) -> None:
        self.dropped = 0
        self._engine = engine
        self._stream = PingStream(engine)
        self._watch = StreamWatch(engine, self._stream, self._stands, self._tick)
        self._listeners: set[PingListener] = set()
        self._reached: dict[PingPlace, int] = {}
        self._flush_is_coming = False
        self._ready = False
        engine.on_down(self._is_down)

    @property
    def is_ready(self) -> bool:
        """What is published now goes out at once: the connection is up and the stream was seen."""
        return self._ready

    async def start(self) -> None:
        await self._engine.start()
        self._watch.start()

    async def stop(self) -> None:
        self._flush()
        await asyncio.gather(*(listener.stop() for listener in tuple(self._listeners)))
        await self._watch.stop()

    def publish(self, pings: Sequence[Ping]) -> None:
        reached, places_max = self._reached, self._engine.options.pings_waiting_max
        for ping in pings:
            place = (ping.stream_id, ping.subject)
            known = reached.get(place)
            if known is None and len(reached) >= places_max:
                self.dropped += 1
            elif known is None or known < ping.sequence:
                reached[place] = ping.sequence
        if self._ready and reached and not self._flush_is_coming:
            self._flush_is_coming = True
            asyncio.get_running_loop().call_soon(self._flush)

    def listen(self, on_pings: Callable[[Sequence[Ping]], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        listener = PingListener(self._engine, self._stream, on_pings, self._watch.look_now, awake=self._ready)
        self._listeners.add(listener)

        async def stop() -> None:
            self._listeners.discard(listener)
            await listener.stop()

        return stop

    def _flush(self) -> None:
        self._flush_is_coming = False
        if not self._ready:
            return  # they wait for the stream
        reached, self._reached = self._reached, {}
        for body, count in encode(reached):
            if not self._engine.send(self._stream.subject, body):
                self.dropped += count

    async def _stands(self, lost: bool) -> None:
        """The stream stands after a connect or a loss: go on."""
        self._ready = self._engine.is_up
        self._flush()
        await asyncio.gather(*(listener.wake(lost) for listener in self._listeners))

    def _tick(self) -> None:
        now = asyncio.get_running_loop().time()
        for listener in self._listeners:
            listener.tick(now)

    def _is_down(self) -> None:
        self._ready = False
        for listener in self._listeners:
            listener.sleep()
