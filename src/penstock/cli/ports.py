"""Which TCP ports the servers of this machine can have."""

import os
import socket
from typing import Final

_STEP: Final = 100
_TRIES: Final = 100


def free_port(host: str, wanted: int) -> int:
    """The port wanted if nobody listens on it, else a free one some hundreds above it; 0: any free one.

    Hundreds, rather than a port that the system picks: those are the ports of outgoing connections, and
    a client that comes back while its server is down could be given the server's own. Which hundreds
    depends on our process id, so that platforms that start together do not run after the same ports.
    """
    others = [wanted + _STEP * (1 + (os.getpid() + step) % _TRIES) for step in range(_TRIES)] if wanted else []
    for port in (wanted, *others, 0):
        if port <= 65_535 and (bound := _bound(host, port)):
            return bound
    raise OSError(f"no free port on {host}")


def is_taken(host: str, port: int) -> bool:
    """Whether somebody listens on it."""
    return not _bound(host, port)


def _bound(host: str, port: int) -> int:
    """The port that was bound for a moment; 0 when it is taken."""
    # Without SO_REUSEPORT, so that a port that another server would share counts as taken.
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return 0
        bound: int = probe.getsockname()[1]
        return bound
