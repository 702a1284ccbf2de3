"""What executors write passes through to the worker's own output."""

import asyncio
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from typing import Final

_CHUNK_BYTES: Final = 64 * 1024
_TAIL_BYTES: Final = 4 * 1024
_TAIL_LINES: Final = 20
_DRAINED_WITHIN_S: Final = 0.5

Sink = Callable[[str, int, bytes], None]
"""Takes an executor's name, 1 or 2 for its standard output or error, and some whole lines. On many threads."""


def plain_sink(name: str, stream: int, data: bytes) -> None:
    """As it is."""
    _write(stream, data)


def prefixed_sink(name: str, stream: int, data: bytes) -> None:
    """Each line with the executor's short name before it."""
    prefix = f"{name.rpartition('/')[2]} | ".encode()
    _write(stream, b"".join(prefix + line for line in data.splitlines(keepends=True)))


def _write(stream: int, data: bytes) -> None:
    buffer = (sys.stdout if stream == 1 else sys.stderr).buffer
    buffer.write(data)
    buffer.flush()


class OutputPipe:
    """Reads one pipe of a child on a thread of its own, so that a terminal that takes nothing stops only who writes."""

    def __init__(self, name: str, stream: int, fd: int, sink: Sink) -> None:
        self._name = name
        self._stream = stream
        self._fd = fd
        self._sink = sink
        self._tail = b""
        self._loop = asyncio.get_running_loop()
        self._drained = asyncio.Event()
        threading.Thread(target=self._read, daemon=True, name=f"output of {name}").start()

    def _read(self) -> None:
        rest = b""
        while data := os.read(self._fd, _CHUNK_BYTES):
            self._tail = (self._tail + data)[-_TAIL_BYTES:]
            lines, newline, rest = (rest + data).rpartition(b"\n")
            if newline:
                self._sink(self._name, self._stream, lines + newline)
            elif len(rest) > _CHUNK_BYTES:
                self._sink(self._name, self._stream, rest)
                rest = b""
        os.close(self._fd)
        if rest:
            self._sink(self._name, self._stream, rest + b"\n")
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._drained.set)

    async def drained(self) -> None:
        """Until its end was passed on, or a moment: what a lambda put into the background may hold it open."""
        try:
            async with asyncio.timeout(_DRAINED_WITHIN_S):
                await self._drained.wait()
        except TimeoutError:
            pass

    def last_lines(self) -> str:
        """The end of what came through."""
        return "\n".join(self._tail.decode("utf-8", "replace").splitlines()[-_TAIL_LINES:])
