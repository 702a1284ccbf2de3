"""One look at all files below a folder."""

import os
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from msgspec import Struct

from penstock.model.errors import Unavailable
from penstock.model.folder import FileState
from penstock.model.limits import SUBJECT_BYTES_MAX

_GONE: Final = (FileNotFoundError, NotADirectoryError)
"""what is said of a folder that was there a moment ago: it has gone, with all that was in it"""


class FolderMissing(Unavailable):
    """The folder itself cannot be looked at: nothing is known of what is in it, and nothing counts as deleted."""


class Tree(Struct, frozen=True):
    """What a look has found."""

    device: int
    inode: int
    files: dict[str, FileState]
    """by path, relative to the folder, with `/`"""
    unseen: list[str]
    """folders that could not be looked into, each with a `/` at its end"""
    strays: list[str]
    """files whose paths cannot be told: no text, or too long"""


def look_at_folder(folder: Path) -> Tree:
    """The folder itself, nothing in it yet; raises `FolderMissing`."""
    try:
        root = folder.stat()
        if not stat.S_ISDIR(root.st_mode):
            raise FolderMissing(f"{folder} is no folder")
        with os.scandir(folder):
            return Tree(_signed(root.st_dev), _signed(root.st_ino), {}, [], [])
    except OSError as error:
        raise FolderMissing(f"the folder {folder} cannot be looked at: {error.strerror or error}") from None


def look(folder: Path, ignored: Sequence[str]) -> Tree:
    """All plain files below. Links are not followed and are no files; what matches one of `ignored` (patterns such as
    `*.tmp`, for the name of a file or a folder) is passed over. Raises `FolderMissing`.
    """
    tree = look_at_folder(folder)
    waiting = [""]
    while waiting:
        below = waiting.pop()
        try:
            waiting += _look_into(folder, below, ignored, tree)
        except _GONE as error:
            if not below:
                raise FolderMissing(f"the folder {folder} cannot be looked at: {error.strerror}") from None
        except OSError:
            tree.unseen.append(below)
    return tree


def _look_into(folder: Path, below: str, ignored: Sequence[str], tree: Tree) -> list[str]:
    """Notes the files of one folder; answers the folders in it."""
    found: list[str] = []
    with os.scandir(folder / below) as entries:
        for entry in entries:
            if any(fnmatchcase(entry.name, pattern) for pattern in ignored):
                continue
            path = below + entry.name
            if entry.is_dir(follow_symlinks=False):
                found.append(f"{path}/")
            elif entry.is_file(follow_symlinks=False):
                _note(entry, path, tree)
    return found


def _note(entry: "os.DirEntry[str]", path: str, tree: Tree) -> None:
    if not _is_text(path):
        tree.strays.append(path)
        return
    try:
        found = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return  # it has gone in between
    tree.files[path] = FileState(_signed(found.st_dev), _signed(found.st_ino), found.st_size, found.st_mtime_ns)


def _is_text(path: str) -> bool:
    try:
        return len(path.encode()) <= SUBJECT_BYTES_MAX
    except UnicodeEncodeError:
        return False


def _signed(number: int) -> int:
    """File systems count to 2**64, stores to 2**63."""
    return number - 2**64 if number >= 2**63 else number
