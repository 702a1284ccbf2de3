"""One holder's pulls of one consumer, spoken in JetStream's pull protocol.

Not nats-py's `fetch`: that waits for its batch. Here requests stay outstanding at the server, each message
is handed over as it comes, and more is asked for below half of what is wanted.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum, auto, unique

import msgspec

from penstock.adapters.jetstream.engine import NatsEngine
from penstock.adapters.jetstream.pulled import IN_PROGRESS, NAK, NAK_LATER, TERM
from penstock.adapters.jetstream.references import Unreadable
from penstock.adapters.jetstream.standing import StreamMissing
from penstock.model.errors import Unavailable

Take = Callable[[str, bytes, Callable[[bytes], None]], None]
"""Called with a message's reply subject, its body and how to answer it; raises `Unreadable`."""
_logger = logging.getLogger(__name__)
_SILENT_HEARTBEATS = 2.5
_PROBATION_S = 1.0
_NS = 1_000_000_000


@unique
class _Consumer(Enum):
    MISSING = auto()
    BEING_MADE = auto()
    FAULTY = auto()
    """it could not be made, or did not answer though just made: try again at the next tick"""
    STANDING = auto()


class PullReader:
    """`LaneReader`, and the reader of any other consumer. `awake` says whether the stream stands: while it does not,
    nothing is asked for. `make_consumer` makes the consumer or finds it; `on_trouble` has somebody look whether the
    stream still stands.
    """

    def __init__(
        self,
        engine: NatsEngine,
        name: str,
        pull_subject: str,
        make_consumer: Callable[[], Awaitable[None]],
        take: Take,
        on_trouble: Callable[[], None],
        awake: bool,
    ) -> None:
        self._engine = engine
        self._name = name
        self._make = make_consumer
        self._take = take
        self._on_trouble = on_trouble
        self._awake = awake
        self._loop = asyncio.get_running_loop()
        self._pull_subject = pull_subject
        self._inbox = engine.new_inbox()
        self._listening = engine.listen(f"{self._inbox}.*", self._arrived)
        self._consumer = _Consumer.MISSING
        self._making: asyncio.Task[None] | None = None
        self._wanted = 0
        self._held = 0
        self._outstanding = 0
        """messages asked for that may still come"""
        self._requests = 0
        self._batch = 0
        """of the last request"""
        self._heard_at = 0.0
        self._made_at = 0.0
        self._asking = False
        self._closed = False
        self.unreadable = 0

    def want(self, messages: int) -> None:
        if not self._closed:
            self._wanted = messages
            self._ask_soon()

    async def close(self) -> None:
        self._closed = True
        self._wanted = 0
        if self._making is not None:
            self._making.cancel()
        self._part_when_quiet()

    @property
    def is_gone(self) -> bool:
        """Closed, and nothing it asked for can still come."""
        return self._closed and self._outstanding == 0

    def sleep(self) -> None:
        """The connection is gone, and with it every request."""
        self._awake = False
        self._outstanding = 0
        if self._making is not None:
            self._making.cancel()  # its answer cannot come any more
            self._making = None
            self._consumer = _Consumer.MISSING
        self._part_when_quiet()

    async def wake(self, lost: bool) -> None:
        """The stream stands (again); returns when the lane's consumer does, if there is need of it."""
        self._awake = True
        if lost or self._consumer is _Consumer.FAULTY:
            self._consumer = _Consumer.MISSING
        if lost:
            self._outstanding = 0
            self._part_when_quiet()
        self._ask()
        if self._making is not None:
            await asyncio.wait([self._making])

    def tick(self, now: float) -> None:
        """Every few seconds: ask again where the server has forgotten, try again what failed."""
        silence_s = now - self._heard_at
        if self._outstanding and silence_s > self._engine.options.heartbeat_s * _SILENT_HEARTBEATS:
            _logger.info("%s: no heartbeat for %.0f s, asking anew", self._name, silence_s)
            self._outstanding = 0
            self._consumer = _Consumer.MISSING
            self._part_when_quiet()
        if self._consumer is _Consumer.FAULTY:
            self._consumer = _Consumer.MISSING
        self._ask()

    def _ask_soon(self) -> None:
        """What is settled within one step of the loop is asked for in one request."""
        if not self._asking:
            self._asking = True
            self._loop.call_soon(self._ask)

    def _ask(self) -> None:
        self._asking = False
        room = self._wanted - self._held
        if room <= 0 or self._outstanding * 2 >= room or not self._awake:
            return
        if self._consumer is _Consumer.MISSING:
            self._consumer = _Consumer.BEING_MADE
            self._making = self._loop.create_task(self._make_consumer(), name=f"nats: consumer of {self._name}")
        elif self._consumer is _Consumer.STANDING:
            self._pull(room - self._outstanding)

    async def _make_consumer(self) -> None:
        try:
            await self._make()
        except Unavailable as error:
            _logger.debug("%s: no consumer yet: %s", self._name, error)
            self._consumer = _Consumer.FAULTY
            if isinstance(error, StreamMissing):
                self._on_trouble()
        else:
            self._consumer = _Consumer.STANDING
            self._made_at = self._loop.time()
            self._ask()
        finally:
            if self._making is asyncio.current_task():
                self._making = None

    def _pull(self, batch: int) -> None:
        options = self._engine.options
        question = {
            "batch": batch,
            "expires": int(options.pull_life_s * _NS),
            "idle_heartbeat": int(options.heartbeat_s * _NS),
        }
        if not self._outstanding:
            self._heard_at = self._loop.time()
        self._requests += 1
        if self._engine.send(self._pull_subject, msgspec.json.encode(question), f"{self._inbox}.{self._requests}"):
            self._outstanding += batch
            self._batch = batch

    def _arrived(self, _subject: str, reply: str, body: bytes, headers: Mapping[str, str] | None) -> None:
        self._heard_at = self._loop.time()
        if reply:
            self._outstanding = max(0, self._outstanding - 1)
            self._hand_over(reply, body)
        else:
            self._heed(headers or {})
        self._ask_soon()
        self._part_when_quiet()

    def _hand_over(self, reply: str, body: bytes) -> None:
        if self._held >= self._wanted:  # wanted when it was asked for, not any more
            self._engine.send(reply, NAK)
            return
        is_settled = False

        def answer(word: bytes) -> None:
            nonlocal is_settled
            if is_settled:
                return
            self._engine.send(reply, word)
            if word is not IN_PROGRESS:
                is_settled = True
                self._held -= 1
                self._ask_soon()

        self._held += 1
        try:
            self._take(reply, body, answer)
        except Unreadable as error:
            self.unreadable += 1
            _logger.warning("%s: an unreadable message was put away: %s", self._name, error)
            answer(TERM)
        except Exception:
            _logger.exception("%s: its holder failed, the message goes back", self._name)
            answer(NAK_LATER)

    def _heed(self, headers: Mapping[str, str]) -> None:
        """A word about a request: 100 it waits, 404 408 409 it has ended, 503 nobody hears it."""
        status = headers.get("Status")
        if status == "100":
            return
        unserved = headers.get("Nats-Pending-Messages", "")
        if status == "408" and unserved.isdigit():
            self._outstanding = max(0, self._outstanding - int(unserved))
        elif status == "409" and "Exceeded" in headers.get("Description", ""):
            # Refused for itself; others wait on. Not asked again before the next tick.
            self._outstanding = max(0, self._outstanding - self._batch)
            self._consumer = _Consumer.FAULTY
        else:
            _logger.debug("%s: pull ended by %s", self._name, dict(headers))
            self._outstanding = 0
            self._lose_consumer()

    def _lose_consumer(self) -> None:
        if self._consumer is _Consumer.STANDING:
            made_just_now = self._loop.time() - self._made_at < _PROBATION_S
            self._consumer = _Consumer.FAULTY if made_just_now else _Consumer.MISSING
        self._on_trouble()

    def _part_when_quiet(self) -> None:
        if self.is_gone:
            self._listening.close()
