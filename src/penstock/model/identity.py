"""Task ids: UUIDv7 whose time is the database's and which carry their bucket.

Layout (RFC 9562 section 5.7): 48 bits of milliseconds, version 7, 12 bits of counter,
variant, then 10 bits of bucket and 52 bits of chance. Ids made in one batch rise, so the
indexes they land in grow at their end.
"""

import hashlib
import struct
import uuid
from collections.abc import Sequence
from typing import Final, NewType, cast

from penstock.model.errors import InvalidInput

TaskId = NewType("TaskId", bytes)
"""The 16 bytes of the id. Bytes, because ids travel in columns of tens of thousands a second."""

ID_BYTES: Final = 16
BUCKETS: Final = 1024
_ID: Final = struct.Struct(f"{ID_BYTES}s")
_COUNTER_MAX: Final = 0xFFF
_VARIANT: Final = 1 << 63
_CHANCE_BITS: Final = (1 << 62) - 1
_BUCKET_MAX: Final = BUCKETS - 1
_BUCKET_AT: Final = 52


def bucket_of_key(routing_key: bytes) -> int:
    """The bucket, 0 to 1023, that a routing key hashes to. Stable for ever."""
    return int.from_bytes(hashlib.blake2b(routing_key, digest_size=2).digest(), "big") % BUCKETS


def bucket_of(task_id: TaskId) -> int:
    """The bucket written into an id."""
    return ((task_id[8] & 0x3F) << 4) | (task_id[9] >> 4)


def created_at_us(task_id: TaskId) -> int:
    """The time of creation in an id, in microseconds since 1970, to the millisecond."""
    return int.from_bytes(task_id[:6], "big") * 1000


def make_ids(minted_at_ms: int, seed: bytes, count: int, buckets: Sequence[int] | None = None) -> list[TaskId]:
    """`count` ids for one request: the same arguments give the same ids, so a call can be repeated.

    Without `buckets` each id's bucket is drawn from its own chance bits.
    """
    words = [0] * (2 * count)
    words[::2] = [
        ((minted_at_ms + index // (_COUNTER_MAX + 1)) << 16) | 0x7000 | (index & _COUNTER_MAX) for index in range(count)
    ]
    chance = struct.unpack(f">{count}Q", hashlib.shake_128(seed).digest(8 * count))
    words[1::2] = [word & _CHANCE_BITS | _VARIANT for word in chance]
    if buckets is not None:
        words[1::2] = [
            low & ~(_BUCKET_MAX << _BUCKET_AT) | (bucket << _BUCKET_AT)
            for low, bucket in zip(words[1::2], buckets, strict=True)
        ]
    return split_ids(struct.pack(f">{2 * count}Q", *words))


def text_of(task_id: TaskId) -> str:
    """The usual form with hyphens."""
    return str(uuid.UUID(bytes=task_id))


def parse_id(text: str) -> TaskId:
    """The id in any usual text form; raises `InvalidInput`."""
    try:
        return TaskId(uuid.UUID(text).bytes)
    except (ValueError, AttributeError, TypeError):
        raise InvalidInput("task_id", f"{text[:80]!r} is not a task id; copy it from `penstock tasks list`") from None


def id_of_bytes(raw: bytes, field: str = "task_id") -> TaskId:
    """An id from the wire; raises `InvalidInput` unless it is 16 bytes."""
    if len(raw) != ID_BYTES:
        raise InvalidInput(field, f"has {len(raw)} bytes; a task id has {ID_BYTES}")
    return TaskId(raw)


def split_ids(column: bytes, field: str = "task_ids") -> list[TaskId]:
    """Ids that travel as one string of bytes; raises `InvalidInput` on a broken length."""
    if len(column) % ID_BYTES:
        raise InvalidInput(field, f"has {len(column)} bytes, which is no multiple of {ID_BYTES}")
    return cast("list[TaskId]", [each for (each,) in _ID.iter_unpack(column)])
