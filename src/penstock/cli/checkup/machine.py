"""This machine: programs, libraries, disk."""

import platform
import shutil
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

from penstock.cli.checkup.finding import Finding, Verdict

LIBRARIES: Final = ("grpcio", "protobuf", "asyncpg", "nats-py", "uvloop", "msgspec", "pydantic-settings", "psutil")
FREE_BYTES_MIN: Final = 1024**3
_GIB: Final = 1024**3


def look_at_machine(folder: Path) -> Iterator[Finding]:
    """Versions, and the room that is left where the embedded engines keep their data."""
    yield Finding("machine", "penstock", version("penstock"))
    yield Finding("machine", "python", f"{platform.python_version()} ({sys.executable})")
    yield Finding("machine", "system", f"{platform.system()} {platform.release()} {platform.machine()}")
    yield Finding("machine", "libraries", ", ".join(f"{name} {_version(name)}" for name in LIBRARIES))
    yield _disk(folder)


def _disk(folder: Path) -> Finding:
    place = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(place).free
    text = f"{free / _GIB:.1f} GiB free at {place}"
    if free < FREE_BYTES_MIN:
        return Finding("machine", "disk", f"{text}: PostgreSQL stops when it is full; free some", Verdict.PROBLEM)
    return Finding("machine", "disk", text, Verdict.OK)


def _version(library: str) -> str:
    try:
        return version(library)
    except PackageNotFoundError:
        return "missing"
