"""Signals in memory: one bus for all processes of a simulated cluster."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Protocol

from penstock.ports.signals import Topic

Handler = Callable[[bytes], None]


class SignalFaults(Protocol):
    """What goes wrong, asked for each signal and each listener."""

    def arrivals(self, topic: Topic, body: bytes) -> Sequence[float]:
        """After how many seconds each copy arrives. Empty: lost."""


class NoSignalFaults:
    """A healthy network."""

    def arrivals(self, _topic: Topic, _body: bytes, /) -> Sequence[float]:
        return (0.0,)


class SignalBus:
    """Who listens to what, in all processes."""

    def __init__(self, faults: SignalFaults | None = None) -> None:
        self.faults: SignalFaults = faults or NoSignalFaults()
        self.is_up = True
        self.listeners: dict[Topic, list[Handler]] = {}

    def send(self, topic: Topic, body: bytes) -> None:
        """To everybody who listens now, each on a path of its own."""
        loop = asyncio.get_running_loop()
        for handler in self.listeners.get(topic, ()) if self.is_up else ():
            for delay_s in self.faults.arrivals(topic, body):
                if delay_s > 0:
                    loop.call_later(delay_s, self._hear, topic, handler, body)
                else:  # in the order of sending, which timers of one instant don't keep
                    loop.call_soon(self._hear, topic, handler, body)

    def _hear(self, topic: Topic, handler: Handler, body: bytes) -> None:
        if handler in self.listeners.get(topic, ()):
            handler(body)


class MemorySignals:
    """`Signals` of one process on a `SignalBus`."""

    def __init__(self, bus: SignalBus) -> None:
        self._bus = bus
        self._mine: list[Callable[[], None]] = []

    def send(self, topic: Topic, body: bytes) -> None:
        self._bus.send(topic, body)

    def listen(self, topic: Topic, handler: Callable[[bytes], None]) -> Callable[[], None]:
        # A handler of its own for each call: the same function may listen twice, and each stop ends one.
        def hear(body: bytes) -> None:
            handler(body)

        listeners = self._bus.listeners.setdefault(topic, [])
        listeners.append(hear)

        def stop() -> None:
            if hear in listeners:
                listeners.remove(hear)

        self._mine.append(stop)
        return stop

    def vanish(self) -> None:
        """Its process has died: none of its listeners hears anything more."""
        for stop in self._mine:
            stop()
        self._mine.clear()
