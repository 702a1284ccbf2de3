"""One connection of nats-py, made fit for callers that never wait.

nats-py's publish, subscribe and unsubscribe are coroutines, but with an unbounded flush queue and a pending
limit that is never reached they have nothing to wait for: one step runs them to their end. Its own
reconnecting is left off, because it has no jitter and can wait for ever on a peer that is frozen.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeVar

from nats import errors
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.aio.transport import TcpTransport

Handler = Callable[[str, str, bytes, Mapping[str, str] | None], None]
"""Called with subject, reply subject, body and headers."""

Result = TypeVar("Result")

_NEVER_S: Final = 1_000_000
_UNBOUNDED_BYTES: Final = 1 << 40
_CLOSE_S: Final = 1.0
_logger = logging.getLogger(__name__)


class Connection(Client):
    """A connection from its opening to its first failure. `lost` is set when it is of no use any more."""

    def __init__(self) -> None:
        super().__init__()
        self.lost = asyncio.Event()
        self.problem: Exception | None = None
        """the last error: nats-py's own last words are often only that no server is left to try"""

    async def open(self, urls: Sequence[str], name: str, timeout_s: float) -> None:
        """Try each server once or twice; raises what nats-py raises."""
        await self.connect(
            list(urls),
            name=name,
            error_cb=self._note_error,
            closed_cb=self._note_closed,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            connect_timeout=timeout_s,  # type: ignore[arg-type]  # any number will do
            ping_interval=_NEVER_S,  # the engine asks for signs of life itself
            flusher_queue_size=0,
            pending_size=_UNBOUNDED_BYTES,
            no_echo=True,  # signals reach this process without the server
            skip_subject_validation=True,  # all subjects are made of our own words and numbers
        )

    def send(self, subject: str, body: bytes, reply: str) -> None:
        """Publish; raises `nats.errors.Error` when the connection is closed or the body too large."""
        _to_its_end(self.publish(subject, body, reply))

    def tap(self, subject: str, handler: Handler) -> Subscription:
        """Subscribe without the queue and the task that nats-py puts between socket and handler."""
        return _to_its_end(self.subscribe(subject, future=_Tap(handler)))

    def untap(self, subscription: Subscription) -> None:
        """End a subscription."""
        if not self.is_closed:
            _to_its_end(subscription.unsubscribe())

    async def abandon(self) -> None:
        """Send what waits if the peer takes it within a second, then close in any case."""
        if self.is_connected:
            try:
                async with asyncio.timeout(_CLOSE_S):
                    await self.close()
            except (TimeoutError, OSError, errors.Error):
                _logger.debug("connection to NATS was cut, not closed")
            finally:
                self._cut()
        self._cut()
        if self._reading_task is not None:  # it may be on its way out, through nats-py's own closing
            await asyncio.wait([self._reading_task], timeout=_CLOSE_S)

    def _cut(self) -> None:
        if isinstance(self._transport, TcpTransport):
            writer = self._transport._io_writer  # noqa: SLF001 - nats-py offers no way to cut a frozen peer off
            if writer is not None:
                # asyncio's transport has no loop any more once it has closed itself with all its bytes sent.
                with suppress(AttributeError):
                    writer.transport.abort()

    async def _process_op_err(self, e: Exception) -> None:
        try:
            await super()._process_op_err(e)
        except RuntimeError as error:
            # nats-py's closing writes what waits, and uvloop refuses that on a socket whose peer is gone.
            _logger.debug("connection to NATS was not closed in order: %r", error)
            self.lost.set()

    async def _note_error(self, error: Exception) -> None:
        _logger.debug("NATS: %r", error)
        self.problem = error
        if isinstance(error, (OSError, errors.UnexpectedEOF, errors.StaleConnectionError)):
            self.lost.set()

    async def _note_closed(self) -> None:
        self.lost.set()


class _Tap(asyncio.Future[Msg]):
    """nats-py hands a message to a subscription's future at once: a future that is never done takes them all."""

    def __init__(self, handler: Handler) -> None:
        super().__init__()
        self._handler = handler

    def set_result(self, message: Msg) -> None:
        try:
            self._handler(message.subject, message.reply, message.data, message.headers)
        except Exception:
            # An error that got through would end nats-py's reading for good.
            _logger.exception("handler of %s failed", message.subject)


def _to_its_end(step: Coroutine[Any, Any, Result]) -> Result:
    try:
        step.send(None)
    except StopIteration as end:
        result: Result = end.value
        return result
    step.close()
    raise errors.Error("nats-py wanted to wait")
