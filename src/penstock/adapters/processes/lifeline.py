"""An executor does not outlive its controller."""

import contextlib
import ctypes
import os
import signal
import sys
from typing import Final

_PR_SET_PDEATHSIG: Final = 1


def bind_life_to_parent(parent_pid: int) -> None:
    """Have the kernel kill this process when its parent dies. Elsewhere than on Linux the control socket's end does.

    The parent may have died before the call: then this process was given another one already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent_pid:
        end_group()


def end_group() -> None:
    """SIGKILL to this process and every other of its group."""
    os.killpg(os.getpgrp(), signal.SIGKILL)


def kill_group(leader_pid: int, number: int) -> None:
    """A signal to every process of the group; nothing when none is left."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader_pid, number)
