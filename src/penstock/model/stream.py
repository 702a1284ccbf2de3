"""Streams: what is known of one, and how long it keeps its events."""

import math

from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.event import StreamId
from penstock.model.limits import STREAM_KEEP_S_MAX, STREAM_KEEP_S_MIN
from penstock.model.stream_hold import StreamHold


class Stream(Struct, frozen=True):
    """A stream and its settings."""

    id: StreamId
    name: str
    created_at_us: int
    keep_s: float
    """how long its events are kept at least; 0: as long as the platform keeps those of any stream"""
    hold: StreamHold = StreamHold()
    """for how long it keeps those that cursors have not passed"""
    schema_subject: str = ""
    """of the schema registry: its schemas are those of the events' data; "": any data is taken"""


class StreamCount(Struct, frozen=True):
    """A stream and what stands in it, each counted up to `limits.STREAM_COUNT_MAX`."""

    stream: Stream
    subjects: int
    events: int
    newest_at_us: int
    """when the last event was stored; 0: there is none"""


class SubjectHead(Struct, frozen=True):
    """How far a subject has come."""

    subject: str
    subject_hash: bytes
    sequence: int
    appended: int
    """events that were stored since its first sequence was given"""
    appended_at_us: int


def check_keep_s(keep_s: float, field: str = "keep_s") -> float:
    """A stream's retention in seconds, 0 for the platform's; raises `InvalidInput`."""
    if keep_s and not (math.isfinite(keep_s) and STREAM_KEEP_S_MIN <= keep_s <= STREAM_KEEP_S_MAX):
        raise InvalidInput(
            field,
            f"{keep_s:g} s are outside of 1 hour to {STREAM_KEEP_S_MAX // 86_400} days; 0 is what the platform keeps",
        )
    return keep_s
