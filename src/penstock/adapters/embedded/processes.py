"""Engine processes: started apart from the terminal, signalled and awaited by who they are."""

from __future__ import annotations

import os
import select
import signal
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

# Both come from the kernel's count of ticks since boot; setting the clock can move the sum a little.
_START_TIME_SLACK_S = 2.0
_LOG_BYTES_MAX = 10 * 1024 * 1024
_LOG_TAIL_BYTES = 8192


@dataclass
class EngineProcess:
    """A running engine, our child or one that an earlier starter left behind."""

    pid: int
    started_at: float
    child: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def alive(self) -> bool:
        """Say whether it runs; a child that ended is reaped."""
        if self.child is not None:
            return self.child.poll() is None
        return same(self.pid, self.started_at) is not None

    def send(self, number: int) -> None:
        """Send a signal, to this process and never to a later one with its id."""
        if self.child is not None:
            self.child.send_signal(number)
        elif (process := same(self.pid, self.started_at)) is not None:
            process.send_signal(number)

    def wait(self, timeout_s: float) -> bool:
        """Wait for its end; False when the time is over."""
        try:
            if self.child is not None:
                self.child.wait(timeout_s)
            elif (process := same(self.pid, self.started_at)) is not None:
                return _await_end(process, timeout_s)
        except subprocess.TimeoutExpired:
            return False
        return True

    def end(self, *steps: tuple[int, float]) -> None:
        """Send signals, each with its time to take effect, and at last SIGKILL."""
        for number, timeout_s in (*steps, (signal.SIGKILL, 10.0)):
            self.send(number)
            if self.wait(timeout_s):
                return


def spawn(command: Sequence[str], log: Path, working_folder: Path) -> EngineProcess:
    """Start an engine in a session of its own, so that Ctrl-C reaches us and not it."""
    if log.exists() and log.stat().st_size > _LOG_BYTES_MAX:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") as output:
        child = subprocess.Popen(
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=working_folder,
            env=clean_environment(),
            start_new_session=True,
        )
    return EngineProcess(child.pid, psutil.Process(child.pid).create_time(), child)


def clean_environment() -> dict[str, str]:
    """Return our environment without what would redirect an engine (PGDATA, PGPORT, ...)."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def log_tail(log: Path, start: int) -> str:
    """Return the end of what an engine wrote to its log since an offset."""
    with log.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(min(start, size), size - _LOG_TAIL_BYTES))
        return file.read().decode(errors="replace")


def same(pid: int, started_at: float) -> psutil.Process | None:
    """Return the process with this id if it is the one that was started then and has not ended."""
    try:
        process = psutil.Process(pid)
        running = process.status() != psutil.STATUS_ZOMBIE
        return process if running and abs(process.create_time() - started_at) < _START_TIME_SLACK_S else None
    except psutil.Error:
        return None


def _await_end(process: psutil.Process, timeout_s: float) -> bool:
    """Wait for a process that is not our child; in a container nobody may ever reap it, so a zombie counts."""
    if hasattr(os, "pidfd_open"):
        try:
            descriptor = os.pidfd_open(process.pid)
        except OSError:
            return True
        try:
            watch = select.poll()
            watch.register(descriptor, select.POLLIN)
            return bool(watch.poll(timeout_s * 1000))
        finally:
            os.close(descriptor)
    try:
        process.wait(timeout_s)
    except psutil.TimeoutExpired:
        return False
    return True
