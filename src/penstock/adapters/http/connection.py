"""One HTTP/1.1 connection: a request out, an answer in, parsed by `httptools`, never more of it than is wanted."""

import asyncio
from typing import Final

import httptools

from penstock.model.endpoint_answer import Answer, NoAnswer

HEAD_BYTES_MAX: Final = 64 * 1024
_INFORMATION: Final = range(100, 200)
_CHARS_MAX: Final = 300


class Connection(asyncio.Protocol):
    """`reusable` once an answer was read to its end and both sides keep it open. One exchange at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Answer] | None = None
        self._watch: asyncio.TimerHandle | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self._begin(0, 0.0)
        self.reusable = False

    async def exchange(self, request: bytes, read_timeout_s: float, answer_bytes_max: int) -> Answer:
        """Raises `NoAnswer`; after that, or when it is cancelled, the connection is closed."""
        if self._expiry is not None:
            self._expiry.cancel()
        self.reusable = False
        self._begin(answer_bytes_max, read_timeout_s)
        self._waiting = self._loop.create_future()
        self._heard_s = self._loop.time()
        self._watch = self._loop.call_later(read_timeout_s, self._look)
        assert self._transport is not None
        self._transport.write(request)
        try:
            return await self._waiting
        finally:
            self._watch.cancel()
            self._waiting = None
            if not self.reusable:
                self.close()

    def keep(self, kept_s: float) -> None:
        """Nobody uses it: it closes after a while."""
        self._expiry = self._loop.call_later(kept_s, self.close)

    def close(self) -> None:
        """At once, whatever is under way."""
        self.reusable = False
        if self._expiry is not None:
            self._expiry.cancel()
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It stands."""
        assert isinstance(transport, asyncio.Transport) or hasattr(transport, "write")
        self._transport = transport  # type: ignore[assignment]

    def data_received(self, data: bytes) -> None:
        """A piece of an answer. What comes without a question ends the connection."""
        if self._waiting is None or self._waiting.done():
            self.close()
            return
        self._heard_s = self._loop.time()
        if not self._status:
            self._head_bytes += len(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as error:
            self._fail(f"does not speak HTTP: {error}")
            return
        if not self._status and self._head_bytes > HEAD_BYTES_MAX:
            self._fail(f"does not speak HTTP: a head of more than {HEAD_BYTES_MAX} bytes")

    def eof_received(self) -> bool:
        """An answer without a length ends with its connection."""
        if self._status and not self._has_length:
            self._finish(reusable=False)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """For whatever reason."""
        self.reusable = False
        if self._expiry is not None:
            self._expiry.cancel()
        began = "in the middle of an answer" if self._status else "before it answered"
        self._fail(f"does not speak HTTP: it hung up {began}{f' ({exc})' if exc else ''}")

    def on_header(self, name: bytes, value: bytes) -> None:
        """For the parser, as all that follow."""
        self._headers.setdefault(name.lower(), value)

    def on_headers_complete(self) -> None:
        """The status is known."""
        status = self._parser.get_status_code()
        if status in _INFORMATION:
            self._headers.clear()
            return
        self._status = status
        self._has_length = b"content-length" in self._headers or b"transfer-encoding" in self._headers

    def on_body(self, body: bytes) -> None:
        """What is over the limit is not read."""
        self._body += body
        if len(self._body) > self._body_max:
            self._finish(reusable=False)

    def on_message_complete(self) -> None:
        """Unless it was only to be told that more comes."""
        if self._status:
            self._finish(reusable=self._parser.should_keep_alive())

    def _begin(self, body_max: int, read_timeout_s: float) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[bytes, bytes] = {}
        self._body = bytearray()
        self._body_max = body_max
        self._read_timeout_s = read_timeout_s
        self._status = 0
        self._has_length = False
        self._head_bytes = 0
        self._heard_s = 0.0

    def _finish(self, *, reusable: bool) -> None:
        if self._waiting is None or self._waiting.done():
            return
        self.reusable = reusable
        cut = len(self._body) > self._body_max
        self._waiting.set_result(
            Answer(
                self._status,
                self._headers.get(b"content-type", b"").decode("latin-1"),
                self._headers.get(b"retry-after", b"").decode("latin-1"),
                bytes(self._body[: self._body_max]),
                cut,
            )
        )

    def _fail(self, problem: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(NoAnswer(" ".join(problem.split())[:_CHARS_MAX]))

    def _look(self) -> None:
        quiet_s = self._loop.time() - self._heard_s
        if quiet_s < self._read_timeout_s:
            self._watch = self._loop.call_later(self._read_timeout_s - quiet_s, self._look)
        else:
            self._fail(f"silent for {self._read_timeout_s:g} s")
