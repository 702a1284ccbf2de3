"""Looks after a stream: makes it, notices that it was lost, makes it again."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress

from penstock.adapters.jetstream.ending import end
from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.standing import Incarnation, StandingStream
from penstock.model.errors import Unavailable

_BREATH_S = 0.05
"""between two looks, however many ask for one"""
_logger = logging.getLogger(__name__)


class StreamWatch:
    """Confirms the stream after every connect, when asked to, and every `check_s`.

    `on_ready(lost)` runs when the stream stands after a connect or after a loss;
    `on_tick` after every look at a stream that stood all the time.
    """

    def __init__(
        self,
        engine: NatsEngine,
        stream: StandingStream,
        on_ready: Callable[[bool], Awaitable[None]],
        on_tick: Callable[[], None],
    ) -> None:
        self._engine = engine
        self._stream = stream
        self._on_ready = on_ready
        self._on_tick = on_tick
        self._known: Incarnation | None = None
        self._confirmed_connect = 0
        self._silent_since: float | None = None
        self._nudged = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        engine.on_up(self._nudged.set)

    def start(self) -> None:
        """Begin to watch."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch(), name=f"nats: watch {self._stream.name}")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is None:
            return
        task, self._task = self._task, None
        await end(task)

    def look_now(self) -> None:
        """Something seems wrong: look before the next turn."""
        self._nudged.set()

    async def _watch(self) -> None:
        while True:
            self._nudged.clear()
            if self._engine.is_up:
                await self._look()
                await asyncio.sleep(_BREATH_S)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._engine.options.check_s):
                    await self._nudged.wait()

    async def _look(self) -> None:
        connect = self._engine.connects
        try:
            found = await self._stream.find_or_make()
        except Unavailable as error:
            _logger.debug("stream %s: %s", self._stream.name, error)
            await self._give_up_on_silence()
            return
        except Exception:
            # Whatever an odd server answers, the watch goes on.
            _logger.exception("stream %s: unexpected answer", self._stream.name)
            return
        self._silent_since = None
        lost = self._known is not None and not self._known.is_continued_by(found)
        self._known = found
        if lost:
            _logger.warning("stream %s was lost and stands again", self._stream.name)
        if lost or self._confirmed_connect != connect:
            self._confirmed_connect = connect
            await self._on_ready(lost)
        else:
            self._on_tick()

    async def _give_up_on_silence(self) -> None:
        """A server that answers for a stream that does not, for long, has lost it: the stream has no leader."""
        if not await self._engine.check_life():
            self._silent_since = None
            return
        now = asyncio.get_running_loop().time()
        if self._silent_since is None:
            self._silent_since = now
        elif now - self._silent_since >= self._engine.options.leaderless_s:
            self._silent_since = None
            _logger.warning("stream %s has no leader: deleting it, to make it again", self._stream.name)
            with suppress(Unavailable):
                await self._stream.delete()
            self._nudged.set()
