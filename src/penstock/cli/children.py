"""One child process that shall run: started, read, started again when it dies, stopped in time."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from penstock.cli.logs import LineCutter, Log
from penstock.model.errors import PenstockError
from penstock.server.parent_watch import parent_environment

BACKOFF_FIRST_S: Final = 0.5
BACKOFF_MAX_S: Final = 10.0
STEADY_AFTER_S: Final = 10.0
"""a child that ran this long starts again without a wait"""
KILLED_AFTER_S: Final = 5.0
LAST_WORDS_WITHIN_S: Final = 1.0


class ChildFailed(PenstockError):
    """A child ended before it was of any use."""


@dataclass(frozen=True)
class ChildSpec:
    """What to run. `environment` is added to ours; `announces`: it prints `ready <role> <address>`.
    After one of `hopeless_codes` it is not started again before something has changed.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    announces: bool = True
    stop_grace_s: float = 10.0
    hopeless_codes: frozenset[int] = frozenset()


class Child:
    """Keeps one process running until it is told to stop. `on_want` is told of the role of a server that it wants."""

    def __init__(self, spec: ChildSpec, log: Log, on_want: Callable[[str], None] = lambda role: None) -> None:
        self.spec = spec
        self._log = log
        self._on_want = on_want
        self._process: asyncio.subprocess.Process | None = None
        self._ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._stopping = False
        self._restart_asked = asyncio.Event()
        self._readers: list[asyncio.Task[None]] = []
        self._life: asyncio.Task[None] | None = None
        self.gave_up = asyncio.Event()
        """it ended with a hopeless code, and waits for a `restart`"""

    @property
    def pid(self) -> int | None:
        """Of the process that runs now."""
        process = self._process
        return process.pid if process and process.returncode is None else None

    async def start(self) -> str:
        """Starts it; returns the address it announces. Raises `ChildFailed` when it ends instead."""
        await self._spawn()
        self._life = asyncio.create_task(self._keep_running(), name=f"child {self.spec.name}")
        return await asyncio.shield(self._ready) if self.spec.announces else ""

    async def restart(self) -> None:
        """Stops the process in order; its life then starts a new one at once."""
        self._restart_asked.set()
        await self._end_process()

    async def stop(self) -> None:
        """Stops it in order and for good; killed when it takes longer than its grace."""
        self._stopping = True
        if self._life is None:
            return
        if self.pid is None:  # it waits for its backoff, or for a change
            self._life.cancel()
        await self._end_process()
        await asyncio.wait([self._life])

    def hurry(self) -> None:
        """If it is stopping: now. What has not been told to stop yet will get its turn."""
        if self._stopping:
            self._signal(signal.SIGTERM)
            asyncio.get_running_loop().call_later(KILLED_AFTER_S, self._signal, signal.SIGKILL)

    async def _spawn(self) -> None:
        # A session of its own: Ctrl-C reaches us alone, and we stop the children in order.
        self._process = await asyncio.create_subprocess_exec(
            *self.spec.command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **parent_environment(), **self.spec.environment},
            start_new_session=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._readers = [asyncio.create_task(self._read(s)) for s in (self._process.stdout, self._process.stderr)]
        for reader in self._readers:
            _readers.add(reader)
            reader.add_done_callback(_readers.discard)

    async def _keep_running(self) -> None:
        loop, backoff_s = asyncio.get_running_loop(), BACKOFF_FIRST_S
        while True:
            assert self._process is not None
            started_at = loop.time()
            code = await self._process.wait()
            if self._stopping:
                return
            if not self._ready.done() and self.spec.announces:
                await self._hear_last_words()
                failed = f"{self.spec.name} {how_it_ended(code)} before it served; its lines above say why"
                self._ready.set_exception(ChildFailed(failed))
                return
            if code in self.spec.hopeless_codes and not self._restart_asked.is_set():
                await self._hear_last_words()
                self._log(self.spec.name, f"{how_it_ended(code)}; not started again before something has changed")
                self.gave_up.set()
                await self._restart_asked.wait()
                self.gave_up.clear()
            if not self._restart_asked.is_set():
                backoff_s = BACKOFF_FIRST_S if loop.time() - started_at > STEADY_AFTER_S else backoff_s
                self._log(self.spec.name, f"{how_it_ended(code)}; starts again in {backoff_s:g} s")
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._restart_asked.wait(), backoff_s)
                backoff_s = min(2 * backoff_s, BACKOFF_MAX_S)
            self._restart_asked.clear()
            if not self._stopping:
                await self._spawn()

    async def _hear_last_words(self) -> None:
        """They are still in the pipes. Its own children may hold these open: nobody waits long for them."""
        await asyncio.wait(self._readers, timeout=LAST_WORDS_WITHIN_S)

    async def _end_process(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(process.wait(), self.spec.stop_grace_s)
        except TimeoutError:
            self._log(self.spec.name, f"did not stop within {self.spec.stop_grace_s:g} s: killed")
            self._signal(signal.SIGKILL)
            await process.wait()

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    async def _read(self, stream: asyncio.StreamReader) -> None:
        cutter = LineCutter()
        while piece := await stream.read(65_536):
            for line in cutter.feed(piece):
                self._heard(line)
        for line in cutter.end():
            self._heard(line)

    def _heard(self, line: str) -> None:
        words = line.split()
        if self.spec.announces and len(words) == 3 and words[0] == "ready":
            if not self._ready.done():
                self._ready.set_result(words[2])
            line = f"ready at {words[2]}" if words[2] != "-" else "ready"
        elif self.spec.announces and len(words) == 2 and words[0] == "wants":
            self._on_want(words[1])
            return
        self._log(self.spec.name, line)


_readers: set[asyncio.Task[None]] = set()
"""They outlive their process: its own children may hold the pipe, and have more to say."""


def how_it_ended(code: int) -> str:
    """An exit status in words."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"was ended by signal {-code}"


def server_command(role: str) -> list[str]:
    """How one server process is started; its settings come by its environment."""
    return [sys.executable, "-m", "penstock.server.process", role]
