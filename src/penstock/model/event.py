"""Events: what is published, what is kept of it, and what a reader is told. The words are those of CloudEvents 1.0."""

from hashlib import blake2b
from typing import Final, NewType

import msgspec
from msgspec import Struct

StreamId = NewType("StreamId", int)
"""The store's number of a stream; each belongs to one namespace."""

JSON: Final = "application/json"
"""The content type of data that names none."""
ANY_SEQUENCE: Final = -1
"""No sequence is expected."""
HASH_BYTES: Final = 16
_EXTENSIONS: Final = msgspec.json.Decoder(dict[str, str])


class NewEvent(Struct, frozen=True, gc=False):
    """One event on its way into the journal, checked."""

    stream_id: StreamId
    subject: str
    subject_hash: bytes
    bucket: int
    type: str
    data: bytes
    source: str = ""
    """"": the stream's own, `default_source`"""
    id: str = ""
    """"": it is known by where it stands, `place_id`"""
    key: bytes = b""
    """of source and id, `event_key`; empty: the event has no id of its own, and none is looked for"""
    time_us: int = 0
    """when it happened; 0: when it was stored"""
    content_type: str = ""
    """"": `JSON`"""
    extensions: bytes = b""
    """`encode_extensions`"""
    expected: int = ANY_SEQUENCE
    """the sequence that its subject must have reached just before it, 0: none"""


class StoredEvent(Struct, frozen=True, gc=False):
    """One event as the journal keeps it: what was left out is empty."""

    subject: str
    subject_hash: bytes
    sequence: int
    appended_at_us: int
    type: str
    data: bytes
    source: str = ""
    id: str = ""
    time_us: int = 0
    content_type: str = ""
    extensions: bytes = b""


class Event(Struct, frozen=True):
    """One event as a reader is told of it: a CloudEvent, with its place in the stream."""

    stream: str
    subject: str
    sequence: int
    appended_at_us: int
    source: str
    id: str
    type: str
    time_us: int
    content_type: str
    data: bytes
    extensions: dict[str, str]

    @property
    def size_bytes(self) -> int:
        """About what it weighs in a message."""
        more = sum([len(name) + len(value) for name, value in self.extensions.items()]) if self.extensions else 0
        return len(self.data) + len(self.id) + len(self.source) + len(self.type) + more + 32


def told(stream: str, stored: StoredEvent) -> Event:
    """What was left out has its meaning."""
    return Event(
        stream=stream,
        subject=stored.subject,
        sequence=stored.sequence,
        appended_at_us=stored.appended_at_us,
        source=stored.source or default_source(stream),
        id=stored.id or place_id(stream, stored.subject_hash, stored.sequence),
        type=stored.type,
        time_us=stored.time_us or stored.appended_at_us,
        content_type=stored.content_type or JSON,
        data=stored.data,
        extensions=_EXTENSIONS.decode(stored.extensions) if stored.extensions else {},
    )


def default_source(stream: str) -> str:
    """The source of an event that names none."""
    return f"/streams/{stream}"


def place_id(stream: str, subject_hash: bytes, sequence: int) -> str:
    """The id of an event that came without one: its place, which no other has."""
    return f"{stream}/{subject_hash.hex()}/{sequence}"


def hash_of_subject(subject: str) -> bytes:
    """16 bytes that stand for a subject where an index needs it. Stable for ever."""
    return blake2b(subject.encode(), digest_size=HASH_BYTES).digest()


def event_key(source: str, event_id: str) -> bytes:
    """16 bytes that stand for a source and an id, by which a repeated event is known."""
    return blake2b(event_id.encode(), digest_size=HASH_BYTES, key=blake2b(source.encode()).digest()).digest()


def encode_extensions(extensions: dict[str, str]) -> bytes:
    """As they are kept: one JSON object, empty for none. The same attributes are always the same bytes."""
    return msgspec.json.encode(extensions, order="sorted") if extensions else b""
