"""Bodies of requests as they come in: never more, never slower and never denser than stated."""

import asyncio
import zlib
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Message, Receive, Scope

from penstock.model.limits import MESSAGE_BYTES_MAX
from penstock.server.http.problems import Problem

BODY_BYTES_MAX: Final = MESSAGE_BYTES_MAX
"""of one request, packed and unpacked"""
BODY_S_MAX: Final = 30.0
"""from the first look at a body to its end"""
RATIO_MAX: Final = 100
RATIO_COUNTS_FROM_BYTES: Final = 64 * 1024
"""what is smaller unpacked may be as dense as it likes"""
HELD_BYTES_MAX: Final = 64 * 1024 * 1024
"""of all bodies that are being read or answered"""
LEFT_BYTES_MAX: Final = 64 * 1024
"""so much of a body that nobody reads is passed over for the sake of the connection"""
_GZIP: Final = 31


class Room:
    """Bytes of all bodies that are held now."""

    def __init__(self, bytes_max: int = HELD_BYTES_MAX) -> None:
        self._bytes_max = bytes_max
        self.held = 0

    def take(self, size: int) -> None:
        """Raises `Problem` when there is no room."""
        if self.held + size > self._bytes_max:
            raise Problem(
                503,
                "overloaded: too many large requests are under way; try again later",
                {"Retry-After": "1"},
                code="resource_exhausted",
                reason="overloaded",
            )
        self.held += size


class BoundedBody:
    """Stands in for the `receive` of one request. What it raises is a `Problem`."""

    def __init__(self, scope: Scope, receive: Receive, room: Room) -> None:
        self._receive, self._room = receive, room
        self._headers = Headers(scope=scope)
        self._unpack: zlib._Decompress | None = None
        self._began = self._is_refused = False
        self._ends_at_s = 0.0
        self._came = self._gave = self._held = 0
        self.is_over = False
        """nothing more of it will come"""

    async def __call__(self) -> Message:
        """The next piece, or the news that the caller has gone."""
        if self.is_over:
            return await self._receive()
        try:
            return await self._next()
        except Problem:
            self._is_refused = True
            raise

    async def _next(self) -> Message:
        if not self._began:
            self._begin()
        try:
            async with asyncio.timeout_at(self._ends_at_s):
                message = await self._receive()
        except TimeoutError:
            raise Problem(408, f"the body did not come within {BODY_S_MAX:g} s") from None
        if message["type"] != "http.request":
            self.is_over = True
            return message
        return {**message, "body": self._piece(message.get("body", b""), not message.get("more_body", False))}

    @property
    def is_worth_reading_on(self) -> bool:
        """Whether the connection may go on after an answer that did not wait for the rest of the body."""
        if self.is_over or self._is_refused:
            return self.is_over
        length = self._headers.get("content-length", "")
        if "transfer-encoding" in self._headers:
            return False
        return not length or _size_of(length) <= LEFT_BYTES_MAX

    def release(self) -> None:
        """The request is answered."""
        self._room.held -= self._held
        self._held = 0

    def _begin(self) -> None:
        self._began = True
        self._ends_at_s = asyncio.get_running_loop().time() + BODY_S_MAX
        encodings = self._headers.getlist("content-encoding")
        encoding = ",".join(encodings).strip().lower()
        if encoding == "gzip":
            self._unpack = zlib.decompressobj(_GZIP)
        elif encoding not in ("", "identity"):
            raise Problem(
                415,
                f"Content-Encoding: {encoding[:80]!r} is not taken; send gzip, once, or none",
                {"Accept-Encoding": "gzip"},
            )
        if _size_of(self._headers.get("content-length", "0")) > BODY_BYTES_MAX:
            raise _too_large()

    def _piece(self, packed: bytes, is_last: bool) -> bytes:
        self._came += len(packed)
        if self._came > BODY_BYTES_MAX:
            raise _too_large()
        piece = packed if self._unpack is None else self._unpacked(self._unpack, packed, is_last)
        self._gave += len(piece)
        self._room.take(len(piece))
        self._held += len(piece)
        self.is_over = is_last
        return piece

    def _unpacked(self, unpack: "zlib._Decompress", packed: bytes, is_last: bool) -> bytes:
        try:
            piece = unpack.decompress(packed, BODY_BYTES_MAX - self._gave + 1)
        except zlib.error:
            raise Problem(400, "the body is no gzip, as its Content-Encoding says") from None
        gave = self._gave + len(piece)
        if gave > BODY_BYTES_MAX:
            raise _too_large()
        if gave > RATIO_COUNTS_FROM_BYTES and gave > RATIO_MAX * self._came:
            raise Problem(413, f"the body unpacks to more than {RATIO_MAX} times its size")
        if unpack.unused_data or (is_last and self._came and not unpack.eof):
            raise Problem(400, "the body is one gzip and something else, or is truncated")
        return piece


def _size_of(length: str) -> int:
    """What is no number is more than anybody takes."""
    return int(length[:20]) if length.isascii() and length.isdigit() else BODY_BYTES_MAX + 1


def _too_large() -> Problem:
    return Problem(413, f"the body has more than {BODY_BYTES_MAX} bytes, which is the limit: make it several requests")
