"""Task ids: UUIDv7 whose time is the database's and which carry their bucket.

Layout (RFC 9562 section 5.7): 48 bits of milliseconds, version 7, 12 bits of counter,
variant, then 10 bits of bucket and 52 bits of chance. Ids made in one batch rise, so the
indexes they land in grow at their end.
"""

import hashlib
import uuid
from collections.abc import Sequence
from typing import Final, NewType

from penstock.model.errors import InvalidInput

TaskId = NewType("TaskId", bytes)
"""The 16 bytes of the id. Bytes, because ids travel in columns of tens of thousands a second."""

ID_BYTES: Final = 16
BUCKETS: Final = 1024
_COUNTER_MAX: Final = 0xFFF


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
    chance = hashlib.shake_128(seed).digest(8 * count)
    ids = []
    for index in range(count):
        high = ((minted_at_ms + index // (_COUNTER_MAX + 1)) << 16) | 0x7000 | (index & _COUNTER_MAX)
        low = int.from_bytes(chance[8 * index : 8 * index + 8], "big") & 0x3FFFFFFFFFFFFFFF | 0x8000000000000000
        if buckets is not None:
            low = low & ~(0x3FF << 52) | (buckets[index] << 52)
        ids.append(TaskId(high.to_bytes(8, "big") + low.to_bytes(8, "big")))
    return ids


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
    return [TaskId(column[at : at + ID_BYTES]) for at in range(0, len(column), ID_BYTES)]
