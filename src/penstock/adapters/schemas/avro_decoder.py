"""Avro's binary encoding -> JSON values, by one function for each type of the schema, made once.

Libraries decode faster and trust more: they take a length of -5, a boolean of 7, a number of 70 bits, and recurse in C
as deep as the data say. Here every byte is looked at, nesting is bounded, and an error knows its place.
"""

import math
import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from penstock.adapters.schemas import json_numbers
from penstock.adapters.schemas.avro_numbers import RANGES
from penstock.adapters.schemas.avro_tree import Array, Enum, Fixed, Map, Node, Primitive, Record, Union
from penstock.adapters.schemas.base64_text import text_of
from penstock.adapters.schemas.misfit import Misfit
from penstock.model.limits import PAYLOAD_DEPTH_MAX

Decode: TypeAlias = Callable[[bytes, int, int], tuple[Any, int]]
"""(data, position, depth) -> (value, position after it)"""

_FLOAT: Final = struct.Struct("<f")
_DOUBLE: Final = struct.Struct("<d")


def decoder_of(node: Node) -> Decode:
    """The function for a type; those of the types inside a record are found when it runs."""
    return _decoder(node, {})


def read_long(data: bytes, at: int) -> tuple[int, int]:
    """A zigzag number of at most 64 bits."""
    first = data[at : at + 1]
    if not first:
        raise Misfit("the data end in the middle of a value")
    bits = first[0]
    if bits < 0x80:
        return (bits >> 1) ^ -(bits & 1), at + 1
    bits, shift = bits & 0x7F, 7
    while True:
        at += 1
        if at >= len(data):
            raise Misfit("the data end in the middle of a value")
        byte = data[at]
        bits |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift > 63:
            raise Misfit("a number has more than 64 bits")
    if bits >> 64:
        raise Misfit("a number has more than 64 bits")
    return (bits >> 1) ^ -(bits & 1), at + 1


def _decoder(node: Node, made: dict[int, Decode]) -> Decode:
    if isinstance(node, Primitive):
        return _PRIMITIVES[node.kind]
    if isinstance(node, Union):
        return _union(node, made)
    if isinstance(node, Array):
        return _array(_decoder(node.items, made))
    if isinstance(node, Map):
        return _map(_decoder(node.values, made))
    if isinstance(node, Fixed):
        return _fixed(node.size)
    if isinstance(node, Enum):
        return _enum(node)
    assert isinstance(node, Record)
    return made.get(id(node)) or _record(node, made)


def _record(node: Record, made: dict[int, Decode]) -> Decode:
    parts: list[tuple[str, Decode]] = []

    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        depth = _deeper(depth)
        if not parts:  # made when it is needed, or types that hold types would be made one inside the other
            parts.extend([(field.name, _decoder(field.type, made)) for field in node.fields])
        value: dict[str, Any] = {}
        name = ""
        try:
            for name, part in parts:
                value[name], at = part(data, at, depth)
        except Misfit as misfit:
            raise misfit.inside(f".{name}") from None
        return value, at

    made[id(node)] = decode
    return decode


def _union(node: Union, made: dict[int, Decode]) -> Decode:
    branches = [(branch.called, _decoder(branch, made)) for branch in node.branches]
    plainly = len(branches) - ("null" in [called for called, _ in branches]) <= 1

    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        index, at = read_long(data, at)
        if not 0 <= index < len(branches):
            raise Misfit(f"its union has no branch {index}")
        called, branch = branches[index]
        value, at = branch(data, at, depth)
        return (value if plainly or called == "null" else {called: value}), at

    return decode


def _array(item: Decode) -> Decode:
    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        depth = _deeper(depth)
        values: list[Any] = []
        try:
            while True:
                count, at = _block(data, at)
                if not count:
                    return values, at
                for _ in range(count):
                    value, at = item(data, at, depth)
                    values.append(value)
        except Misfit as misfit:
            raise misfit.inside(f"[{len(values)}]") from None

    return decode


def _map(item: Decode) -> Decode:
    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        depth = _deeper(depth)
        values: dict[str, Any] = {}
        while True:
            count, at = _block(data, at)
            if not count:
                return values, at
            for _ in range(count):
                name, at = _string(data, at, depth)
                if name in values:
                    raise Misfit(f"{name!r} is twice in the map: only one of them could be kept")
                try:
                    values[name], at = item(data, at, depth)
                except Misfit as misfit:
                    raise misfit.inside(f".{name}") from None

    return decode


def _block(data: bytes, at: int) -> tuple[int, int]:
    count, at = read_long(data, at)
    if count < 0:
        count = -count
        _, at = read_long(data, at)
    if count > len(data) - at:  # each takes a byte at least
        raise Misfit(f"it claims {count} items where {len(data) - at} bytes are left")
    return count, at


def _fixed(size: int) -> Decode:
    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        end = at + size
        if end > len(data):
            raise Misfit("the data end in the middle of a value")
        return text_of(data[at:end]), end

    return decode


def _enum(node: Enum) -> Decode:
    symbols = tuple(node.symbols)

    def decode(data: bytes, at: int, depth: int) -> tuple[Any, int]:
        index, at = read_long(data, at)
        if not 0 <= index < len(symbols):
            raise Misfit(f"the enum {node.name!r} has no symbol {index}")
        return symbols[index], at

    return decode


def _taken(data: bytes, at: int) -> tuple[bytes, int]:
    length, at = read_long(data, at)
    if not 0 <= length <= len(data) - at:
        raise Misfit(f"it claims {length} bytes where {len(data) - at} are left")
    return data[at : at + length], at + length


def _string(data: bytes, at: int, depth: int) -> tuple[str, int]:
    found, at = _taken(data, at)
    try:
        return found.decode(), at
    except UnicodeDecodeError:
        raise Misfit("it is not UTF-8") from None


def _bytes(data: bytes, at: int, depth: int) -> tuple[str, int]:
    found, at = _taken(data, at)
    return text_of(found), at


def _null(data: bytes, at: int, depth: int) -> tuple[None, int]:
    return None, at


def _boolean(data: bytes, at: int, depth: int) -> tuple[bool, int]:
    if at >= len(data):
        raise Misfit("the data end in the middle of a value")
    if data[at] > 1:
        raise Misfit(f"a boolean is 0 or 1, not {data[at]}")
    return data[at] == 1, at + 1


def _int(data: bytes, at: int, depth: int) -> tuple[int, int]:
    value, at = read_long(data, at)
    low, high = RANGES["int"]
    if not low <= value <= high:
        raise Misfit(f"{value} does not fit into int")
    return value, at


def _long(data: bytes, at: int, depth: int) -> tuple[int | str, int]:
    value, at = read_long(data, at)
    return json_numbers.said(value), at


def _float(data: bytes, at: int, depth: int) -> tuple[float, int]:
    return _real(_FLOAT, data, at)


def _double(data: bytes, at: int, depth: int) -> tuple[float, int]:
    return _real(_DOUBLE, data, at)


def _real(form: struct.Struct, data: bytes, at: int) -> tuple[float, int]:
    end = at + form.size
    if end > len(data):
        raise Misfit("the data end in the middle of a value")
    value: float = form.unpack_from(data, at)[0]
    return value, end


def _deeper(depth: int) -> int:
    if depth >= PAYLOAD_DEPTH_MAX:
        raise Misfit(f"it nests deeper than {PAYLOAD_DEPTH_MAX} levels")
    return depth + 1


def not_finite(value: Any) -> Misfit | None:
    """The first NaN or infinity in what was decoded, which JSON cannot carry."""
    if isinstance(value, float):
        return None if math.isfinite(value) else Misfit(f"it is {value}, which JSON cannot carry")
    if isinstance(value, dict):
        parts = ((f".{name}", part) for name, part in value.items())
    elif isinstance(value, list):
        parts = ((f"[{at}]", part) for at, part in enumerate(value))
    else:
        return None
    for step, part in parts:
        if found := not_finite(part):
            return found.inside(step)
    return None


_PRIMITIVES: Final[dict[str, Decode]] = {
    "null": _null,
    "boolean": _boolean,
    "int": _int,
    "long": _long,
    "float": _float,
    "double": _double,
    "bytes": _bytes,
    "string": _string,
}
