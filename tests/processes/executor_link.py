"""A fake orchestrator across processes: each call is one line over a unix socket, each stream a connection."""

import asyncio
import base64
import pickle
from collections.abc import AsyncIterator, Sequence
from typing import Any

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.task import Report
from penstock.model.work import Beat, HeartbeatAnswer, Hello, WorkMessage
from tests.layers.execution_fakes import FakeOrchestrators


def _line(value: object) -> bytes:
    return base64.b64encode(pickle.dumps(value)) + b"\n"


def _value(line: bytes) -> Any:
    if not line:
        raise Unavailable("the link is closed")
    return pickle.loads(base64.b64decode(line))


class LinkServer:
    def __init__(self, home: FakeOrchestrators, path: str) -> None:
        self._home, self._path = home, path

    async def __aenter__(self) -> "LinkServer":
        self._server = await asyncio.start_unix_server(self._serve, self._path, limit=2**26)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while line := await reader.readline():
                name, arguments = _value(line)
                if name == "open":
                    await self._stream(arguments[0], reader, writer)
                    return
                try:
                    answer = await getattr(self._home, name)(*arguments)
                except Unavailable as error:
                    answer = error
                writer.write(_line(answer))
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _stream(self, hello: Hello, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        stream = await self._home.open(hello)

        async def down() -> None:
            async for message in stream.messages():
                writer.write(_line(message))

        sending = asyncio.create_task(down())
        try:
            while line := await reader.readline():
                await stream.give(*_value(line))
        except Unavailable:
            pass
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await stream.close()


class LinkStream:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool) -> None:
        self._writer.write(_line((credit_total, stamp_us, stopping, waiting)))

    async def messages(self) -> AsyncIterator[WorkMessage]:
        while True:
            yield _value(await self._reader.readline())

    async def close(self) -> None:
        self._writer.close()


class Link:
    def __init__(self, path: str) -> None:
        self._path = path

    async def open(self, hello: Hello) -> LinkStream:
        reader, writer = await self._dial()
        writer.write(_line(("open", (hello,))))
        return LinkStream(reader, writer)

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        answer: HeartbeatAnswer = await self._call("heartbeat", executor, beats, timeout_s)
        return answer

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        answer: list[TaskId] = await self._call("set_results", executor, reports, timeout_s)
        return answer

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        await self._call("executor_gone", executor, timeout_s)

    async def _call(self, name: str, *arguments: object) -> Any:
        reader, writer = await self._dial()
        try:
            writer.write(_line((name, arguments)))
            answer = _value(await reader.readline())
        finally:
            writer.close()
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    async def _dial(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        try:
            return await asyncio.open_unix_connection(self._path, limit=2**26)
        except OSError as error:
            raise Unavailable(str(error)) from None


def connect(link: str) -> Link:
    return Link(link)
