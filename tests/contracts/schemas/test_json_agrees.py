"""What is said of JSON Schema holds in a library written by others: `jsonschema`."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.model.errors import InvalidInput

FORMAT = JsonSchemaFormat()
QUICK = settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
NAMES = st.sampled_from(["a", "b", "c_x"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 6),
    st.sampled_from([0.5, 2.0, 1e20]),
    st.sampled_from(["", "a", "abc", "c_x"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)


def _keywords(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    types = st.sampled_from(["null", "boolean", "object", "array", "string", "integer", "number"])
    small = st.integers(0, 3)
    return st.one_of(
        st.fixed_dictionaries(
            {},
            optional={
                "type": st.one_of(types, st.lists(types, min_size=1, max_size=3, unique=True)),
                "minimum": small,
                "exclusiveMaximum": small,
                "multipleOf": st.sampled_from([0.5, 1, 2]),
                "minLength": small,
                "pattern": st.sampled_from(["^a", "x$"]),
            },
        ),
        st.fixed_dictionaries({}, optional={"enum": st.lists(SCALARS, min_size=1, max_size=3), "const": SCALARS}),
        st.fixed_dictionaries(
            {"type": st.just("object")},
            optional={
                "properties": st.dictionaries(NAMES, inner, max_size=2),
                "patternProperties": st.dictionaries(st.sampled_from(["^c_", "b"]), inner, max_size=1),
                "additionalProperties": inner,
                "required": st.lists(NAMES, max_size=2, unique=True),
                "maxProperties": small,
                "dependentRequired": st.dictionaries(NAMES, st.lists(NAMES, max_size=1), max_size=1),
                "propertyNames": inner,
            },
        ),
        st.fixed_dictionaries(
            {"type": st.just("array")},
            optional={
                "items": inner,
                "prefixItems": st.lists(inner, min_size=1, max_size=2),
                "minItems": small,
                "maxItems": small,
                "uniqueItems": st.booleans(),
                "contains": inner,
            },
        ),
        st.fixed_dictionaries(
            {},
            optional={
                "anyOf": st.lists(inner, min_size=1, max_size=2),
                "oneOf": st.lists(inner, min_size=1, max_size=2),
                "allOf": st.lists(inner, min_size=1, max_size=2),
                "not": inner,
            },
        ),
        st.fixed_dictionaries({"if": inner}, optional={"then": inner, "else": inner}),
    )


SCHEMAS = st.recursive(st.booleans(), _keywords, max_leaves=5)


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Any, Any]:
    older = draw(SCHEMAS)
    newer = draw(st.one_of(SCHEMAS, _widened(older)))
    return (older, newer) if draw(st.booleans()) else (newer, older)


def _widened(schema: Any) -> st.SearchStrategy[Any]:
    """With a keyword less, or beside another schema: often a pair that is compatible."""
    if not isinstance(schema, dict) or not schema:
        return st.just(schema)
    less = st.sampled_from(sorted(schema)).map(lambda name: {k: v for k, v in schema.items() if k != name})
    return st.one_of(less, SCHEMAS.map(lambda other: {"anyOf": [schema, other]}), st.just({"allOf": [schema]}))


def _takes(schema: Any, value: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


@given(_pairs(), st.lists(VALUES, min_size=8, max_size=8))
@QUICK
def test_what_can_be_read_is_taken(pair: tuple[Any, Any], values: list[Any]) -> None:
    older, newer = pair
    reader, writer = FORMAT.read(json.dumps(newer), {}), FORMAT.read(json.dumps(older), {})
    if reader.cannot_read(writer) == []:
        for value in values:
            assert _takes(newer, value) or not _takes(older, value), value


@given(SCHEMAS)
@QUICK
def test_every_schema_reads_itself(schema: Any) -> None:
    read = FORMAT.read(json.dumps(schema), {})
    told = read.cannot_read(FORMAT.read(json.dumps(schema), {}))
    assert [each for each in told if "cannot be told" not in each and "branches" not in each] == []


@given(SCHEMAS, VALUES)
@QUICK
def test_no_accepted_value_violates_its_schema(schema: Any, value: Any) -> None:
    try:
        FORMAT.read(json.dumps(schema), {}).check(json.dumps(value).encode(), "data")
    except InvalidInput:
        assert not _takes(schema, value)
    else:
        assert _takes(schema, value)


@pytest.mark.parametrize(
    ("problem", "data"),
    [
        ("at 'age': it is not of type", b'{"age": "x"}'),
        ("at 'tags\\[1\\]'", b'{"tags": ["a", 1]}'),
        ('"name" is a required property', b'{"age": 1, "nick": "x"}'),
        ("'age' twice", b'{"age": 1, "age": 2}'),
        ("is not JSON", b'{"age": NaN}'),
        ("is not JSON", b'{"age": 1} x'),
        ("is not JSON", b'{"age": 1e400}'),
        ("is not JSON", b"\xef\xbb\xbf{}"),
        ("-0, which loses its sign", b'{"age": -0}'),
        ("UTF-8", b'{"nick": "\xff"}'),
        ("nests deeper than 64", b"[" * 100_000),
    ],
)
def test_what_does_not_fit_is_refused_with_its_place(problem: str, data: bytes) -> None:
    schema = {
        "type": "object",
        "properties": {"age": {"type": "integer"}, "tags": {"type": "array", "items": {"type": "string"}}},
        "dependentRequired": {"nick": ["name"]},
    }
    with pytest.raises(InvalidInput, match=problem):
        FORMAT.read(json.dumps(schema), {}).check(data, "data")
