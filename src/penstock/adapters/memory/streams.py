"""Streams in memory."""

from collections.abc import Sequence

from msgspec import structs

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.model.event import StreamId
from penstock.model.limits import STREAM_COUNT_MAX
from penstock.model.stream import Stream, StreamCount, SubjectHead
from penstock.model.stream_hold import NO_CHANGE, HoldChange


class MemoryStreams:
    """`Streams` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def resolve(self, namespace_id: int, names: Sequence[str]) -> dict[str, StreamId]:
        return await self._trip(
            "streams.resolve", lambda: {name: self._made(namespace_id, name).id for name in sorted(set(names))}
        )

    async def find(self, namespace_id: int, name: str) -> Stream | None:
        return await self._trip("streams.find", lambda: self._cluster.streams.get((namespace_id, name)))

    async def keep(self, namespace_id: int, name: str, keep_s: float, hold: HoldChange = NO_CHANGE) -> Stream:
        return await self._trip("streams.keep", lambda: self._keep(namespace_id, name, keep_s, hold))

    async def name_schema(self, namespace_id: int, name: str, subject: str) -> Stream:
        return await self._trip("streams.name_schema", lambda: self._name_schema(namespace_id, name, subject))

    async def schema_subjects(self) -> dict[tuple[int, str], str]:
        return await self._trip("streams.schema_subjects", self._schema_subjects)

    async def page(self, namespace_id: int, after: str, limit: int) -> list[StreamCount]:
        return await self._trip("streams.page", lambda: self._page(namespace_id, after, limit))

    async def count(self, namespace_id: int, name: str) -> StreamCount | None:
        return await self._trip("streams.count", lambda: self._count_of(namespace_id, name))

    async def subjects(self, stream_id: StreamId, after: bytes, limit: int) -> Sequence[SubjectHead]:
        return await self._trip("streams.subjects", lambda: self._subjects(stream_id, after, limit))

    def _made(self, namespace_id: int, name: str) -> Stream:
        streams = self._cluster.streams
        new = Stream(StreamId(len(streams) + 1), name, self._cluster.now_us(), 0.0)
        return streams.setdefault((namespace_id, name), new)

    def _keep(self, namespace_id: int, name: str, keep_s: float, change: HoldChange) -> Stream:
        made = self._made(namespace_id, name)
        changed = {field: value for field, value in structs.asdict(change).items() if value is not None}
        stream = structs.replace(made, keep_s=keep_s, hold=structs.replace(made.hold, **changed))
        self._cluster.streams[(namespace_id, name)] = stream
        return stream

    def _name_schema(self, namespace_id: int, name: str, subject: str) -> Stream:
        stream = structs.replace(self._made(namespace_id, name), schema_subject=subject)
        self._cluster.streams[(namespace_id, name)] = stream
        return stream

    def _schema_subjects(self) -> dict[tuple[int, str], str]:
        streams = self._cluster.streams
        return {place: each.schema_subject for place, each in streams.items() if each.schema_subject}

    def _page(self, namespace_id: int, after: str, limit: int) -> list[StreamCount]:
        names = sorted(name for of, name in self._cluster.streams if of == namespace_id and name > after)
        return [self._count(self._cluster.streams[(namespace_id, name)]) for name in names[:limit]]

    def _count_of(self, namespace_id: int, name: str) -> StreamCount | None:
        stream = self._cluster.streams.get((namespace_id, name))
        return None if stream is None else self._count(stream)

    def _count(self, stream: Stream) -> StreamCount:
        cluster = self._cluster
        subjects = sum(place[0] == stream.id for place in cluster.heads)
        kept = [each for place, events in cluster.events.items() if place[0] == stream.id for each in events]
        newest_us = max((each.appended_at_us for each in kept), default=0)
        return StreamCount(stream, min(subjects, STREAM_COUNT_MAX), min(len(kept), STREAM_COUNT_MAX), newest_us)

    def _subjects(self, stream_id: StreamId, after: bytes, limit: int) -> list[SubjectHead]:
        places = sorted(place for place in self._cluster.heads if place[0] == stream_id and place[1] > after)
        return [self._cluster.heads[place] for place in places[:limit]]
