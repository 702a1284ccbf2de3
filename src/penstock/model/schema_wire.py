"""How a payload says which schema it was written by: the wire formats of the Confluent Schema Registry.

A prefix of one magic byte and the schema's number or GUID; for Protobuf the place of the message in its file follows,
as a list of zigzag varints, of which a single 0 stands for the first message. Or the same in a header, and the payload
as it is.
"""

import struct
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.model.errors import InvalidInput

BY_NUMBER: Final = 0
BY_GUID: Final = 1
KEY_HEADER: Final = "__key_schema_id"
VALUE_HEADER: Final = "__value_schema_id"
GUID_BYTES: Final = 16
FIRST_MESSAGE: Final[tuple[int, ...]] = (0,)
_NUMBER: Final = struct.Struct(">I")
_INDEXES_MAX: Final = 64
_INDEX_MAX: Final = 2**31 - 1


class SchemaNamed(Struct, frozen=True):
    """The schema that a payload was written by. `number` or `guid` says which; the other one is None."""

    number: int | None
    guid: bytes | None
    message: tuple[int, ...] = FIRST_MESSAGE
    """for Protobuf: the index of the message in its file, then of each message inside the one before"""


def with_prefix(named: SchemaNamed, payload: bytes, of_message: bool) -> bytes:
    """The payload with its prefix; `of_message`: the schema is Protobuf's, so the message is named too."""
    return prefix(named, of_message) + payload


def prefix(named: SchemaNamed, of_message: bool) -> bytes:
    """What stands before a payload, or in its header."""
    if named.guid is not None:
        head = bytes([BY_GUID]) + named.guid
    else:
        assert named.number is not None
        head = bytes([BY_NUMBER]) + _NUMBER.pack(named.number)
    return head + (_indexes_written(named.message) if of_message else b"")


def is_prefixed(data: bytes) -> bool:
    """Whether it begins like a prefix. No JSON text does; plain Avro and Protobuf may: for them it is a convention."""
    return data[:1] in (b"\x00", b"\x01")


def without_prefix(data: bytes, field: str, of_message: bool) -> tuple[SchemaNamed, bytes]:
    """The schema that is named and the payload; raises `InvalidInput(field, ...)` for what is no prefix."""
    magic = data[0] if data else None
    if magic == BY_NUMBER and len(data) >= 1 + _NUMBER.size:
        end = 1 + _NUMBER.size
        number, guid = _NUMBER.unpack_from(data, 1)[0], None
    elif magic == BY_GUID and len(data) >= 1 + GUID_BYTES:
        end = 1 + GUID_BYTES
        number, guid = None, data[1:end]
    elif magic in (BY_NUMBER, BY_GUID):
        raise InvalidInput(field, f"ends within the name of its schema: it has {len(data)} bytes")
    else:
        said = "nothing" if magic is None else f"byte {magic}"
        raise InvalidInput(field, f"must begin with byte 0 and a schema's number, or 1 and its GUID; it has {said}")
    message = FIRST_MESSAGE
    if of_message:
        message, end = _indexes_read(data, end, field)
    return SchemaNamed(number, guid, message), data[end:]


def in_header(data: bytes, field: str, of_message: bool) -> SchemaNamed:
    """The schema that a header names; raises `InvalidInput(field, ...)`, also for what follows."""
    named, rest = without_prefix(data, field, of_message)
    if rest:
        raise InvalidInput(field, f"has {len(rest)} bytes after the name of the schema")
    return named


def _indexes_written(message: Sequence[int]) -> bytes:
    if tuple(message) == FIRST_MESSAGE:
        return b"\x00"
    return b"".join(_varint(each) for each in (len(message), *message))


def _varint(value: int) -> bytes:
    bits = value << 1
    out = bytearray()
    while bits >= 0x80:
        out.append((bits & 0x7F) | 0x80)
        bits >>= 7
    out.append(bits)
    return bytes(out)


def _indexes_read(data: bytes, at: int, field: str) -> tuple[tuple[int, ...], int]:
    count, at = _read_varint(data, at, field)
    if count == 0:
        return FIRST_MESSAGE, at
    if not 0 < count <= _INDEXES_MAX:
        raise InvalidInput(field, f"names its message by {count} indexes; there may be 1 to {_INDEXES_MAX}")
    found = []
    for _ in range(count):
        index, at = _read_varint(data, at, field)
        if index < 0:
            raise InvalidInput(field, f"names its message by the index {index}")
        found.append(index)
    return tuple(found), at


def _read_varint(data: bytes, at: int, field: str) -> tuple[int, int]:
    bits = shift = 0
    while at < len(data):
        byte = data[at]
        at += 1
        bits |= (byte & 0x7F) << shift
        if byte < 0x80:
            value = (bits >> 1) ^ -(bits & 1)
            if abs(value) > _INDEX_MAX:
                break
            return value, at
        shift += 7
        if shift > 35:
            break
    else:
        raise InvalidInput(field, "ends within the indexes of its message")
    raise InvalidInput(field, "names its message by an index that is no number of 32 bits")
