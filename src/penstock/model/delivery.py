"""Deliveries: work on a subject for a subscription. It travels the lanes as a task does, and its id tells it apart.

Theory of operation. For each <subscription, subject> there is one row. It is trigger, cursor and known head in one: at
most one delivery of a subject is under way, so its events are handed over in order and never twice at the same time.
Its id is made of subscription and subject, so whoever knows both knows the row.

Where order does not matter, an event that fails is set aside: it gets a row of its own, whose subject ends with it and
begins just before it. That is tried again as any other delivery is, while its subject's row goes on.
"""

from hashlib import blake2b
from typing import Final

from msgspec import Struct

from penstock.model.event import StreamId
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId

_VERSION_AT: Final = 6
_VERSION: Final = 0x80
"""UUIDv8: a layout of one's own (RFC 9562 section 5.8). Tasks have version 7."""
_REPLAY_AT: Final = 8
_REPLAY: Final = 0x40
_ASIDE: Final = 0x90
"""of a row for an event that was set aside"""
_NUMBER_BYTES: Final = 8


def delivery_id(lambda_id: LambdaId, stream_id: StreamId, subject_hash: bytes, bucket: int) -> TaskId:
    """The id of the one row of a <subscription, subject>. Stable for ever; its bucket stands where a task's does."""
    place = lambda_id.to_bytes(8, "big") + stream_id.to_bytes(8, "big") + subject_hash
    raw = bytearray(blake2b(place, digest_size=16).digest())
    raw[6] = _VERSION | (raw[6] & 0x0F)
    raw[8] = 0x80 | (bucket >> 4)
    raw[9] = ((bucket & 0x0F) << 4) | (raw[9] & 0x0F)
    return TaskId(bytes(raw))


def is_delivery(task_id: TaskId) -> bool:
    """Whether the id is a delivery's; otherwise it is a task's."""
    return task_id[_VERSION_AT] & 0xE0 == _VERSION  # or `_ASIDE`


def aside_id(task_id: TaskId, sequence: int) -> TaskId:
    """The id of the row for one event of a delivery's subject that was set aside; its bucket is the delivery's."""
    raw = bytearray(blake2b(task_id + sequence.to_bytes(_NUMBER_BYTES, "big"), digest_size=16).digest())
    raw[6] = _ASIDE | (raw[6] & 0x0F)
    raw[8] = task_id[8]
    raw[9] = (task_id[9] & 0xF0) | (raw[9] & 0x0F)
    return TaskId(bytes(raw))


def is_aside(task_id: TaskId) -> bool:
    """Whether the row is that of an event that was set aside."""
    return task_id[_VERSION_AT] & 0xF0 == _ASIDE


def replay_id(task_id: TaskId) -> TaskId:
    """The id of the row that hands a part of the same subject to the same subscription again. No UUID that is made by
    the book has these bits of its variant, so it is nobody else's.
    """
    raw = bytearray(task_id)
    raw[_REPLAY_AT] |= _REPLAY
    return TaskId(bytes(raw))


def is_replay(task_id: TaskId) -> bool:
    """Whether a delivery's id is that of a replay."""
    return task_id[_REPLAY_AT] & _REPLAY != 0


def replayed_id(task_id: TaskId) -> TaskId:
    """The id of the row that a replay stands beside."""
    raw = bytearray(task_id)
    raw[_REPLAY_AT] &= ~_REPLAY
    return TaskId(bytes(raw))


class Span(Struct, frozen=True, gc=False):
    """The part of a subject that one delivery hands over: what its source has after `after`, up to and with `upto`."""

    stream: str
    subject: str
    after: int
    """the cursor when it was claimed"""
    upto: int
    """the highest sequence that the read looked at in the source, events that are not wanted included: where the cursor
    goes when all of it is done"""
