"""The text of an Avro schema -> its tree, by the rules of the specification (1.12).

What libraries let pass and another one would refuse is refused: a name that is none, a type that is defined twice, a
union in a union, a default that is no value of its type.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from penstock.adapters.schemas.avro_defaults import default_problem
from penstock.adapters.schemas.avro_tree import (
    NO_DEFAULT,
    PRIMITIVES,
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
    no_bytes,
)
from penstock.adapters.schemas.budget import check_parts, refused
from penstock.adapters.schemas.json_text import read_json
from penstock.model.limits import SCHEMA_DEPTH_MAX

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_FIXED_BYTES_MAX: Final = 1024 * 1024
_NamedNode = TypeVar("_NamedNode", bound=Named)
_COMPLEX: Final = ("record", "error", "enum", "fixed", "array", "map")


class AvroParser:
    """One reading: the names that it has seen, and the texts that more of them may come from."""

    def __init__(self, references: Mapping[str, str]) -> None:
        self._unread = dict(references)
        self._named: dict[str, Named] = {}
        self._parts = 0
        self._defaults: list[tuple[Field, str]] = []

    def read(self, text: str) -> Node:
        """The tree; raises `InvalidInput("schema", ...)`."""
        node = self._node(_json_of(text), "", "the schema")
        # Now all types are whole, those that hold themselves too.
        for field, place in self._defaults:
            if problem := default_problem(field.type, field.default):
                raise refused(f"{place} has a default that is no value of its type: {problem}")
        return node

    def _node(self, said: Any, namespace: str, place: str) -> Node:
        self._parts += 1
        check_parts(self._parts)
        if isinstance(said, str):
            return self._called(said, namespace, place)
        if isinstance(said, list):
            return self._union(said, namespace, place)
        if not isinstance(said, dict):
            raise refused(f"{place} must be a name, an object or a list of types, not {_shown(said)}")
        kind = said.get("type")
        if isinstance(kind, dict):
            return self._node(kind, namespace, place)
        if isinstance(kind, list):
            raise refused(f"{place} has a list as its type: write the list itself where the type stands")
        if kind is None:
            raise refused(f"{place} has no type")
        if kind in _COMPLEX:
            builder: Callable[[dict[str, Any], str, str], Node] = getattr(self, f"_{kind}")
            return builder(said, namespace, place)
        node = self._called(kind, namespace, place)
        if isinstance(node, Primitive):
            return Primitive(kind=node.kind, attributes=_rest(said, "type"))
        return node

    def _called(self, name: Any, namespace: str, place: str) -> Node:
        if name in PRIMITIVES:
            return Primitive(kind=name)
        if not isinstance(name, str):
            raise refused(f"{place} must be the name of a type, not {_shown(name)}")
        full = name if "." in name or not namespace else f"{namespace}.{name}"
        # A name without a dot may be one without a namespace, as references often are.
        return self._known(full) or self._known(name) or self._refuse_unknown(name, place)

    def _known(self, name: str) -> Named | None:
        while name not in self._named and self._unread:
            # The reference that bears the name, else the next: the name may be that of a type inside.
            origin = name if name in self._unread else next(iter(self._unread))
            self._node(_json_of(self._unread.pop(origin)), "", f"reference {origin!r}")
        return self._named.get(name)

    def _refuse_unknown(self, name: str, place: str) -> Node:
        raise refused(f"{place} names the type {name!r}, which is defined neither before it nor in a reference")

    def _union(self, said: list[Any], namespace: str, place: str) -> Union:
        if not said:
            raise refused(f"{place} is a union of nothing")
        branches = [self._node(each, namespace, f"branch {at} of {place}") for at, each in enumerate(said)]
        called = [each.called for each in branches]
        if "union" in called:
            raise refused(f"{place} is a union that holds a union: write all their types in one list")
        if twice := _first_twice(called):
            raise refused(f"{place} is a union with {twice!r} twice: nobody could tell which of them a value is of")
        return Union(branches=branches)

    def _array(self, said: dict[str, Any], namespace: str, place: str) -> Array:
        items = self._node(_needed(said, "items", place), namespace, f"items of {place}")
        if no_bytes(items):
            raise refused(f"{place} is an array whose items take no bytes: a few bytes could stand for any number")
        return Array(items=items, attributes=_rest(said, "type", "items"))

    def _map(self, said: dict[str, Any], namespace: str, place: str) -> Map:
        values = self._node(_needed(said, "values", place), namespace, f"values of {place}")
        return Map(values=values, attributes=_rest(said, "type", "values"))

    def _fixed(self, said: dict[str, Any], namespace: str, place: str) -> Fixed:
        name, _, aliases = self._names(said, namespace, place)
        size = _needed(said, "size", place)
        if type(size) is not int or not 0 <= size <= _FIXED_BYTES_MAX:
            raise refused(f"{name!r} must have a size of 0 to {_FIXED_BYTES_MAX} bytes, not {_shown(size)}")
        rest = _rest(said, "type", "name", "namespace", "aliases", "size")
        return self._keep(Fixed(name=name, aliases=aliases, size=size, attributes=rest))

    def _enum(self, said: dict[str, Any], namespace: str, place: str) -> Enum:
        name, _, aliases = self._names(said, namespace, place)
        symbols = _needed(said, "symbols", place)
        if not isinstance(symbols, list) or not symbols:
            raise refused(f"{name!r} must have a list of symbols")
        self._parts += len(symbols)
        check_parts(self._parts)
        for symbol in symbols:
            _check_name(symbol, f"a symbol of {name!r}")
        if twice := _first_twice(symbols):
            raise refused(f"{name!r} has the symbol {twice!r} twice")
        default = said.get("default")
        if default is not None and default not in symbols:
            raise refused(f"{name!r} has the default {_shown(default)}, which is none of its symbols")
        rest = _rest(said, "type", "name", "namespace", "aliases", "symbols", "default")
        return self._keep(Enum(name=name, aliases=aliases, symbols=symbols, default=default, attributes=rest))

    def _record(self, said: dict[str, Any], namespace: str, place: str) -> Record:
        name, inner, aliases = self._names(said, namespace, place)
        rest = _rest(said, "type", "name", "namespace", "aliases", "fields")
        record = self._keep(Record(name=name, aliases=aliases, attributes=rest))
        fields = _needed(said, "fields", f"record {name!r}")
        if not isinstance(fields, list):
            raise refused(f"record {name!r} must have a list of fields")
        record.fields = [self._field(each, inner, name) for each in fields]
        if twice := _first_twice([field.name for field in record.fields]):
            raise refused(f"record {name!r} has the field {twice!r} twice")
        return record

    _error = _record

    def _field(self, said: Any, namespace: str, record: str) -> Field:
        if not isinstance(said, dict):
            raise refused(f"record {record!r} has a field that is no object: {_shown(said)}")
        name = _check_name(said.get("name"), f"the name of a field of {record!r}")
        place = f"field {name!r} of {record!r}"
        aliases = [_check_name(each, f"an alias of {place}") for each in _list(said, "aliases", place)]
        node = self._node(_needed(said, "type", place), namespace, place)
        field = Field(
            name, aliases, node, said.get("default", NO_DEFAULT), _rest(said, "name", "type", "aliases", "default")
        )
        if field.default is not NO_DEFAULT:
            self._defaults.append((field, place))
        return field

    def _names(self, said: dict[str, Any], namespace: str, place: str) -> tuple[str, str, list[str]]:
        """The full name, the namespace that holds inside, and the aliases as full names."""
        name = said.get("name")
        if not isinstance(name, str):
            raise refused(f"{place} has no name")
        own = said.get("namespace", namespace)
        if not isinstance(own, str):
            raise refused(f"{place}: the namespace of {name!r} must be a text, not {_shown(own)}")
        full = name if "." in name or not own else f"{own}.{name}"
        _check_full_name(full, f"the name of {place}")
        if full in PRIMITIVES or full in _COMPLEX:
            raise refused(f"{place} may not be named {full!r}, which is a type of Avro's own")
        inner = full.rpartition(".")[0]
        aliases = [
            each if "." in str(each) or not inner else f"{inner}.{each}" for each in _list(said, "aliases", full)
        ]
        for alias in aliases:
            _check_full_name(alias, f"an alias of {full!r}")
        return full, inner, aliases

    def _keep(self, node: _NamedNode) -> _NamedNode:
        if node.name in self._named:
            raise refused(f"the type {node.name!r} is defined twice")
        self._named[node.name] = node
        return node


def _json_of(text: str) -> Any:
    text = text.strip()
    if text and text[0] not in '{["' and _NAME.match(text):
        return text  # a bare name, as registries take it
    return read_json(text.encode("utf-8", "surrogatepass"), "schema", SCHEMA_DEPTH_MAX)


def _check_full_name(name: Any, what: str) -> None:
    for part in str(name).split("."):
        _check_name(part, what)


def _check_name(name: Any, what: str) -> str:
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise refused(f"{what} must be letters, digits and _, not beginning with a digit: {_shown(name)} is not")
    return name


def _needed(said: dict[str, Any], key: str, place: str) -> Any:
    if key not in said:
        raise refused(f"{place} has no {key}")
    return said[key]


def _list(said: dict[str, Any], key: str, place: str) -> list[Any]:
    found = said.get(key) or []
    if not isinstance(found, list):
        raise refused(f"the {key} of {place} must be a list, not {_shown(found)}")
    return found


def _rest(said: dict[str, Any], *known: str) -> dict[str, Any]:
    return {name: value for name, value in said.items() if name not in known}


def _first_twice(names: list[str]) -> str:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
