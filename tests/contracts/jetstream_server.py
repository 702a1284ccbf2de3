"""A nats-server that a test may kill, freeze, wipe and start again on the same port."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from penstock.adapters.jetstream import JetStreamWorkQueue, NatsEngine, NatsOptions
from penstock.adapters.jetstream.stream import WorkStream
from penstock.model.errors import Unavailable
from penstock.model.task import Reference

if TYPE_CHECKING:
    from collections.abc import Callable

    from penstock.model.lane import LaneId
    from penstock.ports.work_queue import LaneMessage, LaneReader

PATIENCE_S = 60
"""for a broken program only"""
Found = TypeVar("Found")


def _binary() -> str:
    beside_python = Path(sys.executable).with_name("nats-server")
    return str(beside_python) if beside_python.exists() else "nats-server"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    def __init__(self, folder: Path, *more: str, port: int = 0) -> None:
        self._folder = folder
        self._more = more
        self.port = port or free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *, jetstream: bool = True) -> None:
        command = [_binary(), "-a", "127.0.0.1", "-p", str(self.port), *self._more]
        if jetstream:
            command += ["-js", "-sd", str(self._folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        if self.process is not None:
            self.signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def wipe(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


class Client:
    """One process's queue, with what it handed over and how often it told of a loss."""

    def __init__(self, *urls: str, **options: object) -> None:
        self.engine = NatsEngine(NatsOptions(urls=urls, **options))  # type: ignore[arg-type]
        self.queue = JetStreamWorkQueue(self.engine)
        self.stream = WorkStream(self.engine)
        self.arrived: asyncio.Queue[LaneMessage] = asyncio.Queue()
        self.losses = 0
        self.queue.on_lost(self._note_loss)

    async def _note_loss(self) -> None:
        self.losses += 1

    async def started(self) -> Client:
        await self.queue.start()
        await until(lambda: self.queue.is_ready)
        return self

    def reader(self, lane: LaneId, want: int = 8) -> LaneReader:
        reader = self.queue.reader(lane, self.arrived.put_nowait)
        reader.want(want)
        return reader

    async def take(self) -> LaneMessage:
        return await asyncio.wait_for(self.arrived.get(), PATIENCE_S)


LANE: LaneId = 4  # type: ignore[assignment]


def references(count: int, alone: bool = False) -> list[Reference]:
    return [Reference(os.urandom(16), alone) for _ in range(count)]  # type: ignore[arg-type]


async def until(condition: Callable[[], object]) -> None:
    async def watch() -> None:
        while not condition():
            await asyncio.sleep(0.01)

    await asyncio.wait_for(watch(), PATIENCE_S)


async def eventually(question: Callable[[], object]) -> object:
    """The answer of a coroutine function, once it is available."""

    async def ask() -> object:
        while True:
            try:
                return await question()  # type: ignore[misc]
            except Unavailable:
                await asyncio.sleep(0.01)

    return await asyncio.wait_for(ask(), PATIENCE_S)
