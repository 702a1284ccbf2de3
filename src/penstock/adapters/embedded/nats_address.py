"""The loopback address of an embedded nats-server: which port it may have, and who answers there."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Below the range from which the system takes ports for outgoing connections: a client that tries again while
# the server is down could otherwise be given the server's port, and connect to itself.
PORTS = range(20_000, 32_000)
_PORT_TRIES = 50
_PORT_STEP = 37
_GREETING_TIMEOUT_S = 2.0


def server_name(folder: Path) -> str:
    """Return a name unique to the folder, so that a greeting proves whose server answers at a port."""
    return "penstock-" + hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]


def free_ports(name: str, last: int) -> Iterator[int]:
    """Yield free ports, the last one first: the same folder keeps its address when it can."""
    first = int(name.rsplit("-", 1)[1], 16)
    tried = [PORTS[(first + _PORT_STEP * step) % len(PORTS)] for step in range(_PORT_TRIES)]
    yield from filter(_is_free, [last, *tried] if last else tried)


def greets(port: int, name: str) -> bool:
    """Say whether this server, with JetStream, answers at the port; it greets before it asks for the token."""
    try:
        with socket.create_connection(("127.0.0.1", port), _GREETING_TIMEOUT_S) as connection:
            line = connection.makefile("rb").readline(65536)
        greeting = json.loads(line.removeprefix(b"INFO "))
    except (OSError, ValueError):
        return False
    return greeting.get("server_name") == name and greeting.get("jetstream") is True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
