"""Become a user whom PostgreSQL accepts, check the folder, then run a program in place of this one.

A program of its own, run as `python -I -S become.py HOW FOLDER PROGRAM ARGUMENT...`: dropping rights
between fork and exec of a threaded process is not safe, and only the standard library is needed here.
HOW is `namespace` (root of the machine, another user inside a user namespace) or `uid:gid`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

CANNOT_BECOME = 125
CANNOT_REACH = 126
_CLONE_NEWUSER = 0x10000000
_INSIDE_ID = 65534


def _enter_namespace() -> None:
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(_CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    # The kernel refuses a group map until setgroups is denied.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{_INSIDE_ID} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{_INSIDE_ID} {gid} 1")


def main(how: str, folder: str, *command: str) -> None:
    """Change who we are and run the command; the exit status says which step was refused."""
    try:
        if how == "namespace":
            _enter_namespace()
        else:
            uid, gid = map(int, how.split(":"))
            os.setgroups([gid])
            os.setgid(gid)
            os.setuid(uid)
    except OSError:
        sys.exit(CANNOT_BECOME)
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK) or not os.access(command[0], os.X_OK):
        sys.exit(CANNOT_REACH)
    os.execv(command[0], command)  # noqa: S606 - no shell is the point


if __name__ == "__main__":
    main(*sys.argv[1:])
