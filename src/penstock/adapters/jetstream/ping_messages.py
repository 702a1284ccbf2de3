"""The body of a ping message: pings in columns, no more than fit in a message of moderate size."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec
from msgspec import Struct

from penstock.adapters.jetstream.references import Unreadable
from penstock.model.event import StreamId

PINGS_PER_MESSAGE_MAX: Final = 500
_MESSAGE_BYTES_MAX: Final = 64 * 1024

PingPlace = tuple[StreamId, str]
"""A stream and a subject."""


class _Body(Struct, frozen=True, array_like=True):
    streams: list[int]
    """one for each, or one for all"""
    subjects: list[str]
    sequences: list[int]


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Body)


def encode(reached: Mapping[PingPlace, int]) -> Iterator[tuple[bytes, int]]:
    """As few bodies as their sizes allow, each with how many pings it holds."""
    streams: list[int] = []
    subjects: list[str] = []
    sequences: list[int] = []
    size_bytes = 0
    for (stream_id, subject), sequence in reached.items():
        size_bytes += 16 + 4 * len(subject)
        if len(subjects) == PINGS_PER_MESSAGE_MAX or (subjects and size_bytes > _MESSAGE_BYTES_MAX):
            yield _body(streams, subjects, sequences)
            streams, subjects, sequences = [], [], []
            size_bytes = 16 + 4 * len(subject)
        streams.append(stream_id)
        subjects.append(subject)
        sequences.append(sequence)
    if subjects:
        yield _body(streams, subjects, sequences)


def decode(body: bytes) -> list[tuple[PingPlace, int]]:
    """What is in a body; raises `Unreadable`."""
    try:
        pings = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Unreadable(str(error)) from None
    count = len(pings.subjects)
    streams = pings.streams * count if len(pings.streams) == 1 else pings.streams
    if len(streams) != count or len(pings.sequences) != count:
        raise Unreadable(f"{len(streams)} streams, {count} subjects and {len(pings.sequences)} sequences")
    places = zip(map(StreamId, streams), pings.subjects, strict=True)
    return list(zip(places, pings.sequences, strict=True))


def _body(streams: list[int], subjects: list[str], sequences: list[int]) -> tuple[bytes, int]:
    if streams.count(streams[0]) == len(streams):
        streams = streams[:1]
    return _ENCODER.encode(_Body(streams, subjects, sequences)), len(subjects)
