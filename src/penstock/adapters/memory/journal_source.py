"""The native journal in memory, as a source."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from penstock.adapters.memory.bounded_reads import whole_ranges
from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.event import HASH_BYTES, StoredEvent, StreamId
from penstock.ports.event_source import Heads, RangeRead, SubjectKey, SubjectRange

if TYPE_CHECKING:
    from penstock.model.stream import SubjectHead

_NUMBER_BYTES = 8


class MemoryJournalSource:
    """`EventSource` of one stream over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip, stream_id: StreamId) -> None:
        self._cluster, self._trip, self._stream_id = cluster, trip, stream_id

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        return await self._trip("source.read", lambda: self._read(ranges, bytes_max))

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        return await self._trip("source.read_latest", lambda: self._read_latest(ranges, bytes_max))

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        return await self._trip("source.heads", lambda: [self._head(key.subject_hash) for key in keys])

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        return await self._trip("source.positions_at", lambda: [self._position(key, at_us) for key in keys])

    async def changed(self, mark: bytes, limit: int) -> Heads:
        return await self._trip("source.changed", lambda: self._changed(mark, limit))

    async def scan(self, mark: bytes, limit: int) -> Heads:
        return await self._trip("source.scan", lambda: self._scan(mark, limit))

    def _read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        found = [self._events(each) for each in ranges]
        heads = [self._head(each.key.subject_hash) for each in ranges]
        return whole_ranges(ranges, found, heads, bytes_max)

    def _read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        found = [self._events(each)[-1:] for each in ranges]
        heads = [self._head(each.key.subject_hash) for each in ranges]
        return whole_ranges(ranges, found, heads, bytes_max)

    def _events(self, each: SubjectRange) -> list[StoredEvent]:
        kept = self._cluster.events.get((self._stream_id, each.key.subject_hash), ())
        return [event for event in kept if each.after < event.sequence <= each.upto]

    def _head(self, subject_hash: bytes) -> int:
        head = self._cluster.heads.get((self._stream_id, subject_hash))
        return head.sequence if head else 0

    def _position(self, key: SubjectKey, at_us: int) -> int:
        events = self._cluster.events.get((self._stream_id, key.subject_hash), ())
        for number, event in enumerate(events):
            if event.appended_at_us > at_us:
                return event.sequence - 1 if number else 0
        return self._head(key.subject_hash)

    def _changed(self, mark: bytes, limit: int) -> Heads:
        """A mark is how many events of all streams had been seen."""
        end = len(self._cluster.appended)
        if len(mark) != _NUMBER_BYTES:
            return Heads([], end.to_bytes(_NUMBER_BYTES, "big"), is_end=True)
        begin = int.from_bytes(mark, "big")
        seen: dict[bytes, SubjectHead] = {}
        for at, place in enumerate(self._cluster.appended[begin:], begin):
            if len(seen) == limit:
                return Heads(list(seen.values()), at.to_bytes(_NUMBER_BYTES, "big"), is_end=False)
            if place[0] == self._stream_id and place in self._cluster.heads:
                seen[place[1]] = self._cluster.heads[place]
        return Heads(list(seen.values()), end.to_bytes(_NUMBER_BYTES, "big"), is_end=True)

    def _scan(self, mark: bytes, limit: int) -> Heads:
        after = mark[:HASH_BYTES]
        places = sorted(place for place in self._cluster.heads if place[0] == self._stream_id and place[1] > after)
        is_end = len(places) <= limit
        page = [self._cluster.heads[place] for place in places[:limit]]
        return Heads(page, b"" if is_end else page[-1].subject_hash, is_end)
