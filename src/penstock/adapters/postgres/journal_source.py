"""The native journal as a source: the events of many subjects in one statement."""

import struct
from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.event import HASH_BYTES, StoredEvent, StreamId
from penstock.model.stream import SubjectHead
from penstock.ports.event_source import Heads, RangeRead, SubjectKey, SubjectRange

_READ: Final = statement("journal_ranges")
_READ_LATEST: Final = statement("journal_ranges_latest")
_HEADS: Final = statement("journal_heads")
_POSITIONS: Final = statement("journal_positions")
_HORIZON: Final = statement("journal_horizon")
_CHANGED: Final = statement("journal_changed")
_SUBJECTS: Final = statement("subjects_page")
_MARK: Final = struct.Struct(f">Bqq{HASH_BYTES}sq")
_MARK_FORM: Final = 1
_NO_HASH: Final = bytes(HASH_BYTES)


class PostgresJournalSource:
    """`EventSource` of one stream of the native journal.

    A subject's head and its events are seen by one look, and its sequences were given under its lock: whatever the
    look did not find up to the head does not exist any more.
    """

    def __init__(self, reads: Pool, stream_id: StreamId) -> None:
        self._reads = reads
        self._stream_id = stream_id

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The events of each range, in order."""
        limits = [each.events_max for each in ranges]
        rows = await self._reads.fetch(_READ, self._stream_id, *_columns(ranges), limits, max(bytes_max, 1))
        return _answers(ranges, rows, bytes_max, limits)

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """The latest event of each range."""
        rows = await self._reads.fetch(_READ_LATEST, self._stream_id, *_columns(ranges), max(bytes_max, 1))
        return _answers(ranges, rows, bytes_max, [2] * len(ranges))  # there is one at most, so no limit cuts it off

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """The last sequence of each subject."""
        return [row[0] for row in await self._reads.fetch(_HEADS, self._stream_id, [key.subject_hash for key in keys])]

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """What each subject had reached at a time."""
        hashes = [key.subject_hash for key in keys]
        return [row[0] for row in await self._reads.fetch(_POSITIONS, self._stream_id, hashes, at_us)]

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """Subjects that have changed since a mark."""
        place = _place(mark)
        horizon_us = await self._reads.value(_HORIZON)
        if place is None:
            return Heads([], _mark(horizon_us, horizon_us), is_end=True)
        next_us, *at = place
        if at[1:] == [_NO_HASH, 0]:  # a pass begins: the next one goes on from what is settled by now
            next_us, at[0] = horizon_us, min(at[0], horizon_us)
        rows = await self._reads.fetch(_CHANGED, self._stream_id, *at, limit)
        heads = [SubjectHead(*row[4:]) for row in rows if row[4] is not None]  # others were forgotten
        if not rows or rows[0][0] < limit:
            return Heads(heads, _mark(next_us, next_us), is_end=True)
        return Heads(heads, _mark(next_us, *rows[0][1:4]), is_end=False)

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """All subjects, in the order of their hashes."""
        rows = await self._reads.fetch(_SUBJECTS, self._stream_id, mark[:HASH_BYTES].ljust(HASH_BYTES, b"\0"), limit)
        heads = [SubjectHead(*row) for row in rows]
        is_end = len(heads) < limit
        return Heads(heads, b"" if is_end else heads[-1].subject_hash, is_end)


def _columns(ranges: Sequence[SubjectRange]) -> tuple[list[bytes], list[int], list[int]]:
    return ([each.key.subject_hash for each in ranges], [each.after for each in ranges], [each.upto for each in ranges])


def _answers(
    ranges: Sequence[SubjectRange], rows: Sequence[Any], bytes_max: int, limits: Sequence[int]
) -> list[RangeRead]:
    found: list[list[StoredEvent]] = [[] for _ in ranges]
    heads = [0] * len(ranges)
    size_bytes = cut_at = 0
    for number, head, sequence, at_us, kind, data, source, event_id, time_us, content_type, more in rows:
        heads[number - 1] = head
        if sequence is None:
            continue
        key = ranges[number - 1].key
        found[number - 1].append(
            StoredEvent(
                key.subject,
                key.subject_hash,
                sequence,
                at_us,
                kind,
                data,
                source or "",
                event_id or "",
                time_us or 0,
                content_type or "",
                more or b"",
            )
        )
        size_bytes += len(data)
        cut_at = number
    if size_bytes < bytes_max:
        cut_at = len(ranges) + 1  # nothing was left out
    return [
        RangeRead(events, _scanned(each, events, head, is_cut=number == cut_at or len(events) == limit))
        for number, (each, events, head, limit) in enumerate(zip(ranges, found, heads, limits, strict=True), 1)
    ]


def _scanned(each: SubjectRange, events: Sequence[StoredEvent], head: int, *, is_cut: bool) -> int:
    """A range that nothing was said about has a head of 0 here, and stays where it is."""
    last = events[-1].sequence if events else each.after
    return last if is_cut else max(last, min(each.upto, head))


def _mark(next_us: int, at_us: int, subject_hash: bytes = _NO_HASH, sequence: int = 0) -> bytes:
    """Where the next pass begins, and where this one stands: at the place of an event, or at its own beginning."""
    return _MARK.pack(_MARK_FORM, next_us, at_us, subject_hash, sequence)


def _place(mark: bytes) -> "list[Any] | None":
    """None: no mark of this source, which is as good as none."""
    if len(mark) != _MARK.size or mark[0] != _MARK_FORM:
        return None
    return list(_MARK.unpack(mark)[1:])
