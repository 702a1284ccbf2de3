"""What was last seen of a watched folder, kept so that it survives being off."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.event import StreamId
from penstock.model.folder import FileChange, FileState


class KnownFolder(Struct, frozen=True):
    """A folder as it is known."""

    version: int
    """rises with every write; 0: nothing was ever written"""
    device: int
    inode: int
    """of the folder itself; 0: not known"""
    files: Mapping[str, FileState]
    """those that are there, by path"""


class FolderState(Protocol):
    """Raises `Unavailable` when the store cannot answer; a write may then have been made or not, and `load` tells."""

    async def load(self, stream_id: StreamId) -> KnownFolder:
        """All that is known; files that have been gone for a month are forgotten."""

    async def write(
        self, stream_id: StreamId, version: int, device: int, inode: int, changes: Sequence[FileChange]
    ) -> list[int] | None:
        """Keep changes, durably, and answer a sequence for each, in their order; the version is one higher then.

        Sequences rise over all paths of the stream, for ever, in the order in which they become visible. None:
        somebody else has written since that version, and nothing was kept.
        """
