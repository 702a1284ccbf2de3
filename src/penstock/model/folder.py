"""What has happened in a folder between two looks at it. Pure: paths and what the file system says of each."""

from collections.abc import Collection, Mapping
from enum import IntEnum, unique
from typing import Final

import msgspec
from msgspec import Struct


@unique
class FileEvent(IntEnum):
    """What became of a path. The numbers are stored."""

    CREATED = 1
    CHANGED = 2
    MOVED = 3
    """it is here now, and was elsewhere"""
    DELETED = 4

    @property
    def type(self) -> str:
        """As the event's type."""
        return f"file.{self.name.lower()}"


class FileState(Struct, frozen=True, gc=False):
    """A file as a look finds it."""

    device: int
    inode: int
    size: int
    modified_ns: int


class FileChange(Struct, frozen=True):
    """One path's change."""

    path: str
    event: FileEvent
    state: FileState
    """of one that is gone: the last that was known"""
    other: str = ""
    """of one that was moved: where it was before; of one that is gone: where it is now"""


YOUNG_NS: Final = 50_000_000
"""a file that was changed so shortly before a look may change again without a trace: times of files are coarse"""
_SKEW_NS: Final = 1_000_000_000
"""of the clock that writes the times of files; what is further ahead was set on purpose"""


def is_young(state: FileState, now_ns: int) -> bool:
    """Whether a later change could look the same."""
    return -_SKEW_NS <= now_ns - state.modified_ns < YOUNG_NS


def changes_between(
    known: Mapping[str, FileState], seen: Mapping[str, FileState], unseen: Collection[str] = ()
) -> list[FileChange]:
    """By path. `unseen`: folders that could not be looked into, each with a `/` at its end: what was known below them
    counts as it was.
    """
    gone = {path: state for path, state in known.items() if path not in seen and not _is_below(path, unseen)}
    left = {state: path for path, state in sorted(gone.items(), reverse=True)}
    changes: list[FileChange] = []
    for path, state in sorted(seen.items()):
        before = known.get(path)
        if before == state:
            continue
        origin = left.pop(state, "")
        if origin:
            changes.append(FileChange(origin, FileEvent.DELETED, gone.pop(origin), other=path))
        if before is not None:
            changes.append(FileChange(path, FileEvent.CHANGED, state))
        elif origin:
            changes.append(FileChange(path, FileEvent.MOVED, state, other=origin))
        else:
            changes.append(FileChange(path, FileEvent.CREATED, state))
    changes += [FileChange(path, FileEvent.DELETED, state) for path, state in gone.items()]
    return sorted(changes, key=lambda change: change.path)


def told_data(path: str, event: FileEvent, state: FileState, other: str) -> bytes:
    """The data of the event: what a lambda needs to find the file, or to know what it was."""
    told: dict[str, object] = {"path": path}
    if event is not FileEvent.DELETED:
        told |= {"size": state.size, "modified_us": state.modified_ns // 1_000}
    if other:
        told["moved_to" if event is FileEvent.DELETED else "moved_from"] = other
    return msgspec.json.encode(told)


def _is_below(path: str, folders: Collection[str]) -> bool:
    return any(path.startswith(folder) for folder in folders)
