"""Where things are kept and answered: the cache of the user, free ports on loopback."""

import asyncio
import os
import socket
import time
from pathlib import Path

from benchmarks.children import Child
from benchmarks.peers.peer import Unavailable

LOOK_EVERY_S = 0.05
LOOPBACK = "127.0.0.1"


def cache_folder() -> Path:
    """Environments and packages of all runs."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base) / "penstock-benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def free_ports(count: int) -> list[int]:
    """Ports on loopback that nobody had a moment ago, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind((LOOPBACK, 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


async def answers(server: Child, port: int, timeout_s: float = 60.0) -> None:
    """Waits until somebody listens at the port; raises `Unavailable` when the server ends or takes too long."""
    ends_at_s = time.monotonic() + timeout_s
    while True:
        try:
            _, writer = await asyncio.open_connection(LOOPBACK, port)
        except OSError:
            if server.has_ended or time.monotonic() > ends_at_s:
                said = "has ended" if server.has_ended else f"did not answer within {timeout_s:g} s"
                raise Unavailable(f"{server.name} {said}; {server.last_lines()}") from None
            await asyncio.sleep(LOOK_EVERY_S)
        else:
            writer.close()
            return
