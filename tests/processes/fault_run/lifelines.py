"""Knows when executors died: each holds a connection for its whole life, and the kernel closes it at its end.

Run as `python -m tests.processes.fault_run.lifelines FOLDER`, a process of its own so that nothing delays it.
An executor takes work only after it was heard. `deaths` gets one line for each: pid and CLOCK_MONOTONIC in
microseconds; its code has stopped by then.
"""

import os
import selectors
import socket
import sys
from pathlib import Path

from tests.processes.fault_run.records import now_us


def hold_on(folder: Path) -> socket.socket:
    """For an executor: keep what this answers until the end."""
    line = socket.socket(socket.AF_UNIX)
    line.connect(str(folder / "lifelines"))
    line.sendall(f"{os.getpid()}\n".encode())
    assert line.recv(1), "nobody watches"
    return line


def read_deaths(folder: Path) -> dict[int, int]:
    """Time of death by pid."""
    lines = (folder / "deaths").read_text().splitlines()
    return {int(pid): int(at_us) for pid, at_us in (line.split() for line in lines)}


def watch(folder: Path) -> None:
    """For ever."""
    door = socket.socket(socket.AF_UNIX)
    door.bind(str(folder / "lifelines"))
    door.listen(64)
    deaths = os.open(folder / "deaths", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    selector = selectors.DefaultSelector()
    selector.register(door, selectors.EVENT_READ, None)
    lines: dict[int, socket.socket] = {}
    print("ready", flush=True)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                line, _ = door.accept()
                pid = int(line.recv(64))
                lines[pid] = line
                selector.register(line, selectors.EVENT_READ, pid)
                line.sendall(b"+")
            else:
                os.write(deaths, f"{key.data} {now_us()}\n".encode())
                selector.unregister(key.fileobj)
                lines.pop(key.data).close()


if __name__ == "__main__":
    watch(Path(sys.argv[1]))
