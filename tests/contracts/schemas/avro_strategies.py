"""Schemas of Avro and values of them, as fastavro takes them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
SYMBOLS = ["A", "B", "C", "D"]


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> Any:
    """A tree with names that are its own: each of them is used once."""
    return _drawn(draw, depth, iter(range(1000)))


def _drawn(draw: st.DrawFn, depth: int, numbers: Any) -> Any:
    kinds = ["primitive", "primitive", "enum", "fixed"] + (["array", "map", "record", "union"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "primitive":
        return draw(st.sampled_from(PRIMITIVES))
    if kind == "enum":
        symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=3, unique=True))
        default = {"default": symbols[0]} if draw(st.booleans()) else {}
        return {"type": "enum", "name": f"E{next(numbers)}", "symbols": symbols, **default}
    if kind == "fixed":
        return {"type": "fixed", "name": f"F{next(numbers)}", "size": draw(st.integers(1, 3))}
    if kind == "array":
        items = _drawn(draw, depth - 1, numbers)
        if isinstance(items, dict) and items["type"] == "record":
            items["fields"].append({"name": "n", "type": "int"})  # items without any bytes are refused
        return {"type": "array", "items": "int" if items == "null" else items}
    if kind == "map":
        return {"type": "map", "values": _drawn(draw, depth - 1, numbers)}
    if kind == "record":
        names = draw(st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3, unique=True))
        fields = [_field(draw, name, _drawn(draw, depth - 1, numbers)) for name in names]
        return {"type": "record", "name": f"R{next(numbers)}", "fields": fields}
    return draw(st.lists(st.sampled_from(PRIMITIVES), min_size=1, max_size=3, unique=True))


def _field(draw: st.DrawFn, name: str, kind: Any) -> Any:
    defaults = {"int": 0, "long": 0, "string": "", "boolean": False, "null": None, "double": 0.5, "float": 0.5}
    if isinstance(kind, str) and kind in defaults and draw(st.booleans()):
        return {"name": name, "type": kind, "default": defaults[kind]}
    return {"name": name, "type": kind}


@st.composite
def changed(draw: st.DrawFn, schema: Any) -> Any:
    """The same schema after somebody has worked on it."""
    if isinstance(schema, str):
        optional = ["null", schema] if schema != "null" else "null"
        return draw(st.sampled_from([schema, schema, "long", "double", "string", optional]))
    if isinstance(schema, list):
        return draw(st.permutations(schema))
    if schema["type"] == "array":
        items = draw(changed(schema["items"]))
        return {**schema, "items": "int" if items == "null" else items}
    if schema["type"] == "map":
        return {**schema, "values": draw(changed(schema["values"]))}
    if schema["type"] == "enum":
        symbols = draw(st.lists(st.sampled_from(SYMBOLS), min_size=1, max_size=4, unique=True))
        return {**schema, "symbols": symbols, **({"default": symbols[0]} if "default" in schema else {})}
    if schema["type"] == "record":
        fields = [{**each, "type": draw(changed(each["type"]))} for each in schema["fields"]]
        fields = [{name: said for name, said in each.items() if name != "default"} for each in fields]
        if draw(st.booleans()):
            fields = fields[1:] or fields
        if draw(st.booleans()):
            fields.append({"name": "z", "type": "int", **({"default": 3} if draw(st.booleans()) else {})})
        return {**schema, "fields": fields}
    return schema


@st.composite
def values(draw: st.DrawFn, schema: Any, nan: bool = True) -> Any:
    if isinstance(schema, list):
        return draw(values(draw(st.sampled_from(schema)), nan))
    kind = schema if isinstance(schema, str) else schema["type"]
    if kind == "record":
        return {each["name"]: draw(values(each["type"], nan)) for each in schema["fields"]}
    if kind == "array":
        return draw(st.lists(values(schema["items"], nan), max_size=3))
    if kind == "map":
        return draw(st.dictionaries(st.text(max_size=3), values(schema["values"], nan), max_size=3))
    if kind == "enum":
        return draw(st.sampled_from(schema["symbols"]))
    if kind == "fixed":
        return draw(st.binary(min_size=schema["size"], max_size=schema["size"]))
    return draw(
        {
            "null": st.none(),
            "boolean": st.booleans(),
            "int": st.integers(-(2**31), 2**31 - 1),
            "long": st.integers(-(2**63), 2**63 - 1),
            "float": st.floats(width=32, allow_nan=nan, allow_infinity=nan),
            "double": st.floats(allow_nan=nan, allow_infinity=nan),
            "bytes": st.binary(max_size=4),
            "string": st.text(max_size=4),
        }[kind]
    )
