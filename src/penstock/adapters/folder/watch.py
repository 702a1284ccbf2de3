"""Looks at a folder again and again, keeps what has changed, and tells of it."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from penstock.adapters.folder.tree import FolderMissing, Tree, look
from penstock.model.errors import PenstockError
from penstock.model.event import StreamId
from penstock.model.folder import FileChange, FileEvent, FileState, changes_between, is_young
from penstock.ports.folder_state import FolderState, KnownFolder
from penstock.ports.pings import Ping, PingQueue

_WRITE_MAX: Final = 1_000
_LOOKS_PUT_OFF: Final = 4
"""a file that somebody writes to all the time is told of every so many looks"""
_COST_SHARE_MAX: Final = 0.05
"""of one core: a large folder is looked at less often"""
_logger = logging.getLogger(__name__)


class FolderWatch:
    """Several may watch the same folder: who writes first has written, and the others find that it is known.

    `now_ns` is the clock of the file system, nanoseconds since 1970.
    """

    def __init__(
        self,
        name: str,
        folder: Path,
        ignored: Sequence[str],
        stream_id: StreamId,
        state: FolderState,
        pings: PingQueue,
        now_ns: Callable[[], int],
    ) -> None:
        self.strays = 0
        """files whose paths cannot be told, at the last look"""
        self._name, self._folder, self._ignored = name, folder, ignored
        self._stream_id, self._state, self._pings, self._now_ns = stream_id, state, pings, now_ns
        self._known: KnownFolder | None = None
        self._young: dict[str, int] = {}
        self._complaint = ""

    async def run(self, every_s: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look every so often, until cancelled. What goes wrong is told once, and tried again."""
        loop = asyncio.get_running_loop()
        while True:
            began_s = loop.time()
            try:
                await self.look()
                self._complain("")
            except PenstockError as error:
                self._complain(str(error))
            cost_s = loop.time() - began_s
            await sleep(max(every_s, cost_s / _COST_SHARE_MAX))

    async def look(self) -> int:
        """One look; answers how many changes were found and kept.

        Raises `FolderMissing` when the folder cannot be looked at, and `Unavailable` when the store cannot answer:
        nothing is lost then, the next look finds it.
        """
        known = self._known or await self._state.load(self._stream_id)
        tree = await asyncio.to_thread(look, self._folder, self._ignored)
        self._tell_strays(tree)
        self._check_identity(known, tree)
        young = self._young_in(tree)
        changes = _due(changes_between(known.files, tree.files, tree.unseen), young)
        kept = 0
        while changes:
            some = changes[:_WRITE_MAX]
            after = await self._keep(known, tree, some)
            if after is None:  # another has written: see what is left to be told
                known = await self._state.load(self._stream_id)
                changes = _due(changes_between(known.files, tree.files, tree.unseen), young)
            else:
                known, changes = after, changes[_WRITE_MAX:]
                kept += len(some)
        self._known = known
        return kept

    async def _keep(self, known: KnownFolder, tree: Tree, changes: Sequence[FileChange]) -> KnownFolder | None:
        self._known = None  # if nobody can say whether this was written, what is known is loaded again
        sequences = await self._state.write(self._stream_id, known.version, tree.device, tree.inode, changes)
        if sequences is None:
            return None
        self._pings.publish(
            [Ping(self._stream_id, change.path, n) for change, n in zip(changes, sequences, strict=True)]
        )
        files = dict(known.files)
        for change in changes:
            if change.event is FileEvent.DELETED:
                del files[change.path]
            else:
                files[change.path] = change.state
        return KnownFolder(known.version + 1, tree.device, tree.inode, files)

    def _young_in(self, tree: Tree) -> dict[str, int]:
        """Files that may be in the middle of a change, each with how many looks in a row have found it so."""
        now_ns = self._now_ns()
        found = [path for path, state in tree.files.items() if is_young(state, now_ns)]
        self._young = {path: self._young.get(path, 0) + 1 for path in found}
        return self._young

    def _check_identity(self, known: KnownFolder, tree: Tree) -> None:
        """Under a file system that is not mounted stands an empty folder of the same name."""
        is_another = known.inode and (known.device, known.inode) != (tree.device, tree.inode)
        if is_another and known.files and not tree.files:
            raise FolderMissing(
                f"the folder {self._folder} is another than the one that held {len(known.files)} files, and is empty: "
                "is its disk mounted? If they are meant to be gone, put any file into it"
            )

    def _tell_strays(self, tree: Tree) -> None:
        if len(tree.strays) > self.strays:
            _logger.warning(
                "source %s: %d files cannot be told of, as their paths are no text or too long, such as %r",
                self._name,
                len(tree.strays),
                tree.strays[0],
            )
        self.strays = len(tree.strays)

    def _complain(self, text: str) -> None:
        if text and text != self._complaint:
            _logger.warning("source %s: %s", self._name, text)
        elif self._complaint and not text:
            _logger.info("source %s: well again", self._name)
        self._complaint = text


def _due(changes: Sequence[FileChange], young: Mapping[str, int]) -> list[FileChange]:
    """Without files that may be in the middle of a change, and without the other end of their moves; but nobody is put
    off for ever.
    """
    put_off = {
        change.path
        for change in changes
        if change.event is not FileEvent.DELETED and young.get(change.path, 0) % _LOOKS_PUT_OFF
    }
    return [
        _restless(change) if change.path in young and change.event is not FileEvent.DELETED else change
        for change in changes
        if change.path not in put_off and change.other not in put_off
    ]


def _restless(change: FileChange) -> FileChange:
    """With no time that it ever had, so that it is told of once more when it has come to rest."""
    state = change.state
    return FileChange(change.path, change.event, FileState(state.device, state.inode, state.size, 0), change.other)
