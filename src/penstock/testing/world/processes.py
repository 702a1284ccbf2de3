"""Simulated processes: their code runs on the one loop, and can be stopped or killed between any two steps.

Every callback and every task's step belongs to the domain in whose context it was planned. The loop hands
it to that domain: a running one takes the step, a stopped one keeps it for later, a dead one never takes
it. Nobody is told: like SIGSTOP and SIGKILL, it is not an exception in the code that it happens to.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, TypeVarTuple

from penstock.testing.virtual_loop import VirtualLoop

Arguments = TypeVarTuple("Arguments")

DOMAIN: ContextVar["Domain | None"] = ContextVar("penstock_world_domain", default=None)
"""Whose code is running; None: nature's (networks, engines, the clients)."""


class Domain:
    """One thread of a simulated process."""

    def __init__(self, process: "SimulatedProcess") -> None:
        self.process = process
        self.runs = True
        self._holds = 0
        self._is_dead = False
        self._put_off: list[_Step] = []
        self._context = copy_context()
        self._context.run(DOMAIN.set, self)

    def post(self, callback: Callable[[*Arguments], object], *args: *Arguments) -> None:
        """Have it called soon, here."""
        asyncio.get_running_loop().call_soon(callback, *args, context=self._context.copy())

    def start(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """A task of this domain."""
        return asyncio.get_running_loop().create_task(work, context=self._context.copy())

    def hold(self) -> None:
        """No step is taken until as many calls of `release`."""
        self._holds += 1
        self.runs = False

    def release(self) -> None:
        """The other half of `hold`."""
        self._holds -= 1
        if not self._holds and not self._is_dead:
            self._go_on()

    def die(self) -> None:
        """Not one step more."""
        self._is_dead = True
        self.runs = False

    def haunt(self) -> None:
        """When the world is over, even the dead must come to their end, so that nothing is left pending."""
        self._go_on()

    def put_off(self, step: "_Step") -> None:
        """For later, in order."""
        self._put_off.append(step)

    def _go_on(self) -> None:
        self.runs = True
        steps, self._put_off = self._put_off, []
        for step in steps:
            step.loop.again(step)


class SimulatedProcess:
    """A name and some threads. `on_end` hears of the exit status, negative for a signal.

    `standstills`: from when to when it was stopped.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.status: int | None = None
        self.is_stopped = False
        self.standstills: list[tuple[float, float]] = []
        self._stopped_at_s = 0.0
        self.on_end: list[Callable[[int], None]] = []
        self.domains: list[Domain] = []
        self.main = self.new_thread()

    @property
    def is_alive(self) -> bool:
        """A stopped one is alive."""
        return self.status is None

    def new_thread(self) -> Domain:
        """One more domain, which shares this process's fate."""
        domain = Domain(self)
        if self.is_stopped:
            domain.hold()
        self.domains.append(domain)
        return domain

    def stop(self) -> None:
        """SIGSTOP."""
        if self.is_alive and not self.is_stopped:
            self.is_stopped = True
            self._stopped_at_s = asyncio.get_running_loop().time()
            for domain in self.domains:
                domain.hold()

    def go_on(self) -> None:
        """SIGCONT."""
        if self.is_alive and self.is_stopped:
            self._note_standstill()
            for domain in self.domains:
                domain.release()

    def end(self, status: int) -> None:
        """It exits, or is killed, now."""
        if self.is_alive:
            self.status = status
            self._note_standstill()
            for domain in self.domains:
                domain.die()
            with outside():
                for tell in tuple(self.on_end):
                    tell(status)

    def _note_standstill(self) -> None:
        if self.is_stopped:
            self.is_stopped = False
            self.standstills.append((self._stopped_at_s, asyncio.get_running_loop().time()))


class _Step:
    """A callback on its way to its domain."""

    __slots__ = ("_args", "_callback", "_domain", "context", "handle", "loop")

    def __init__(
        self, loop: "WorldLoop", domain: Domain, callback: Callable[..., object], args: Any, context: Context
    ) -> None:
        self.loop, self._domain, self._callback, self._args, self.context = loop, domain, callback, args, context
        self.handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        if not self._domain.runs:
            self._domain.put_off(self)
        elif self.handle is None or not self.handle.cancelled():  # cancelled while it was put off
            self.handle = None  # the two know each other: nothing is left for the collector, whom seeds wait for
            self._callback(*self._args)


class WorldLoop(VirtualLoop):
    """A virtual loop on which processes live."""

    def call_soon(
        self,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """As ever, by way of the domain."""
        domain = DOMAIN.get() if context is None else context.get(DOMAIN)
        if domain is None:
            return super().call_soon(callback, *args, context=context)
        context = copy_context() if context is None else context
        step = _Step(self, domain, callback, args, context)
        step.handle = super().call_soon(step, context=context)
        return step.handle

    def call_at(
        self,
        when: float,
        callback: Callable[[*Arguments], object],
        *args: *Arguments,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """As ever, by way of the domain."""
        domain = DOMAIN.get() if context is None else context.get(DOMAIN)
        if domain is None:
            return super().call_at(when, callback, *args, context=context)
        context = copy_context() if context is None else context
        step = _Step(self, domain, callback, args, context)
        timer = super().call_at(when, step, context=context)
        step.handle = timer
        return timer

    def again(self, step: _Step) -> None:
        """A step that was put off."""
        super().call_soon(step, context=step.context)


class outside:  # noqa: N801 - reads as a word of its own: `with outside():`
    """What is planned in here belongs to nature and goes on when the caller's process is stopped or dead."""

    __slots__ = ("_token",)

    def __enter__(self) -> None:
        self._token = DOMAIN.set(None)

    def __exit__(self, *_: object) -> None:
        DOMAIN.reset(self._token)


def current_process() -> SimulatedProcess:
    """Whose code asks."""
    domain = DOMAIN.get()
    assert domain is not None, "no simulated process is running"
    return domain.process
