"""An executor's process as its supervisor sees it."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from penstock.adapters.processes.board_file import BoardReader
from penstock.adapters.processes.crash_file import read_crash
from penstock.adapters.processes.exits import died
from penstock.adapters.processes.guard import GroupGuard
from penstock.adapters.processes.lifeline import kill_group
from penstock.adapters.processes.output import OutputPipe
from penstock.adapters.processes.parameters import StopOrder, decode_word, encode_line
from penstock.ports.hosts import ExecutorSpec, ExecutorWord, RunningClaim

if TYPE_CHECKING:
    import subprocess


_FATAL: Final = frozenset({signal.SIGSEGV, signal.SIGFPE, signal.SIGABRT, signal.SIGBUS, signal.SIGILL})
"""signals whose stack is noted"""


class ChildProcess:
    """Implements `ExecutorProcess`."""

    def __init__(
        self,
        spec: ExecutorSpec,
        child: "subprocess.Popen[bytes]",
        control: socket.socket,
        board: BoardReader,
        crash: int,
        pipes: Sequence[OutputPipe],
        guard: GroupGuard,
    ) -> None:
        self._spec = spec
        self._child = child
        self._control = control
        self._board = board
        self._crash = crash
        self._stack = ""
        self._pipes = pipes
        self._guard = guard
        self._rest = b""
        self._words: asyncio.Queue[ExecutorWord | None] = asyncio.Queue()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(control.fileno(), self._hear)
        self._end = asyncio.create_task(self._watch())

    @property
    def spec(self) -> ExecutorSpec:
        """What was started."""
        return self._spec

    @property
    def pid(self) -> int:
        """Its process and group number."""
        return self._child.pid

    def board(self) -> Sequence[RunningClaim]:
        """What it holds now."""
        return self._board.read()

    def earliest_deadline_us(self) -> int | None:
        """The earliest of the claims on the board."""
        return self._board.earliest_deadline_us()

    async def words(self) -> AsyncIterator[ExecutorWord]:
        """What it says, until it was reaped."""
        while (word := await self._words.get()) is not None:
            yield word

    def ask_to_stop(self, hand_back: bool) -> None:
        """Over the control socket."""
        with contextlib.suppress(OSError):
            self._control.send(encode_line(StopOrder(interrupt=hand_back)) + b"\n")

    def kill(self) -> None:
        """SIGKILL to the whole group."""
        if not self._end.done():
            kill_group(self._child.pid, signal.SIGKILL)

    async def reaped(self) -> int:
        """The exit status, negative for a signal."""
        return await asyncio.shield(self._end)

    def stack(self) -> str:
        """Known when it was reaped."""
        return self._stack

    def last_lines(self) -> str:
        """The end of its standard error."""
        return self._pipes[-1].last_lines()

    def _hear(self) -> bool:
        try:
            data = self._control.recv(64 * 1024)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            data = b""
        if not data:
            self._loop.remove_reader(self._control.fileno())
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            with contextlib.suppress(msgspec.DecodeError):  # user code got hold of the socket
                self._words.put_nowait(decode_word(line))
        return True

    async def _watch(self) -> int:
        await died(self._child)
        # What it left in its group is its code, too; the number is still its own before the reaping.
        kill_group(self._child.pid, signal.SIGKILL)
        self._guard.forget(self._child.pid)
        status = self._child.wait()
        self._stack = read_crash(self._crash) if -status in _FATAL else ""
        os.close(self._crash)
        while self._hear():
            pass
        self._loop.remove_reader(self._control.fileno())
        self._control.close()
        await asyncio.gather(*(pipe.drained() for pipe in self._pipes))
        self._words.put_nowait(None)
        return status
