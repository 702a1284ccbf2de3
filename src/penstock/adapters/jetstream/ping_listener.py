"""One listener to pings: what has arrived while a batch is in hand is the next batch."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from penstock.adapters.jetstream.ending import end
from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.ping_messages import PINGS_PER_MESSAGE_MAX, PingPlace, decode
from penstock.adapters.jetstream.ping_stream import PingStream
from penstock.adapters.jetstream.pulled import ACK, NAK, NAK_LATER
from penstock.adapters.jetstream.reader import PullReader
from penstock.model.errors import PenstockError
from penstock.ports.pings import Ping

_MESSAGES_IN_HAND: Final = 64
_PINGS_IN_A_BATCH: Final = 4 * PINGS_PER_MESSAGE_MAX
_logger = logging.getLogger(__name__)


class PingListener:
    """Holds messages until `on_pings` has returned, then settles them."""

    def __init__(
        self,
        engine: NatsEngine,
        stream: PingStream,
        on_pings: Callable[[Sequence[Ping]], Awaitable[None]],
        on_trouble: Callable[[], None],
        awake: bool,
    ) -> None:
        self._on_pings = on_pings
        self._waiting: deque[tuple[list[tuple[PingPlace, int]], Callable[[bytes], None]]] = deque()
        self._arrived = asyncio.Event()
        self._reader = PullReader(
            engine, "pings", stream.pull_subject, stream.make_consumer, self._take, on_trouble, awake
        )
        self._reader.want(_MESSAGES_IN_HAND)
        self._work = asyncio.get_running_loop().create_task(self._hand_over(), name="nats: pings")
        self.wake, self.tick, self.sleep = self._reader.wake, self._reader.tick, self._reader.sleep

    async def stop(self) -> None:
        """Nothing is handed over after it returns; what is in hand goes to others."""
        await self._reader.close()
        await end(self._work)
        while self._waiting:
            self._waiting.popleft()[1](NAK)

    def _take(self, _reply: str, body: bytes, answer: Callable[[bytes], None]) -> None:
        self._waiting.append((decode(body), answer))
        self._arrived.set()

    async def _hand_over(self) -> None:
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            while self._waiting:
                await self._hand_over_batch()

    async def _hand_over_batch(self) -> None:
        reached: dict[PingPlace, int] = {}
        answers: list[Callable[[bytes], None]] = []
        while self._waiting and len(reached) < _PINGS_IN_A_BATCH:
            pings, answer = self._waiting.popleft()
            answers.append(answer)
            for place, sequence in pings:
                if reached.get(place, sequence) <= sequence:
                    reached[place] = sequence
        word = NAK  # for a batch that is cut off
        try:
            await self._on_pings([Ping(*place, sequence) for place, sequence in reached.items()])
            word = ACK
        except Exception as trouble:
            is_mistake = not isinstance(trouble, PenstockError)
            level = logging.ERROR if is_mistake else logging.WARNING
            _logger.log(
                level, "%d pings were not taken, they come again: %s", len(reached), trouble, exc_info=is_mistake
            )
            word = NAK_LATER
        finally:
            for answer in answers:
                answer(word)
