"""One HTTP connection: heads have a size and a time, and what is no HTTP is answered in words, too."""

import asyncio
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from penstock.server.http.problems import MEDIA_TYPE, Problem

HEAD_BYTES_MAX: Final = 16 * 1024
"""of the request line and all headers, as gRPC's metadata"""
HEADERS_MAX: Final = 100
HEAD_S_MAX: Final = 10.0
"""from the connection, or from the first byte of a further request, to the end of its headers"""
_REASONS: Final = {400: b"Bad Request", 408: b"Request Timeout", 431: b"Request Header Fields Too Large"}


class BoundedConnection(HttpToolsProtocol):
    """Closes what is too slow or too large before any of our code is asked."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head_bytes = 0
        self._head_is_coming = True
        self._head_timer: asyncio.TimerHandle | None = None
        self._has_begun = False
        """a request was led to the door"""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_a_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._head_timer is None and (not self._has_begun or self.cycle.response_complete):
            self._expect_a_head()
        super().data_received(data)
        # The parser keeps an unfinished header to itself, so what came is counted here.
        if self._head_is_coming:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_MAX:
                self._refuse(431, f"the head of the request is larger than {HEAD_BYTES_MAX} bytes")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._head_bytes, self._head_is_coming = 0, True

    def on_headers_complete(self) -> None:
        self._stop_waiting()
        self._head_is_coming = False
        if self.transport.is_closing():
            return
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > HEAD_BYTES_MAX or len(self.headers) > HEADERS_MAX:
            self._refuse(431, f"the head has more than {HEAD_BYTES_MAX} bytes or {HEADERS_MAX} headers")
            return
        super().on_headers_complete()
        self._has_begun = True

    def on_body(self, body: bytes) -> None:
        if self._has_begun and not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        if self._has_begun and not self.transport.is_closing():
            super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        self._refuse(400, "this is no HTTP/1.1 request; among others it has one length, not two")

    def _refuse(self, status: int, detail: str) -> None:
        if self.transport.is_closing():
            return
        body = Problem(status, detail).body()
        head = b"HTTP/1.1 %d %s\r\ncontent-type: %s\r\ncontent-length: %d\r\nconnection: close\r\n\r\n"
        self.transport.write(head % (status, _REASONS[status], MEDIA_TYPE.encode(), len(body)) + body)
        self.transport.close()

    def _expect_a_head(self) -> None:
        self._head_timer = self.loop.call_later(HEAD_S_MAX, self._too_slow)

    def _stop_waiting(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self._head_bytes:
            self._refuse(408, f"the head of the request did not come within {HEAD_S_MAX:g} s")
        else:
            self.transport.close()
