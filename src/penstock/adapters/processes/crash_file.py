"""Where an executor's code was when a fatal signal came, in a file without a name that its supervisor reads.

Not on standard error: there it would pass by as twenty lines between the lines of others.
"""

import faulthandler
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

_READ_BYTES: Final = 64 * 1024
_FRAMES_MAX: Final = 20
_HEAD: Final = "Fatal Python error"
_FRAME: Final = '  File "'
_OURS: Final = f"{_FRAME}{Path(__file__).parents[2]}"
_MACHINERY: Final = f"{_FRAME}<frozen "


@contextmanager
def crash_file() -> Iterator[int]:
    """An empty one; it is gone when the last process that has it ends."""
    with tempfile.TemporaryFile() as file:
        yield file.fileno()


def note_crashes_in(fd: int) -> None:
    """From now on, in this process. A fork of it is none of the supervisor's business and writes to standard error."""
    os.set_inheritable(fd, False)
    faulthandler.enable(fd, all_threads=False)  # the one that crashed
    os.register_at_fork(after_in_child=partial(faulthandler.enable, all_threads=False))


def read_crash(fd: int) -> str:
    """What was noted last, "" for nothing: the author's own frames; all of them when none is the author's."""
    text = os.pread(fd, _READ_BYTES, 0).decode("utf-8", "replace")
    lines = text[max(0, text.rfind(_HEAD)) :].splitlines()
    frames = [line for line in lines if line.startswith(_FRAME) and not line.startswith(_MACHINERY)]
    own = [frame for frame in frames if not frame.startswith(_OURS)]
    shown = (own or frames)[:_FRAMES_MAX]
    return "\n".join([*lines[:1], *shown])
