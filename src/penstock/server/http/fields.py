"""What each field of the wire is in JSON: one rule for a kind, held in requests, replies and the OpenAPI document.

A moment in microseconds is RFC 3339 in UTC, a span is seconds, an id is a UUID, a document is the JSON value that it
is, an enum is the end of its name in small letters. Names say it: `created_at_us` is `created_at`, `every_us` is
`every_s`.
"""

from enum import Enum, auto
from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import FieldDescriptor
from msgspec import Struct


class Kind(Enum):
    """How a field is written."""

    MOMENT = auto()
    SPAN = auto()
    ID = auto()
    IDS = auto()
    """16 bytes each, one after the other, in one field of bytes: a list"""
    TOKEN = auto()
    """what makes a call repeatable: a UUID, or any text of 16 to 64 bytes"""
    DOCUMENT = auto()
    TEXT = auto()
    INTEGER = auto()
    NUMBER = auto()
    TRUTH = auto()
    ENUM = auto()
    MESSAGE = auto()
    MAP = auto()


SPANS: Final = frozenset({"busy_us", "delay_us", "every_us", "for_us", "jitter_us", "longest_us", "stands_us"})
DOCUMENTS: Final = frozenset({"data", "payload", "payloads", "result", "signature"})
LISTS_OF_IDS: Final = frozenset({"asked_ids", "task_ids", "unknown"})
REPEATABLE_BY: Final = "request_token"
NAMESPACE: Final = "namespace"
BASE64: Final = "_base64"
"""after the name of a document that is no JSON"""
_TYPE_NAMES: Final = {getattr(FieldDescriptor, name): name for name in dir(FieldDescriptor) if name.startswith("TYPE_")}
_SCALARS: Final = {
    "TYPE_DOUBLE": Kind.NUMBER,
    "TYPE_FLOAT": Kind.NUMBER,
    "TYPE_BOOL": Kind.TRUTH,
    "TYPE_STRING": Kind.TEXT,
    "TYPE_ENUM": Kind.ENUM,
    "TYPE_MESSAGE": Kind.MESSAGE,
}


class JsonField(Struct, frozen=True):
    """One field. `least` and `most`: of integers."""

    name: str
    """in JSON"""
    wire: Any
    kind: Kind
    is_list: bool
    least: int = 0
    most: int = 0

    @property
    def has_presence(self) -> bool:
        """Whether it can be not set, which is something else than zero."""
        presence: bool = self.wire.has_presence
        return presence

    @property
    def words(self) -> dict[str, int]:
        """Of an enum: its values by name, without the one that says nothing."""
        return words_of(self.wire.enum_type)


@cache
def fields_of(descriptor: Any) -> tuple[JsonField, ...]:
    """Those of a message, in their order."""
    return tuple(_field(each) for each in descriptor.fields)


@cache
def words_of(enum: Any) -> dict[str, int]:
    """`STATUS_DEAD_LETTER` of `Status` is `dead_letter`."""
    zero = enum.values_by_number[0].name
    prefix = zero.removesuffix("UNSPECIFIED")
    return {each.name.removeprefix(prefix).lower(): each.number for each in enum.values if each.number}


def _field(wire: Any) -> JsonField:
    kind = _kind(wire)
    name = wire.name
    if kind is Kind.MOMENT:
        name = name.removesuffix("_us")
    elif kind is Kind.SPAN:
        name = name.removesuffix("_us") + "_s"
    least, most = _bounds(wire) if kind is Kind.INTEGER else (0, 0)
    return JsonField(name, wire, kind, wire.is_repeated and kind is not Kind.MAP, least, most)


def _kind(wire: Any) -> Kind:
    type_name = _type_name(wire)
    if type_name == "TYPE_MESSAGE" and wire.message_type.GetOptions().map_entry:
        return Kind.MAP
    if type_name == "TYPE_BYTES":
        if wire.name in DOCUMENTS:
            return Kind.DOCUMENT
        if wire.name == REPEATABLE_BY:
            return Kind.TOKEN
        return Kind.IDS if wire.name in LISTS_OF_IDS else Kind.ID
    if wire.name.endswith("_us"):
        return Kind.SPAN if wire.name in SPANS else Kind.MOMENT
    return _SCALARS.get(type_name, Kind.INTEGER)


def _type_name(wire: Any) -> str:
    return _TYPE_NAMES[wire.type]


def _bounds(wire: Any) -> tuple[int, int]:
    type_name = _type_name(wire)
    bits = 64 if type_name.endswith("64") else 32
    if "UINT" in type_name or "FIXED" in type_name:
        return 0, (1 << bits) - 1
    return -(1 << (bits - 1)), (1 << (bits - 1)) - 1
