"""Stop signals: the first one stops in order, the second one now."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Final, Protocol

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stoppable(Protocol):
    """What can be stopped in order, and then be hurried."""

    async def start(self) -> None: ...
    async def stop(self) -> None: ...
    def hurry(self) -> None: ...


@contextmanager
def stop_signals(on_second: Callable[[], None]) -> Iterator[asyncio.Event]:
    """An event that the first signal sets; every further one calls `on_second`."""
    loop, asked = asyncio.get_running_loop(), asyncio.Event()

    def heard() -> None:
        if asked.is_set():
            on_second()
        asked.set()

    for number in SIGNALS:
        loop.add_signal_handler(number, heard)
    try:
        yield asked
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


async def run_until_signalled(platform: Stoppable, body: Callable[[], Awaitable[None]]) -> bool:
    """Starts, runs the body and stops in order, whatever happens; True when a signal asked for it."""
    with stop_signals(platform.hurry) as asked:

        async def whole() -> None:
            await platform.start()
            await body()

        work, signalled = asyncio.ensure_future(whole()), asyncio.ensure_future(asked.wait())
        try:
            await asyncio.wait({work, signalled}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, signalled):
                task.cancel()
            await asyncio.wait({work, signalled})
            await platform.stop()
        if not work.cancelled():
            work.result()
        return asked.is_set()
