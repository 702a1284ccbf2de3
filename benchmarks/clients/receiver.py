"""A receiver of pushed tasks: answers at once, or never where the path says so, and stamps what it is given."""

import asyncio
import time
from typing import Any

import httptools
import msgspec

from benchmarks.clients.line import Line
from benchmarks.orders import Received, Receiver

HANG = b"/hang"
_ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"
_BODY = msgspec.json.Decoder(dict[str, Any])


async def work(orders: Receiver, line: Line) -> Received:
    took_ms: list[float] = []
    arrived_s: list[float] = []
    loop = asyncio.get_running_loop()

    def arrived(body: bytes) -> None:
        arrived_s.append(time.time())
        took_ms.append((time.monotonic_ns() - _BODY.decode(body)["called_at_ns"]) / 1e6)

    server = await loop.create_server(lambda: _Connection(arrived, orders.hang_s), "127.0.0.1", orders.port)
    await line.ready()
    await line.stopped.wait()
    server.close()
    return Received(took_ms, arrived_s)


class _Connection(asyncio.Protocol):
    def __init__(self, arrived: Any, hang_s: float) -> None:
        self._arrived, self._hang_s = arrived, hang_s
        self._parser = httptools.HttpRequestParser(self)
        self._path = self._body = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path, self._body = url, b""

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        if self._path.startswith(HANG):
            asyncio.get_running_loop().call_later(self._hang_s, self._answer)
            return
        self._arrived(self._body)
        self._answer()

    def _answer(self) -> None:
        if not self._transport.is_closing():
            self._transport.write(_ANSWER)
