"""What a client and its starter say to each other: lines on the standard streams."""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Line:
    """The client's end. `stopped` is set by `stop`, and when the starter is gone."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self._go = asyncio.Event()

    @classmethod
    @asynccontextmanager
    async def on_standard_streams(cls) -> AsyncIterator["Line"]:
        line = cls()
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        listening = asyncio.create_task(line._listen(reader))
        try:
            yield line
        finally:
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    def say(self, text: str) -> None:
        print(text, flush=True)

    async def ready(self) -> None:
        """Everything is imported and connected: wait for the word."""
        self.say("ready")
        await self._go.wait()

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        while word := await reader.readline():
            (self._go if word == b"go\n" else self.stopped).set()
        self._go.set()
        self.stopped.set()
