"""Which source each stream has."""

from typing import Protocol

from penstock.model.event import StreamId
from penstock.ports.event_source import EventSource


class SourceBook(Protocol):
    """Fixed while a process runs."""

    def source_of(self, stream_id: StreamId) -> EventSource:
        """Where the events of a stream stand: the source that was declared for it, else the native journal."""
