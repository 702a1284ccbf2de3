"""One scalar of Protobuf as JSON, both ways, without anything that a lenient reader lets through."""

import math
import re
import struct
from collections.abc import Callable
from typing import Any, Final

from google.protobuf.descriptor import EnumDescriptor, FieldDescriptor

from penstock.adapters.schemas.base64_text import bytes_of, text_of
from penstock.adapters.schemas.json_numbers import EXACT_MAX, whole_number
from penstock.adapters.schemas.misfit import Misfit, shown

_RANGES: Final = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}
_WIDE: Final = (FieldDescriptor.CPPTYPE_INT64, FieldDescriptor.CPPTYPE_UINT64)
_SPECIAL: Final = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}
_NUMBER: Final = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)
_FLOAT: Final = struct.Struct("<f")
_FLOAT_MAX: Final = 3.4028234663852886e38


def reader_of(field: FieldDescriptor) -> Callable[[Any], Any]:
    """JSON -> the value as the message takes it; raises `Misfit`."""
    kind = field.cpp_type
    if kind in _RANGES:
        low, high = _RANGES[kind]
        return lambda value: whole_number(value, low, high)
    if field.enum_type is not None:
        return _enum_reader(field.enum_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return bytes_of
    return _READERS[kind]


def writer_of(field: FieldDescriptor) -> Callable[[Any], Any]:
    """The value as the message gives it -> JSON; raises `Misfit`."""
    if field.cpp_type in _WIDE:
        return str
    if field.enum_type is not None:
        return _enum_writer(field.enum_type)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return text_of
    if field.cpp_type == FieldDescriptor.CPPTYPE_DOUBLE:
        return _real_written
    if field.cpp_type == FieldDescriptor.CPPTYPE_FLOAT:
        return lambda value: _real_written(_shortest(value))
    return _as_it_is


def key_of(field: FieldDescriptor) -> Callable[[str], Any]:
    """A name in a JSON object -> the key of a map; raises `Misfit`."""
    if field.cpp_type == FieldDescriptor.CPPTYPE_BOOL:
        return _bool_key
    if field.cpp_type in _RANGES:
        low, high = _RANGES[field.cpp_type]
        return lambda name: whole_number(name, low, high)
    return _as_it_is


def key_written(key: Any) -> str:
    """The key of a map as a name."""
    return str(key).lower() if isinstance(key, bool) else str(key)


def _enum_reader(enum: EnumDescriptor) -> Callable[[Any], int]:
    numbers = {value.name: value.number for value in enum.values}
    known = frozenset(numbers.values())
    name = enum.full_name
    if name == "google.protobuf.NullValue":
        return lambda value: 0

    def read(value: Any) -> int:
        number = numbers.get(value) if type(value) is str else value
        if type(number) is not int or number not in known:
            raise Misfit(f"{shown(value)} is no value of the enum {name!r}")
        return number

    return read


def _enum_writer(enum: EnumDescriptor) -> Callable[[int], Any]:
    names = {number: value.name for number, value in enum.values_by_number.items()}
    said = enum.full_name

    def write(number: int) -> Any:
        if number not in names:
            raise Misfit(f"{number} is no value of the enum {said!r}")
        return names[number]

    return (lambda number: None) if said == "google.protobuf.NullValue" else write


def _text(value: Any) -> str:
    if type(value) is not str:
        raise Misfit(f"{shown(value)} is no text")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise Misfit(f"{shown(value)} is neither true nor false")
    return value


def _bool_key(name: str) -> bool:
    if name not in ("true", "false"):
        raise Misfit(f"{name!r} is neither 'true' nor 'false'")
    return name == "true"


def _double(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is int:
        return float(whole_number(value, -EXACT_MAX, EXACT_MAX))
    if type(value) is str and value in _SPECIAL:
        return _SPECIAL[value]
    if type(value) is str and _NUMBER.fullmatch(value) and math.isfinite(found := float(value)):
        return found
    raise Misfit(f"{shown(value)} is no number")


def _float(value: Any) -> float:
    found = _double(value)
    try:
        _FLOAT.pack(found)
    except OverflowError:
        raise Misfit(f"{found} does not fit into float") from None
    return found


def _real_written(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if math.isnan(value) else ("Infinity" if value > 0 else "-Infinity")


def _shortest(value: float) -> float:
    """The number with the fewest digits that is the same in 32 bits, as 0.1 rather than 0.10000000149011612."""
    for digits in range(6, 9):
        short = float(f"{value:.{digits}g}")
        if math.isfinite(short) and abs(short) <= _FLOAT_MAX and _FLOAT.pack(short) == _FLOAT.pack(value):
            return short
    return value


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Final[dict[int, Callable[[Any], Any]]] = {
    FieldDescriptor.CPPTYPE_BOOL: _truth,
    FieldDescriptor.CPPTYPE_STRING: _text,
    FieldDescriptor.CPPTYPE_DOUBLE: _double,
    FieldDescriptor.CPPTYPE_FLOAT: _float,
}
