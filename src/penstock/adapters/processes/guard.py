"""The controller's end of the guard: a process that ends the groups of executors whose controller was killed."""

import contextlib
import os
import subprocess
import sys
from typing import Final

_ENDS_WITHIN_S: Final = 1.0


class GroupGuard:
    """Without it a killed controller's executors would end by the kernel's hand, but not what their lambdas started."""

    def __init__(self) -> None:
        self._groups: dict[int, None] = {}
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Have it run, also if it was killed meanwhile. Raises `OSError` when it cannot be started."""
        if self._child is None or self._child.poll() is not None:
            self._child = _start()
            for leader_pid in self._groups:
                self._tell(f"+{leader_pid}\n")

    def watch(self, leader_pid: int) -> None:
        """End this group if we cannot any more."""
        self._groups[leader_pid] = None
        self._tell(f"+{leader_pid}\n")

    def forget(self, leader_pid: int) -> None:
        """The group is over. Call it while the number cannot belong to anybody else yet."""
        del self._groups[leader_pid]
        self._tell(f"-{leader_pid}\n")

    def close(self) -> None:
        """Let it end what it still watches, and itself."""
        if self._child is not None and self._child.stdin is not None:
            self._child.stdin.close()
            try:
                self._child.wait(_ENDS_WITHIN_S)
            except subprocess.TimeoutExpired:  # somebody has stopped it
                self._child.kill()
                self._child.wait()

    def _tell(self, line: str) -> None:
        assert self._child is not None
        assert self._child.stdin is not None
        # One that was killed or stopped itself is done without: no executor waits for it.
        with contextlib.suppress(BrokenPipeError, BlockingIOError):
            self._child.stdin.write(line.encode())


def _start() -> "subprocess.Popen[bytes]":
    child = subprocess.Popen(
        [sys.executable, "-m", "penstock.adapters.processes.guard_main"],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # what is sent to our group does not concern it
    )
    assert child.stdin is not None
    os.set_blocking(child.stdin.fileno(), False)
    return child
