"""Recognising what an earlier starter left running: by id and start time, or by an argument of ours."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING

import psutil

from penstock.adapters.embedded.processes import EngineProcess, same

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def recognise(pid: object, started_at: object, marker: str) -> EngineProcess | None:
    """Return the recorded process if it is still that process: same id, start time and argument."""
    if not isinstance(pid, int) or not isinstance(started_at, float):
        return None
    process = same(pid, started_at)
    if process is None or not _has_argument(process, marker):
        return None
    return EngineProcess(pid, started_at)


def left_behind(marker: str) -> list[EngineProcess]:
    """Find processes with exactly this argument: a starter may die before it can write down a pid."""
    found = [process for process in psutil.process_iter() if _has_argument(process, marker)]
    return [EngineProcess(process.pid, process.create_time()) for process in found if process.is_running()]


def at_work_in(folder: Path, name: str) -> list[EngineProcess]:
    """Find processes of this name that work in the folder, such as backends whose postmaster died."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.name().startswith(name) and process.cwd() == str(folder):
                found.append(EngineProcess(process.pid, process.create_time()))
        except (psutil.Error, OSError):
            continue
    return found


def end_leftovers(leftovers: Sequence[EngineProcess], patience_s: float) -> None:
    """Give processes that are about to end a moment, then end them."""
    deadline = time.monotonic() + patience_s
    for process in leftovers:
        if not process.wait(max(0.0, deadline - time.monotonic())):
            process.end((signal.SIGQUIT, 2.0))


def _has_argument(process: psutil.Process, marker: str) -> bool:
    try:
        return marker in process.cmdline() and process.pid != os.getpid()
    except (psutil.Error, OSError):
        return False
