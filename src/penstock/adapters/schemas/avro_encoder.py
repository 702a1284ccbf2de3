"""JSON values -> Avro's binary encoding, by one function for each type of the schema, made once.

A union of null and one type is written plainly, any other as an object that names the branch, as Avro's own encoding of
JSON does; a value that can only be of one branch may go without. Bytes are base64.
"""

import struct
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from penstock.adapters.schemas.avro_defaults import as_payload
from penstock.adapters.schemas.avro_numbers import RANGES
from penstock.adapters.schemas.avro_tree import (
    NO_DEFAULT,
    Array,
    Enum,
    Field,
    Fixed,
    Map,
    Named,
    Node,
    Primitive,
    Record,
    Union,
)
from penstock.adapters.schemas.base64_text import bytes_of
from penstock.adapters.schemas.json_numbers import whole_number
from penstock.adapters.schemas.misfit import Misfit, shown

Encode: TypeAlias = Callable[[Any, bytearray], None]
"""appends the value's bytes"""

_FLOAT: Final = struct.Struct("<f")
_DOUBLE: Final = struct.Struct("<d")


def encoder_of(node: Node) -> Encode:
    """The function for a type; those of the types inside a record are found when it runs."""
    return _encoder(node, {})


def write_long(value: int, out: bytearray) -> None:
    """A zigzag number of 64 bits."""
    bits = (value << 1) ^ (value >> 63)
    while bits >= 0x80:
        out.append((bits & 0x7F) | 0x80)
        bits >>= 7
    out.append(bits)


def _encoder(node: Node, made: dict[int, Encode]) -> Encode:
    if isinstance(node, Primitive):
        return _PRIMITIVES[node.kind]
    if isinstance(node, Union):
        return _union(node, made)
    if isinstance(node, Array):
        return _array(_encoder(node.items, made))
    if isinstance(node, Map):
        return _map(_encoder(node.values, made))
    if isinstance(node, Fixed):
        return _fixed(node)
    if isinstance(node, Enum):
        return _enum(node)
    assert isinstance(node, Record)
    return made.get(id(node)) or _record(node, made)


def _record(node: Record, made: dict[int, Encode]) -> Encode:
    parts: list[tuple[Field, Encode]] = []
    names = frozenset(field.name for field in node.fields)
    defaults: dict[str, bytes] = {}

    def encode(value: Any, out: bytearray) -> None:
        if type(value) is not dict:
            raise Misfit(f"{shown(value)} is no object of the fields of {node.name!r}")
        if not names.issuperset(value):
            unknown = next(name for name in value if name not in names)
            raise Misfit(f"{unknown!r} is no field of {node.name!r}, and would be lost")
        if not parts:  # made when it is needed, or types that hold types would be made one inside the other
            parts.extend([(field, _encoder(field.type, made)) for field in node.fields])
        for field, part in parts:
            name = field.name
            try:
                if name in value:
                    part(value[name], out)
                elif field.default is NO_DEFAULT:
                    raise Misfit("it is missing, and has no default")
                else:
                    if name not in defaults:
                        defaults[name] = _encoded(part, as_payload(field.type, field.default))
                    out += defaults[name]
            except Misfit as misfit:
                raise misfit.inside(f".{name}") from None

    made[id(node)] = encode
    return encode


def _encoded(part: Encode, value: Any) -> bytes:
    out = bytearray()
    part(value, out)
    return bytes(out)


def _union(node: Union, made: dict[int, Encode]) -> Encode:
    branches = [(at, branch, _encoder(branch, made)) for at, branch in enumerate(node.branches)]
    plain = [each for each in branches if each[1].called != "null"]
    by_name = {name: each for each in branches for name in _names_of(each[1])}
    by_name |= {each[1].called: each for each in branches}  # a full name goes before a last one
    if len(plain) == 1 and isinstance(plain[0][1], (Record, Map)):
        by_name = {}  # an object is the value itself
    names = ", ".join(branch.called for branch in node.branches)

    def encode(value: Any, out: bytearray) -> None:
        if type(value) is dict and len(value) == 1 and (named := by_name.get(name := next(iter(value)))):
            at, _, part = named
            write_long(at, out)
            try:
                return part(value[name], out)
            except Misfit as misfit:
                raise misfit.inside(f".{name}") from None
        candidates = plain if value is not None and len(plain) == 1 else [e for e in branches if _may_be(e[1], value)]
        if len(candidates) != 1 or (len(plain) > 1 and type(value) is dict):
            raise Misfit(f"{shown(value)} does not say which it is of {names}: write {{name: value}}")
        at, _, part = candidates[0]
        write_long(at, out)
        return part(value, out)

    return encode


def _names_of(node: Node) -> tuple[str, ...]:
    return (node.last_name,) if isinstance(node, Named) else ()


def _may_be(node: Node, value: Any) -> bool:
    """By the kind of JSON alone."""
    if isinstance(node, Primitive):
        return type(value) in _KINDS[node.kind]
    if isinstance(node, (Enum, Fixed)):
        return type(value) is str
    return type(value) is (list if isinstance(node, Array) else dict)


def _array(item: Encode) -> Encode:
    def encode(value: Any, out: bytearray) -> None:
        if type(value) is not list:
            raise Misfit(f"{shown(value)} is no list")
        if value:
            write_long(len(value), out)
            for at, each in enumerate(value):
                try:
                    item(each, out)
                except Misfit as misfit:
                    raise misfit.inside(f"[{at}]") from None
        out.append(0)

    return encode


def _map(item: Encode) -> Encode:
    def encode(value: Any, out: bytearray) -> None:
        if type(value) is not dict:
            raise Misfit(f"{shown(value)} is no object")
        if value:
            write_long(len(value), out)
            for name, each in value.items():
                _string(name, out)
                try:
                    item(each, out)
                except Misfit as misfit:
                    raise misfit.inside(f".{name}") from None
        out.append(0)

    return encode


def _fixed(node: Fixed) -> Encode:
    def encode(value: Any, out: bytearray) -> None:
        found = bytes_of(value)
        if len(found) != node.size:
            raise Misfit(f"{node.name!r} has {node.size} bytes, not {len(found)}")
        out += found

    return encode


def _enum(node: Enum) -> Encode:
    places = {symbol: at for at, symbol in enumerate(node.symbols)}

    def encode(value: Any, out: bytearray) -> None:
        at = places.get(value) if type(value) is str else None
        if at is None:
            raise Misfit(f"{shown(value)} is no symbol of the enum {node.name!r}")
        write_long(at, out)

    return encode


def _null(value: Any, out: bytearray) -> None:
    if value is not None:
        raise Misfit(f"{shown(value)} is not null")


def _boolean(value: Any, out: bytearray) -> None:
    if type(value) is not bool:
        raise Misfit(f"{shown(value)} is neither true nor false")
    out.append(value)


def _int(value: Any, out: bytearray) -> None:
    write_long(whole_number(value, *RANGES["int"]), out)


def _long(value: Any, out: bytearray) -> None:
    write_long(whole_number(value, *RANGES["long"]), out)


def _float(value: Any, out: bytearray) -> None:
    try:
        out += _FLOAT.pack(_real(value))
    except OverflowError:
        raise Misfit(f"{value} does not fit into float") from None


def _double(value: Any, out: bytearray) -> None:
    out += _DOUBLE.pack(_real(value))


def _real(value: Any) -> float:
    if type(value) is float:
        return value
    if type(value) is not int:
        raise Misfit(f"{shown(value)} is no number")
    return float(whole_number(value, -(2**53), 2**53))


def _bytes(value: Any, out: bytearray) -> None:
    found = bytes_of(value)
    write_long(len(found), out)
    out += found


def _string(value: Any, out: bytearray) -> None:
    if type(value) is not str:
        raise Misfit(f"{shown(value)} is no text")
    found = value.encode()
    write_long(len(found), out)
    out += found


_PRIMITIVES: Final[dict[str, Encode]] = {
    "null": _null,
    "boolean": _boolean,
    "int": _int,
    "long": _long,
    "float": _float,
    "double": _double,
    "bytes": _bytes,
    "string": _string,
}
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "null": (type(None),),
    "boolean": (bool,),
    "int": (int, float),
    "long": (int, float),
    "float": (int, float),
    "double": (int, float),
    "bytes": (str,),
    "string": (str,),
}
