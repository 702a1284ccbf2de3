"""A watched folder as a source: the latest change of each path."""

from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import HASH_BYTES, StoredEvent, StreamId
from penstock.model.folder import FileEvent, FileState, told_data
from penstock.model.stream import SubjectHead
from penstock.ports.event_source import Heads, RangeRead, SubjectKey, SubjectRange

_RANGES: Final = statement("folder_ranges")
_POSITIONS: Final = statement("folder_positions")
_CHANGED: Final = statement("folder_changed")
_SCAN: Final = statement("folder_scan")
_LAST: Final = statement("folder_last")
_NUMBER_BYTES: Final = 8


class PostgresFolderSource:
    """`EventSource` over what a watch has kept."""

    def __init__(self, reads: Pool, stream_id: StreamId) -> None:
        self._reads, self._stream_id = reads, stream_id

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The latest change of each path, if it is in its range; what it has replaced does not come any more."""
        rows = await self._reads.fetch(_RANGES, self._stream_id, [each.key.subject_hash for each in ranges])
        answers: list[RangeRead] = []
        size_bytes = 0
        for each, (_, head, *file) in zip(ranges, rows, strict=True):
            if not each.after < head <= each.upto:
                answers.append(RangeRead([], max(each.after, min(each.upto, head))))
            elif size_bytes and size_bytes >= bytes_max:
                answers.append(RangeRead([], each.after))
            else:
                event = _event(each.key, head, file)
                size_bytes += len(event.data)
                answers.append(RangeRead([event], head))
        return answers

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """There is no other."""
        return await self.read(ranges, bytes_max)

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """The sequence of the latest change of each path."""
        rows = await self._reads.fetch(_RANGES, self._stream_id, [key.subject_hash for key in keys])
        return [row[1] for row in rows]

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """What each path had reached, where its latest change was made by then."""
        rows = await self._reads.fetch(_POSITIONS, self._stream_id, [key.subject_hash for key in keys], at_us)
        return [row[0] for row in rows]

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """Paths with a change after a mark, which is a sequence."""
        if len(mark) != _NUMBER_BYTES or mark[0] > 127:
            last = await self._reads.value(_LAST, self._stream_id) or 0
            return Heads([], last.to_bytes(_NUMBER_BYTES, "big"), is_end=True)
        rows = await self._reads.fetch(_CHANGED, self._stream_id, int.from_bytes(mark, "big"), limit)
        heads = [_head(row) for row in rows]
        next_mark = heads[-1].sequence.to_bytes(_NUMBER_BYTES, "big") if heads else mark
        return Heads(heads, next_mark, is_end=len(heads) < limit)

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """All paths, in the order of their hashes."""
        rows = await self._reads.fetch(_SCAN, self._stream_id, mark[:HASH_BYTES].ljust(HASH_BYTES, b"\0"), limit)
        heads = [_head(row) for row in rows]
        is_end = len(heads) < limit
        return Heads(heads, b"" if is_end else heads[-1].subject_hash, is_end)


def _head(row: Any) -> SubjectHead:
    subject, subject_hash, sequence, changed_at_us = row
    return SubjectHead(subject, subject_hash, sequence, 0, changed_at_us)


def _event(key: SubjectKey, sequence: int, file: Sequence[Any]) -> StoredEvent:
    changed_at_us, kind, *state, other = file
    event = FileEvent(kind)
    data = told_data(key.subject, event, FileState(*state), other or "")
    return StoredEvent(key.subject, key.subject_hash, sequence, changed_at_us, event.type, data)
