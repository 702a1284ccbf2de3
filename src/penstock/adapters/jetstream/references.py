"""The body of a lane's message: when, then who.

8 bytes  enqueue time, microseconds since 1970, big-endian, signed
1 byte   form: 0 none is alone, 1 one byte each (0 or 1) follows the ids
16 bytes for each id, in order
"""

import struct
from collections.abc import Sequence
from typing import Final

from penstock.model.identity import ID_BYTES
from penstock.model.task import Reference

_HEAD: Final = struct.Struct(">qB")
_ID: Final = struct.Struct(f"{ID_BYTES}s")
_PLAIN: Final = 0
_WITH_ALONE: Final = 1


class Unreadable(ValueError):
    """Bytes that no Penstock has written."""


def encode(references: Sequence[Reference], enqueued_at_us: int) -> bytes:
    """One message's body."""
    ids = [reference.id for reference in references]
    flags = bytes([reference.alone for reference in references])
    if 1 not in flags:
        return b"".join((_HEAD.pack(enqueued_at_us, _PLAIN), *ids))
    return b"".join((_HEAD.pack(enqueued_at_us, _WITH_ALONE), *ids, flags))


def enqueue_time(body: bytes) -> int:
    """The enqueue time alone; raises `Unreadable`."""
    if len(body) < _HEAD.size:
        raise Unreadable(f"{len(body)} bytes are too few")
    return int(_HEAD.unpack_from(body)[0])


def decode(body: bytes) -> tuple[int, list[Reference]]:
    """Enqueue time and references; raises `Unreadable`."""
    enqueued_at_us = enqueue_time(body)
    form = body[_HEAD.size - 1]
    length = len(body) - _HEAD.size
    each = {_PLAIN: ID_BYTES, _WITH_ALONE: ID_BYTES + 1}.get(form)
    if each is None or length % each:
        raise Unreadable(f"form {form} with {length} bytes")
    end = _HEAD.size + length // each * ID_BYTES
    # This is the hot line of the queue: unpacking beats slicing three to one.
    ids = _ID.iter_unpack(memoryview(body)[_HEAD.size : end])
    if form == _PLAIN:
        return enqueued_at_us, [Reference(task_id) for (task_id,) in ids]
    return enqueued_at_us, [Reference(task_id, alone != 0) for (task_id,), alone in zip(ids, body[end:], strict=True)]
