"""Which files there are: those of a folder, or a copy of Python's own library."""

import os
import shutil
import sysconfig
from collections.abc import Iterator
from pathlib import Path

FILES_MAX = 4_000


class NoFolder(Exception):
    """There is nothing to work on; the message says what to do."""


def copy_of_library(target: Path) -> Path:
    """Copies up to `FILES_MAX` files of the running Python's standard library; keeps a copy that stands."""
    source = Path(sysconfig.get_path("stdlib"))
    if not source.is_dir():
        raise NoFolder(f"this Python keeps no library files in {source}; name a folder: make demo DIR=~/Pictures")
    if (target / "complete").is_file():
        return target / "library"
    shutil.rmtree(target, ignore_errors=True)
    for count, path in enumerate(_library_files(source)):
        if count == FILES_MAX:
            break
        copy = target / "library" / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    (target / "complete").touch()
    return target / "library"


def _library_files(source: Path) -> Iterator[Path]:
    skipped = {"__pycache__", "site-packages", "dist-packages"}
    for parent, folders, files in os.walk(source):
        folders[:] = sorted(set(folders) - skipped)
        yield from (Path(parent, name) for name in sorted(files) if not name.endswith((".so", ".a", ".o")))


def files_in(folder: Path) -> tuple[list[Path], int]:
    """Every regular file below, and how many other things (links, sockets, ...) were passed over."""
    found, passed_over, waiting = [], 0, [folder]
    while waiting:
        place = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: os.fsencode(entry.name))
        except OSError:
            passed_over += 1
            continue
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                waiting.append(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                found.append(Path(entry.path))
            else:
                passed_over += 1
    return found, passed_over
