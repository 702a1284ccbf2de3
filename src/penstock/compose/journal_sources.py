"""Where the events of streams stand when nobody has sources of their own: in the native journal."""

from typing import Protocol

from penstock.model.event import StreamId
from penstock.ports.event_source import EventSource


class _Store(Protocol):
    def journal_source(self, stream_id: StreamId, /) -> EventSource: ...


class JournalSources:
    """`SourceBook` for a platform without sources of its users."""

    def __init__(self, store: _Store) -> None:
        self._store = store
        self._made: dict[StreamId, EventSource] = {}

    def source_of(self, stream_id: StreamId) -> EventSource:
        """The journal's events of that stream."""
        if stream_id not in self._made:
            self._made[stream_id] = self._store.journal_source(stream_id)
        return self._made[stream_id]
