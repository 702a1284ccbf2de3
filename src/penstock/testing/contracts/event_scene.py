"""The stage of the journal's ideas: short ways to append events and to read them."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from penstock.model.event import NewEvent, StoredEvent, StreamId, event_key, hash_of_subject
from penstock.model.identity import bucket_of_key
from penstock.ports.journal import AppendReply, AppendRequest
from penstock.testing.contracts.scene import Scene

MANY = 1_000
ALL_BYTES = 1 << 30


async def stream_of(scene: Scene, name: str = "files") -> StreamId:
    """A stream's number; made when it is new."""
    return (await scene.store.streams.resolve(scene.namespace_id, [name]))[name]


def event(stream_id: StreamId, subject: str = "a.txt", data: bytes = b"1", **fields: Any) -> NewEvent:
    """An event of the type `changed`; with an `id`, its key is that of the source `disk`."""
    plain = NewEvent(stream_id, subject, hash_of_subject(subject), bucket_of_key(subject.encode()), "changed", data)
    if fields.get("id"):
        fields.setdefault("source", "disk")
        fields.setdefault("key", event_key(fields["source"], fields["id"]))
    return structs.replace(plain, **fields)


def request(
    scene: Scene, events: Sequence[NewEvent], token: bytes = b"", content_hash: bytes = b"", id_window_s: int = 3600
) -> AppendRequest:
    """One call of the scene's namespace."""
    return AppendRequest(scene.namespace_id, list(events), token, content_hash, id_window_s)


async def append(scene: Scene, *events: NewEvent, **fields: Any) -> AppendReply:
    """One call in a trip of its own."""
    (reply,) = await scene.store.journal.append([request(scene, events, **fields)])
    return reply


async def events_of(scene: Scene, stream_id: StreamId, subject: str = "a.txt", after: int = 0) -> list[StoredEvent]:
    """All that stands of a subject after a sequence."""
    return await scene.store.journal.read(stream_id, hash_of_subject(subject), after, MANY, ALL_BYTES)


async def head_of(scene: Scene, stream_id: StreamId, subject: str = "a.txt") -> int:
    """The last sequence of a subject."""
    return await scene.store.journal.head(stream_id, hash_of_subject(subject))
