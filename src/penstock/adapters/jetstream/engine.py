"""One connection to NATS that comes back for ever, shared by work queue and signals."""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial

from nats import errors
from nats.aio.msg import Msg

from penstock.adapters.jetstream.connection import Connection, Handler
from penstock.adapters.jetstream.ending import end
from penstock.adapters.jetstream.options import NatsOptions
from penstock.model.errors import Unavailable

_logger = logging.getLogger(__name__)


class NatsEngine:
    """Connects in the background, never blocks its callers, never raises to them for the network's sake.

    Belongs to the event loop it is started on.
    """

    def __init__(self, options: NatsOptions, chance: Callable[[], float] = random.random) -> None:
        self.options = options
        self.dropped = 0
        """messages that could not be sent"""
        self.connects = 0
        self._chance = chance
        self._connection: Connection | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._listenings: set[Listening] = set()
        self._on_up: list[Callable[[], None]] = []
        self._on_down: list[Callable[[], None]] = []

    @property
    def is_up(self) -> bool:
        return self._connection is not None

    async def start(self) -> None:
        """Begin to connect; returns at once. A second call does nothing."""
        if self._keeper is None:
            self._keeper = asyncio.create_task(self._keep_connected(), name="nats: keep connected")

    async def stop(self) -> None:
        """Send what waits, within a second, and disconnect."""
        if self._keeper is None:
            return
        keeper, self._keeper = self._keeper, None
        connection = self._connection
        if connection is not None:
            self._drop(connection)
            await connection.abandon()
        await end(keeper)

    def on_up(self, callback: Callable[[], None]) -> None:
        """Called after every connect, when subscriptions stand."""
        self._on_up.append(callback)

    def on_down(self, callback: Callable[[], None]) -> None:
        """Called when the connection is gone."""
        self._on_down.append(callback)

    def send(self, subject: str, body: bytes, reply: str = "") -> bool:
        """Publish now, or drop and count; says which."""
        connection = self._connection
        if connection is None or connection.pending_data_size + len(body) > self.options.pending_bytes_max:
            self.dropped += 1
            return False
        try:
            connection.send(subject, body, reply)
        except errors.Error as error:
            _logger.debug("not sent to %s: %r", subject, error)
            self.dropped += 1
            return False
        return True

    def broadcast(self, subject: str, body: bytes) -> None:
        """Send to everybody, listeners of this engine included, which hear it even while NATS is down."""
        self.send(subject, body)
        loop = asyncio.get_running_loop()
        for listening in self._listenings:
            if listening.subject == subject:
                loop.call_soon(listening.hear, body)

    def listen(self, subject: str, handler: Handler) -> "Listening":
        """Call `handler` for what arrives on `subject`, across reconnects, until the answer is closed."""
        listening = Listening(subject, handler, self._listenings)
        self._listenings.add(listening)
        if self._connection is not None:
            listening.attach(self._connection)
        return listening

    def new_inbox(self) -> str:
        """A subject that nobody else uses."""
        return f"_INBOX.{secrets.token_hex(11)}"

    async def request(self, subject: str, body: bytes) -> Msg:
        """One question, one answer; raises `Unavailable` when there is none in time."""
        connection = self._connection
        if connection is None:
            raise Unavailable("NATS is not connected")
        try:
            return await connection.request(subject, body, timeout=self.options.request_timeout_s)
        except (errors.Error, OSError, TimeoutError) as error:
            raise Unavailable(f"NATS did not answer on {subject}: {error!r}") from None

    async def check_life(self) -> bool:
        """Whether the server answers; a connection whose server does not is given up."""
        connection = self._connection
        if connection is None:
            return False
        try:
            await connection.rtt(timeout=self.options.request_timeout_s)  # type: ignore[arg-type]
        except (errors.Error, OSError, TimeoutError):
            connection.lost.set()
            return False
        return True

    async def _keep_connected(self) -> None:
        failures = 0
        while True:
            connection = Connection()
            try:
                await connection.open(self.options.urls, self.options.client_name, self.options.connect_timeout_s)
                failures = 0
                self._use(connection)
                await connection.lost.wait()
            except (errors.Error, OSError, TimeoutError, ValueError) as error:
                failures += 1
                level = logging.WARNING if failures == 1 else logging.DEBUG
                _logger.log(level, "cannot connect to NATS, trying on: %r; check nats_url", connection.problem or error)
            finally:
                self._drop(connection)
                await connection.abandon()
            await asyncio.sleep(self._pause_s(failures))

    def _pause_s(self, failures: int) -> float:
        """Between nothing and a limit that doubles, so that clients do not come back in step."""
        longest_s = min(self.options.reconnect_s_max, self.options.reconnect_s_min * 2.0 ** min(failures, 16))
        return longest_s * self._chance()

    def _use(self, connection: Connection) -> None:
        self._connection = connection
        self.connects += 1
        for listening in self._listenings:
            listening.attach(connection)
        _tell(self._on_up)

    def _drop(self, connection: Connection) -> None:
        if self._connection is connection:
            self._connection = None
            _tell(self._on_down)


class Listening:
    """A subscription that survives its connection."""

    def __init__(self, subject: str, handler: Handler, register: "set[Listening]") -> None:
        self.subject = subject
        self._handler = handler
        self._register = register
        self._detach: Callable[[], None] = _nothing

    def attach(self, connection: Connection) -> None:
        """Subscribe on this connection."""
        with suppress(errors.Error):
            self._detach = partial(connection.untap, connection.tap(self.subject, self._handler))

    def hear(self, body: bytes) -> None:
        """Take a message that never left the process."""
        if self in self._register:
            self._handler(self.subject, "", body, None)

    def close(self) -> None:
        """The handler is not called again."""
        self._register.discard(self)
        detach, self._detach = self._detach, _nothing
        with suppress(errors.Error):
            detach()


def _nothing() -> None:
    pass


def _tell(callbacks: Sequence[Callable[[], None]]) -> None:
    for callback in callbacks:
        callback()
