"""Events: what is published, what is kept of it, and what a reader is told. The words are those of CloudEvents 1.0."""

from collections.abc import Sequence
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
_ENVELOPE_BYTES: Final = 32
"""about what an event weighs on the wire besides its texts and data"""
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


def weight_bytes(events: Sequence[Event]) -> int:
    """About what they weigh in a message."""
    weight = _ENVELOPE_BYTES * len(events)
    for event in events:
        weight += len(event.data) + len(event.id) + len(event.source) + len(event.type)
        if event.extensions:
            weight += sum([len(name) + len(value) for name, value in event.extensions.items()])
    return weight


def told(stream: str, stored: StoredEvent) -> Event:
    """What was left out has its meaning."""
    return Event(
        stream,
        stored.subject,
        stored.sequence,
        stored.appended_at_us,
        stored.source or default_source(stream),
        stored.id or place_id(stream, stored.subject_hash, stored.sequence),
        stored.type,
        stored.time_us or stored.appended_at_us,
        stored.content_type or JSON,
        stored.data,
        _EXTENSIONS.decode(stored.extensions) if stored.extensions else {},
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
