"""Starts executors on this machine."""

import asyncio
import os
import socket
import subprocess
import sys
from collections.abc import Sequence

from penstock.adapters.processes.board_file import BoardReader, board_file
from penstock.adapters.processes.child import ChildProcess
from penstock.adapters.processes.crash_file import crash_file
from penstock.adapters.processes.guard import GroupGuard
from penstock.adapters.processes.output import OutputPipe, Sink, plain_sink
from penstock.adapters.processes.parameters import StartParameters, encode_line
from penstock.ports.hosts import ExecutorSpec


class ProcessHosts:
    """Implements `Hosts`. `program`, `connect`, `link` and `options` are handed to every child as they are.

    Call `close` when no executor is left.
    """

    def __init__(self, program: str, connect: str, link: str, options: bytes, sink: Sink = plain_sink) -> None:
        self._program = program
        self._connect = connect
        self._link = link
        self._options = options
        self._sink = sink
        self._guard = GroupGuard()

    async def start(self, spec: ExecutorSpec) -> ChildProcess:
        """Returns when the process exists. Raises `OSError` when it cannot be made."""
        self._guard.start()
        with board_file() as board, crash_file() as crash:
            ours, theirs = socket.socketpair()
            try:
                child = self._spawn(spec, theirs.fileno(), (board, crash))
            except OSError:
                ours.close()
                raise
            finally:
                theirs.close()
            self._guard.watch(child.pid)
            reader, crash_kept = BoardReader(board, spec.lambdas), os.dup(crash)
            parameters = StartParameters(spec, board, crash, self._program, self._connect, self._link, self._options)
        await asyncio.to_thread(ours.sendall, encode_line(parameters) + b"\n")
        ours.setblocking(False)
        assert child.stdout is not None
        assert child.stderr is not None
        pipes = [
            OutputPipe(spec.name, number, os.dup(stream.fileno()), self._sink)
            for number, stream in ((1, child.stdout), (2, child.stderr))
        ]
        child.stdout.close()
        child.stderr.close()
        return ChildProcess(spec, child, ours, reader, crash_kept, pipes, self._guard)

    def _spawn(self, spec: ExecutorSpec, control: int, files: Sequence[int]) -> "subprocess.Popen[bytes]":
        command = [
            sys.executable,
            "-m",
            "penstock.adapters.processes.executor_main",
            spec.name,
            str(control),
            str(os.getpid()),
        ]
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=(control, *files),
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def close(self) -> None:
        """End the guard."""
        self._guard.close()
