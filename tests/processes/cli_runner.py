"""The command line as its users run it: a process, its exit code and its two outputs."""

import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

PATIENCE_S: Final = 120.0
"""for a broken program only; nothing waits for it to pass"""


def clean_environment(**added: str) -> dict[str, str]:
    """Ours, without settings that would lead a test to somebody's real platform."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PENSTOCK_")}
    own = {"PYTHONUNBUFFERED": "1", "COLUMNS": "200", "PENSTOCK_HTTP_PORT": "0"}
    return {**kept, **own, **added}


def penstock(
    *arguments: str, folder: Path, text: str | None = None, environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Runs one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "penstock.cli", *arguments],
        cwd=folder,
        env=clean_environment(**(environment or {})),
        input=text if text is not None else "",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


class Running:
    """A command that runs on, with the lines of both its outputs."""

    def __init__(self, command: list[str], folder: Path, environment: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=clean_environment(**environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._fresh: queue.Queue[str | None] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def wait_for(self, wanted: Callable[[str], bool] | str) -> str:
        """The next line that holds the text, or that the function accepts."""
        until_s = time.monotonic() + PATIENCE_S
        while True:
            try:
                line = self._fresh.get(timeout=max(0.0, until_s - time.monotonic()))
            except queue.Empty:
                line = None
            assert line is not None, f"it never said {wanted!r}:\n" + "\n".join(self.lines[-40:])
            if wanted in line if isinstance(wanted, str) else wanted(line):
                return line

    def end(self, *signals: int) -> int:
        """Sends the signals; the exit code."""
        for number in signals:
            self.process.send_signal(number)
        code = self.process.wait(PATIENCE_S)
        self._reader.join(PATIENCE_S)
        return code

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            for line in stdout:
                self.lines.append(line.rstrip("\n"))
                self._fresh.put(line)
        self._fresh.put(None)


@contextmanager
def running(command: list[str], folder: Path, **environment: str) -> Iterator[Running]:
    """The command, ended at the end whatever happened."""
    it = Running(command, folder, environment)
    try:
        yield it
    finally:
        if it.process.poll() is None:
            it.process.send_signal(signal.SIGTERM)
            try:
                it.process.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                it.process.kill()
        it.end()


@contextmanager
def dev(folder: Path, *arguments: str, **environment: str) -> Iterator[Running]:
    """`penstock dev`, serving."""
    with running([sys.executable, "-m", "penstock.cli", "dev", *arguments], folder, **environment) as it:
        it.wait_for("serving at")
        yield it
