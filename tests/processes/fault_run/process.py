"""One real process of the run, with its log in a file."""

import asyncio
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.processes.cli_runner import clean_environment

STOPPED_WITHIN_S = 60.0
"""for a broken program only"""


class Process:
    """`start` may be called again after an end; all lives write to one log."""

    def __init__(self, name: str, arguments: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.name = name
        self.environment = dict(environment)
        self.lives = 0
        self.log = folder / f"{name}.log"
        self._arguments = arguments
        self._folder = folder
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def runs(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, until: str = "") -> str:
        """Returns when it has written a line with `until` to its standard output; answers the line."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                *self._arguments,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE if until else log,
                stderr=log,
                cwd=Path.cwd(),
                env={**clean_environment(), "GRPC_VERBOSITY": "ERROR", **self.environment},
                start_new_session=True,
            )
        self.lives += 1
        if not until:
            return ""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            if until in line.decode():
                return line.decode()
        raise AssertionError(f"{self.name} ended before it was ready; the end of {self.log}:\n{self.tail()}")

    async def kill(self) -> None:
        """SIGKILL; returns when it was reaped."""
        assert self._process is not None
        self._process.kill()
        await self._process.wait()

    async def send(self, number: int) -> None:
        """A signal; returns when it has arrived: a second one will be another one."""
        assert self._process is not None
        self._process.send_signal(number)
        while self.runs and _is_pending(self.pid, number):
            await asyncio.sleep(0.01)

    async def stop(self) -> int:
        """SIGTERM; the exit status."""
        assert self._process is not None
        if self._process.returncode is None:
            self._process.terminate()
            await asyncio.wait_for(self._process.wait(), STOPPED_WITHIN_S)
        assert self._process.returncode is not None
        return self._process.returncode

    def end(self) -> None:
        """Whatever state it is in, with its group."""
        if self.runs:
            os.killpg(self.pid, signal.SIGCONT)
            os.killpg(self.pid, signal.SIGKILL)

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-20:])


def _is_pending(pid: int, number: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    words = dict(line.split(":", 1) for line in status.splitlines())
    return bool(int(words["ShdPnd"], 16) & 1 << number - 1)
