"""What was last seen of watched folders, in the store that all servers share."""

from collections.abc import Sequence
from typing import Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import StreamId, hash_of_subject
from penstock.model.folder import FileChange, FileEvent, FileState
from penstock.ports.folder_state import KnownFolder

_MAKE: Final = statement("folder_make")
_FIND: Final = statement("folder_find")
_FILES: Final = statement("folder_files")
_FORGET: Final = statement("folder_forget")
_WRITE: Final = statement("folder_write")


class PostgresFolderState:
    """See `ports.folder_state.FolderState`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def load(self, stream_id: StreamId) -> KnownFolder:
        """All that is known."""
        await self._pool.fetch(_MAKE, stream_id)
        await self._pool.fetch(_FORGET, stream_id, FileEvent.DELETED)
        # First the version: files of a later one make the next write fail, which is the safe side.
        version, device, inode = await self._pool.row(_FIND, stream_id)
        rows = await self._pool.fetch(_FILES, stream_id, FileEvent.DELETED)
        return KnownFolder(version, device, inode, {row[0]: FileState(*row[1:]) for row in rows})

    async def write(
        self, stream_id: StreamId, version: int, device: int, inode: int, changes: Sequence[FileChange]
    ) -> list[int] | None:
        """Keep changes under the lock of the folder's row."""
        rows = await self._pool.fetch(
            _WRITE,
            stream_id,
            version,
            device,
            inode,
            [change.path for change in changes],
            [hash_of_subject(change.path) for change in changes],
            [change.event for change in changes],
            [change.state.device for change in changes],
            [change.state.inode for change in changes],
            [change.state.size for change in changes],
            [change.state.modified_ns for change in changes],
            [change.other for change in changes],
        )
        sequences = {row[0]: row[1] for row in rows}
        return [sequences[change.path] for change in changes] if len(rows) == len(changes) else None
