"""A tree of Avro -> its normal text: full names, one order of keys, one form where several mean the same."""

import json
from typing import Any

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


def canonical_text(node: Node) -> str:
    """A type is written where it comes first, also one out of a reference, and named after that."""
    return json.dumps(plain(node, set()), separators=(",", ":"), ensure_ascii=False)


def plain(node: Node, written: set[str], inside: str = "") -> Any:
    """As the schema's JSON; `written` are the full names that need only be named, `inside` is the namespace around."""
    if isinstance(node, Union):
        return [plain(branch, written, inside) for branch in node.branches]
    if isinstance(node, Primitive):
        return {"type": node.kind, **_sorted(node.attributes)} if node.attributes else node.kind
    if isinstance(node, Array):
        return {"type": "array", "items": plain(node.items, written, inside), **_sorted(node.attributes)}
    if isinstance(node, Map):
        return {"type": "map", "values": plain(node.values, written, inside), **_sorted(node.attributes)}
    assert isinstance(node, Named)
    if node.name in written:
        return node.name
    written.add(node.name)
    namespace = node.name.rpartition(".")[0]
    head: dict[str, Any] = {"name": node.name}
    if inside and not namespace:
        head["namespace"] = ""  # or it would be taken to lie in the namespace around it
    if isinstance(node, Fixed):
        head |= {"type": "fixed", "size": node.size}
    elif isinstance(node, Enum):
        head |= {"type": "enum", "symbols": list(node.symbols)}
        if node.default is not None:
            head["default"] = node.default
    elif isinstance(node, Record):
        head |= {"type": "record", "fields": [_field(field, written, namespace) for field in node.fields]}
    if node.aliases:
        head["aliases"] = sorted(node.aliases)
    return {**head, **_sorted(node.attributes)}


def _field(field: Field, written: set[str], inside: str) -> dict[str, Any]:
    said: dict[str, Any] = {"name": field.name, "type": plain(field.type, written, inside)}
    if field.default is not NO_DEFAULT:
        said["default"] = field.default
    if field.aliases:
        said["aliases"] = sorted(field.aliases)
    return {**said, **_sorted(field.attributes)}


def _sorted(attributes: dict[str, Any]) -> dict[str, Any]:
    return {name: attributes[name] for name in sorted(attributes)}
