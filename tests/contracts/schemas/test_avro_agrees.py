"""What is said of Avro holds in libraries written by others: `fastavro`, and `avro` of the project itself."""

from __future__ import annotations

import io
import json
import math
from typing import Any

import fastavro
import pytest
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType
from avro.schema import parse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.adapters.schemas.avro import AvroFormat
from penstock.model.errors import InvalidInput
from tests.contracts.schemas.avro_strategies import changed, schemas, values

FORMAT = AvroFormat()
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)


def _written(schema: Any, value: Any) -> bytes:
    out = io.BytesIO()
    fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
    return out.getvalue()


@st.composite
def _pairs(draw: st.DrawFn) -> tuple[Any, Any, Any]:
    older = draw(schemas())
    newer = draw(st.one_of(changed(older), schemas()))
    return older, newer, draw(values(older))


@given(_pairs())
@QUICK
def test_what_can_be_read_is_decoded(pair: tuple[Any, Any, Any]) -> None:
    older, newer, value = pair
    reader = FORMAT.read(json.dumps(newer), {})
    if reader.cannot_read(FORMAT.read(json.dumps(older), {})) == []:
        data = _written(older, value)
        fastavro.schemaless_reader(io.BytesIO(data), fastavro.parse_schema(older), fastavro.parse_schema(newer))


@given(_pairs())
@QUICK
def test_the_verdict_is_that_of_the_avro_project(pair: tuple[Any, Any, Any]) -> None:
    older, newer, _ = pair
    ours = FORMAT.read(json.dumps(newer), {}).cannot_read(FORMAT.read(json.dumps(older), {}))
    checker: Any = ReaderWriterCompatibilityChecker
    theirs = checker().get_compatibility(parse(json.dumps(newer)), parse(json.dumps(older)))
    assert (ours == []) is (theirs.compatibility == SchemaCompatibilityType.compatible), (ours, theirs.messages)


@given(st.data(), schemas())
@QUICK
def test_what_the_library_writes_is_taken_and_comes_back(data: st.DataObject, schema: Any) -> None:
    ours = FORMAT.read(json.dumps(schema), {})
    payload = _written(schema, data.draw(values(schema, nan=False)))
    ours.check(payload, "data")
    assert ours.from_json(ours.to_json(payload, "data"), "data") == payload


@given(st.data(), schemas())
@QUICK
def test_what_is_taken_the_library_reads(data: st.DataObject, schema: Any) -> None:
    """No accepted record violates its schema, whatever bytes come: a few of a good one are changed."""
    ours = FORMAT.read(json.dumps(schema), {})
    payload = bytearray(_written(schema, data.draw(values(schema))))
    for at, byte in data.draw(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 255)), max_size=2)):
        if at < len(payload):
            payload[at] = byte
    try:
        ours.check(bytes(payload), "data")
    except InvalidInput:
        return
    parsed = fastavro.parse_schema(schema)
    source = io.BytesIO(bytes(payload))
    value = fastavro.schemaless_reader(source, parsed, return_named_type=True)
    assert source.read() == b""
    assert fastavro.validate(value, parsed, raise_errors=False) or _holds_nan(value) or _is_wide(schema)


def _holds_nan(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_holds_nan, value.values()))
    if isinstance(value, list):
        return any(map(_holds_nan, value))
    return isinstance(value, float) and not math.isfinite(value)


def _is_wide(schema: Any) -> bool:
    """A float's own bounds: the library takes some of them for no float."""
    return "float" in json.dumps(schema)


@pytest.mark.parametrize(
    ("problem", "kind", "data"),
    [
        ("-5 bytes", "bytes", b"\x09abcdef"),
        ("64 bits", "long", b"\xff" * 10),
        ("does not fit into int", "int", b"\xff" * 9 + b"\x01"),
        ("0 or 1", "boolean", b"\x07"),
        ("not UTF-8", "string", b"\x04\xff\xfe"),
        ("follow the end", "int", b"\x02\x02"),
        ("the data end", "double", b"\x00" * 7),
        ("no branch 5", ["null", "int"], b"\x0a"),
        ("no symbol 4", {"type": "enum", "name": "E", "symbols": ["A"]}, b"\x08"),
        ("items where", {"type": "array", "items": "int"}, b"\xfe\xff\xff\xff\x0f"),
        ("twice in the map", {"type": "map", "values": "int"}, b"\x04\x02a\x02\x02a\x04\x00"),
        ("at 'f'", {"type": "record", "name": "R", "fields": [{"name": "f", "type": "int"}]}, b""),
    ],
)
def test_bytes_that_are_no_value_are_refused_with_their_place(problem: str, kind: Any, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=problem):
        FORMAT.read(json.dumps(kind), {}).check(data, "data")


def test_data_that_nest_without_end_are_refused_before_the_stack_is() -> None:
    node = {"type": "record", "name": "N", "fields": [{"name": "next", "type": ["null", "N"]}]}
    schema = FORMAT.read(json.dumps(node), {})
    with pytest.raises(InvalidInput, match="nests deeper than 64 levels"):
        schema.check(b"\x02" * 200_000 + b"\x00", "data")
    schema.check(b"\x02" * 60 + b"\x00", "data")
