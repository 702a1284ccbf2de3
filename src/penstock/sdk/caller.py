"""Who is asking, for audit trails: the login and the machine, as far as the system tells them."""

import getpass
import socket

from penstock.model.kept_text import kept_start
from penstock.model.limits import ACTOR_BYTES_MAX


def caller() -> str:
    """`ada@laptop`; only the machine where nobody is logged in."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):  # a container's user may have a number and no name
        login = ""
    return kept_start(f"{login}@{socket.gethostname()}".lstrip("@"), ACTOR_BYTES_MAX)
