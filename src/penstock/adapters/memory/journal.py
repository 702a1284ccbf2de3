"""The journal in memory."""

from collections.abc import Sequence

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.rows import EventKeyRow, PublishTokenRow
from penstock.adapters.memory.trip import Trip
from penstock.model.errors import InvalidInput
from penstock.model.event import ANY_SEQUENCE, NewEvent, StoredEvent, StreamId
from penstock.model.stream import SubjectHead
from penstock.ports.journal import AppendReply, AppendRequest, Position, Unmet


class MemoryJournal:
    """`Journal` over a `MemoryCluster`."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip

    async def append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        return await self._trip("journal.append", lambda: self._append(requests))

    async def read(
        self, stream_id: StreamId, subject_hash: bytes, after: int, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        return await self._trip("journal.read", lambda: self._read(stream_id, subject_hash, after, limit, bytes_max))

    async def latest(
        self, stream_id: StreamId, before: Position | None, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        return await self._trip("journal.latest", lambda: self._latest(stream_id, before, limit, bytes_max))

    async def head(self, stream_id: StreamId, subject_hash: bytes) -> int:
        return await self._trip("journal.head", lambda: self._head(stream_id, subject_hash))

    def _append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        for request in requests:
            for event in request.events:
                _refuse_what_no_store_keeps(event)
        return [self._append_call(request) for request in requests]

    def _append_call(self, request: AppendRequest) -> AppendReply:
        place = (request.namespace_id, request.token)
        stands = self._cluster.publish_tokens.get(place) if request.token else None
        if stands is not None:
            return stands.reply if stands.content_hash == request.content_hash else AppendReply(token_conflict=True)
        conflict = self._unmet(request)
        if conflict is not None:
            return AppendReply(conflict=conflict)
        reply = AppendReply([], [])
        for position, event in enumerate(request.events):
            known = self._known(event)
            if known:
                reply.existing.append(position)
            reply.sequences.append(known or self._store(event, request.id_window_s))
        if request.token:
            self._cluster.publish_tokens[place] = PublishTokenRow(request.content_hash, reply)
        return reply

    def _unmet(self, request: AppendRequest) -> Unmet | None:
        """A subject that begins now begins at the clock."""
        reached: dict[tuple[StreamId, bytes], int] = {}
        seen: set[bytes] = set()
        for position, event in enumerate(request.events):
            if self._known(event) or (event.key and event.key in seen):
                continue
            seen.add(event.key)
            place = (event.stream_id, event.subject_hash)
            now = reached.get(place, self._head(*place))
            if event.expected not in (ANY_SEQUENCE, now):
                return Unmet(position, now)
            reached[place] = now + 1 if now else self._cluster.now_us()
        return None

    def _known(self, event: NewEvent) -> int:
        row = self._cluster.event_keys.get((event.stream_id, event.key)) if event.key else None
        return row.sequence if row is not None and row.expires_at_us > self._cluster.now_us() else 0

    def _store(self, event: NewEvent, id_window_s: int) -> int:
        place, now_us = (event.stream_id, event.subject_hash), self._cluster.now_us()
        head = self._cluster.heads.get(place)
        sequence = head.sequence + 1 if head else now_us
        self._cluster.heads[place] = SubjectHead(
            event.subject, event.subject_hash, sequence, head.appended + 1 if head else 1, now_us
        )
        self._cluster.events.setdefault(place, []).append(_stored(event, sequence, now_us))
        self._cluster.appended.append(place)
        if event.key:
            row = EventKeyRow(sequence, now_us + id_window_s * 1_000_000)
            self._cluster.event_keys[(event.stream_id, event.key)] = row
        return sequence

    def _read(
        self, stream_id: StreamId, subject_hash: bytes, after: int, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        events = self._cluster.events.get((stream_id, subject_hash), ())
        return _bounded([event for event in events if event.sequence > after][:limit], bytes_max)

    def _latest(self, stream_id: StreamId, before: Position | None, limit: int, bytes_max: int) -> list[StoredEvent]:
        events = [each for place, kept in self._cluster.events.items() if place[0] == stream_id for each in kept]
        if before is not None:
            last = (before.appended_at_us, before.subject_hash, before.sequence)
            events = [each for each in events if _place(each) < last]
        return _bounded(sorted(events, key=_place, reverse=True)[:limit], bytes_max)

    def _head(self, stream_id: StreamId, subject_hash: bytes) -> int:
        head = self._cluster.heads.get((stream_id, subject_hash))
        return head.sequence if head else 0


def _bounded(events: Sequence[StoredEvent], bytes_max: int) -> list[StoredEvent]:
    found: list[StoredEvent] = []
    size_bytes = 0
    for event in events:
        if size_bytes < bytes_max:
            found.append(event)
            size_bytes += len(event.data)
    return found


def _place(event: StoredEvent) -> tuple[int, bytes, int]:
    return event.appended_at_us, event.subject_hash, event.sequence


def _stored(event: NewEvent, sequence: int, now_us: int) -> StoredEvent:
    return StoredEvent(
        event.subject,
        event.subject_hash,
        sequence,
        now_us,
        event.type,
        event.data,
        event.source,
        event.id,
        event.time_us,
        event.content_type,
        event.extensions,
    )


def _refuse_what_no_store_keeps(event: NewEvent) -> None:
    for text in (event.subject, event.type, event.source, event.id, event.content_type):
        if "\x00" in text or any(0xD800 <= ord(c) <= 0xDFFF for c in text):
            raise InvalidInput("request", "the store cannot keep a NUL or a lone surrogate in a text")
