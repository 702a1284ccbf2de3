"""How an answer reaches who waits for it: a coroutine in its loop, or a thread without one.

This is what makes one implementation serve both. Everything in the SDK is a coroutine function that
awaits nothing but waiters. With a running loop a waiter suspends; without one it blocks its thread,
so the coroutine runs to its end in one go: that is all there is to a `*_sync` method.
"""

import asyncio
import threading
from collections.abc import Coroutine, Generator, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class LoopWaiter(Generic[T]):
    """Waits inside a running loop."""

    __slots__ = ("_future", "loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop: asyncio.AbstractEventLoop | None = loop
        self._future: asyncio.Future[T] = loop.create_future()

    @property
    def gone(self) -> bool:
        """Nobody waits any more."""
        return self._future.cancelled()

    def __await__(self) -> Generator[Any, None, T]:
        return self._future.__await__()

    async def within(self, timeout_s: float | None) -> T:
        """The answer; raises `TimeoutError` when it takes longer."""
        async with asyncio.timeout(timeout_s):
            return await self._future

    def settle(self, outcome: T | Exception) -> None:
        """Called in the loop's own thread."""
        if self._future.done():
            return
        if isinstance(outcome, Exception):
            self._future.set_exception(outcome)
        else:
            self._future.set_result(outcome)


class ThreadWaiter(Generic[T]):
    """Waits by blocking its thread, which has no running loop."""

    __slots__ = ("_gate", "_outcome", "gone", "loop")
    _outcome: T | Exception

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.gone = False
        self._gate = threading.Lock()
        self._gate.acquire()

    def __await__(self) -> Generator[Any, None, T]:
        return self.within(None).__await__()

    async def within(self, timeout_s: float | None) -> T:
        """The answer; raises `TimeoutError` when it takes longer."""
        if not self._gate.acquire(timeout=-1 if timeout_s is None else min(timeout_s, threading.TIMEOUT_MAX)):
            self.gone = True
            raise TimeoutError
        if isinstance(self._outcome, Exception):
            raise self._outcome
        return self._outcome

    def settle(self, outcome: T | Exception) -> None:
        """Called in any thread, once."""
        self._outcome = outcome
        self._gate.release()


Waiter = LoopWaiter[T] | ThreadWaiter[T]


def running_loop() -> asyncio.AbstractEventLoop | None:
    """The loop that runs in this thread."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def new_waiter() -> Waiter[Any]:
    """One that fits who asks."""
    loop = running_loop()
    return ThreadWaiter() if loop is None else LoopWaiter(loop)


def deliver(outcomes: Iterable[tuple[Waiter[T], T | Exception]]) -> None:
    """Settle waiters from any thread: a loop is woken once, however many wait in it."""
    by_loop: dict[asyncio.AbstractEventLoop, list[tuple[Waiter[T], T | Exception]]] = {}
    for waiter, outcome in outcomes:
        if waiter.loop is None:
            waiter.settle(outcome)
        else:
            by_loop.setdefault(waiter.loop, []).append((waiter, outcome))
    for loop, settled in by_loop.items():
        try:
            loop.call_soon_threadsafe(_settle_all, settled)
        except RuntimeError:  # the loop was closed: nobody waits in it
            continue


def _settle_all(settled: list[tuple[Waiter[T], T | Exception]]) -> None:
    for waiter, outcome in settled:
        waiter.settle(outcome)


def without_loop(verb: str, work: Coroutine[Any, Any, T]) -> T:
    """Run one of the SDK's coroutines to its end, blocking this thread.

    Raises `RuntimeError` inside a running loop, which it would block.
    """
    if running_loop() is not None:
        work.close()
        raise RuntimeError(f"{verb}_sync() would block the event loop that runs here: await {verb}() instead")
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    work.close()
    raise RuntimeError(f"{verb}_sync() was given something that needs an event loop: await {verb}() instead")
