"""Who sits at this shell."""

import getpass
import os
import socket


def who() -> str:
    """Of a shell on this machine: who may order at all is not decided here."""
    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (KeyError, OSError):
        return f"uid {os.getuid()}@{socket.gethostname()}"
