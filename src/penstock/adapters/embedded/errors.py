"""What can go wrong with an embedded engine, in one line: what, where, what to do."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from penstock.model.errors import PenstockError

if TYPE_CHECKING:
    from pathlib import Path


class EngineError(PenstockError):
    """An embedded engine cannot be found, started or stopped; the message is one line for a person."""

    def __init__(self, what: str, where: object, remedy: str) -> None:
        super().__init__(f"{what}: {where}; {remedy}")
        self.what, self.where, self.remedy = what, str(where), remedy


class EngineMissing(EngineError):
    """No program of the engine that is new enough."""


class FolderInUse(EngineError):
    """Another live process owns the engines of this folder."""

    def __init__(self, folder: Path, pid: int | None) -> None:
        owner = f"process {pid}" if pid else "another process"
        super().__init__(f"{owner} runs the engines of this folder", folder, "stop it or use another folder")
        self.pid = pid


_FULL = (errno.ENOSPC, errno.EDQUOT)


def from_os_error(error: OSError, folder: Path) -> EngineError:
    """Say in one line what the operating system refused."""
    if error.errno in _FULL:
        return EngineError("the disk is full", folder, "free some space or use another folder")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return EngineError("no permission to write", error.filename or folder, "use a folder of your own")
    if error.errno in (errno.ENOTDIR, errno.EEXIST):
        return EngineError("not a folder", error.filename or folder, "name another folder")
    problem = error.strerror or type(error).__name__
    return EngineError(f"file error ({problem})", error.filename or folder, "repair that or use another folder")


def from_log(engine: str, tail: str, log: Path) -> EngineError:
    """Say in one line why an engine ended, from the end of its log."""
    if "No space left on device" in tail or "Disk quota exceeded" in tail:
        return EngineError(f"{engine} stopped because the disk is full", log.parent, "free some space")
    words = ("FATAL", "PANIC", "[FTL]", "[ERR]", "error:")
    lines = [line.strip() for line in tail.splitlines() if line.strip()]
    telling = [line for line in lines if any(word in line for word in words)] or lines
    reason = telling[-1][:300] if telling else "it said nothing"
    return EngineError(f"{engine} did not start ({reason})", log, "read that log")
