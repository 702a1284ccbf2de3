"""A lock for each task, held while its code runs: two executions at once are seen without any clock.

The locks are ranges of one file and belong to open files, so the kernel gives them back when a process dies,
after its last thread has left user code.
"""

import fcntl
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class Locks:
    """Byte `number` of the file is the lock of task `number`."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def of(self, number: int) -> Iterator[bool]:
        """Whether it was free."""
        file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield _take(file, number)
        finally:
            os.close(file)


def _take(file: int, number: int) -> bool:
    whole_range = struct.pack("hhqqi4x", fcntl.F_WRLCK, os.SEEK_SET, number, 1, 0)
    try:
        fcntl.fcntl(file, fcntl.F_OFD_SETLK, whole_range)
    except (BlockingIOError, PermissionError):
        return False
    return True
