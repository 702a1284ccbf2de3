"""Processes that the harness starts: read line by line, spoken to, stopped in order."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.row import RowFailed

LINE_BYTES_MAX = 64 * 1024 * 1024
STOP_GRACE_S = 10.0
REPOSITORY = Path(__file__).resolve().parent.parent
IMPORT_PATH = os.pathsep.join([str(REPOSITORY / "src"), str(REPOSITORY)])


class Child:
    """One process. What it writes to its standard error goes to a file."""

    def __init__(self, name: str, process: asyncio.subprocess.Process, errors: Path) -> None:
        self.name, self.errors = name, errors
        self._process = process

    @classmethod
    async def start(
        cls, name: str, command: Sequence[str], environment: Mapping[str, str], log_folder: Path, cwd: Path = REPOSITORY
    ) -> "Child":
        errors = log_folder / f"{name}.log"
        with errors.open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                cwd=cwd,
                env={**os.environ, **environment, "PYTHONPATH": IMPORT_PATH, "PYTHONUNBUFFERED": "1"},
                limit=LINE_BYTES_MAX,
                start_new_session=True,
            )
        return cls(name, process, errors)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process.returncode is not None

    async def line(self, timeout_s: float = 60.0) -> str:
        """The next line of its standard output; raises `RowFailed` when there is none."""
        assert self._process.stdout is not None
        try:
            async with asyncio.timeout(timeout_s):
                line = await self._process.stdout.readline()
        except TimeoutError:
            raise RowFailed(f"{self.name} said nothing for {timeout_s:g} s; {self.last_lines()}") from None
        if not line:
            raise RowFailed(f"{self.name} has ended; {self.last_lines()}")
        return line.decode().rstrip("\n")

    def say(self, word: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n".encode())

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL to its whole group when that isn't enough."""
        if self._process.returncode is None:
            self._process.send_signal(signal.SIGTERM)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._process.wait(), STOP_GRACE_S)
                return
            self.kill()
            await self._process.wait()

    def kill(self) -> None:
        """At once, with all that it has started in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)

    def last_lines(self, count: int = 15) -> str:
        """The end of its log, for error messages."""
        lines = self.errors.read_text(errors="replace").splitlines()[-count:]
        return f"the end of {self.errors}:\n" + "\n".join(lines)


def python(*arguments: str) -> list[str]:
    """This interpreter, on a module of ours."""
    return [sys.executable, "-m", *arguments]
