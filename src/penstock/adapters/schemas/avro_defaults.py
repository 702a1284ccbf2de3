"""Whether a field's default, as the schema writes it, is a value of its type; and the same as a payload writes it.

The specification writes bytes in a default as text whose characters are the bytes. For a union any branch will do
(1.12; before that the first).
"""

import base64
from collections.abc import Iterable
from typing import Any

from penstock.adapters.schemas.avro_numbers import out_of_range
from penstock.adapters.schemas.avro_tree import NO_DEFAULT, Array, Enum, Fixed, Map, Node, Primitive, Record, Union


def default_problem(node: Node, value: Any) -> str:
    """What is wrong with it, "" for nothing."""
    if isinstance(node, Union):
        problems = [default_problem(branch, value) for branch in node.branches]
        return "" if "" in problems else f"none of the union's types takes {_shown(value)}"
    if isinstance(node, Primitive):
        return _primitive_problem(node.kind, value)
    if isinstance(node, Enum):
        return "" if value in node.symbols else f"{_shown(value)} is no symbol of {node.name!r}"
    if isinstance(node, Fixed):
        problem = _primitive_problem("bytes", value)
        return problem or ("" if len(value) == node.size else f"it must have {node.size} bytes, not {len(value)}")
    if isinstance(node, Array):
        if not isinstance(value, list):
            return f"{_shown(value)} is no list"
        return _first(default_problem(node.items, each) for each in value)
    if not isinstance(value, dict):
        return f"{_shown(value)} is no object"
    if isinstance(node, Map):
        return _first(default_problem(node.values, each) for each in value.values())
    assert isinstance(node, Record)
    return _first(
        f"{field.name!r} is missing in it"
        if field.name not in value and field.default is NO_DEFAULT
        else default_problem(field.type, value[field.name])
        for field in node.fields
        if field.name in value or field.default is NO_DEFAULT
    )


def as_payload(node: Node, value: Any) -> Any:
    """A default without a problem in the form of JSON that payloads have."""
    if isinstance(node, Union):
        branch = next(each for each in node.branches if not default_problem(each, value))
        return None if value is None else {branch.called: as_payload(branch, value)}
    if isinstance(node, Fixed) or (isinstance(node, Primitive) and node.kind == "bytes"):
        return base64.b64encode(value.encode("latin-1")).decode()
    if isinstance(node, Array):
        return [as_payload(node.items, each) for each in value]
    if isinstance(node, Map):
        return {name: as_payload(node.values, each) for name, each in value.items()}
    if isinstance(node, Record):
        types = {field.name: field.type for field in node.fields}
        return {name: as_payload(types[name], each) for name, each in value.items() if name in types}
    return value


def _primitive_problem(kind: str, value: Any) -> str:
    if kind in ("int", "long"):
        if type(value) is not int:
            return f"{_shown(value)} is no integer"
        return f"{value} does not fit into {kind}" if out_of_range(kind, value) else ""
    fits = {
        "null": value is None,
        "boolean": type(value) is bool,
        "float": type(value) in (int, float),
        "double": type(value) in (int, float),
        "string": type(value) is str,
        "bytes": type(value) is str and all(ord(each) < 256 for each in value),
    }
    return "" if fits[kind] else f"{_shown(value)} is no {kind}"


def _first(problems: Iterable[str]) -> str:
    return next(filter(None, problems), "")


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}..."
