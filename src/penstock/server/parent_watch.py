"""A child that was started for a parent ends when the parent is gone, however the parent ended.

Asking for the parent's id is all that works on every POSIX system: a parent that was killed
cannot tell anybody, and its children are handed to another process, so their parent's id changes.
"""

import logging
import os
import signal
import threading
from collections.abc import Mapping
from typing import Final

PARENT_VARIABLE: Final = "PENSTOCK_PARENT_PID"
"""set by whoever starts a child, to the id of the process that must outlive it"""
LOOK_EVERY_S: Final = 0.25
STOP_GRACE_S: Final = 5.0

_log = logging.getLogger(__name__)


def parent_environment() -> dict[str, str]:
    """What a parent adds to the environment of a child that shall end with it."""
    return {PARENT_VARIABLE: str(os.getpid())}


def watch_parent(environment: Mapping[str, str] = os.environ) -> threading.Thread | None:
    """Watches for the end of the parent named in the environment; None when no parent is named.

    When the parent is gone this process gets SIGTERM, after `STOP_GRACE_S` a second one, and after
    as long again it is ended. Call it once, when the process's own handlers stand.
    """
    named = environment.get(PARENT_VARIABLE, "")
    if not named.isdigit():
        return None
    thread = threading.Thread(target=_watch, args=(int(named),), name="parent-watch", daemon=True)
    thread.start()
    return thread


def _watch(parent_pid: int) -> None:
    pause = threading.Event()
    while os.getppid() == parent_pid:
        pause.wait(LOOK_EVERY_S)
    _log.warning("the process that started this one (%d) is gone: stopping", parent_pid)
    for _ in range(2):
        os.kill(os.getpid(), signal.SIGTERM)
        pause.wait(STOP_GRACE_S)
    os._exit(1)
