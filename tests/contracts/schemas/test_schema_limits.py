"""What is no schema, refers to what is not given, or is over a limit: refused when it is read, with a sentence."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.schemas.avro import AvroFormat
from penstock.adapters.schemas.json_schema import JsonSchemaFormat
from penstock.adapters.schemas.protobuf import ProtobufFormat
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.limits import SCHEMA_BYTES_MAX

if TYPE_CHECKING:
    from penstock.ports.schema_format import SchemaFormat

AVRO, JSON, PROTOBUF = AvroFormat(), JsonSchemaFormat(), ProtobufFormat()
NO_FORMAT_AT_ALL = ["", "   ", "\x00", "\ud800", "{", "[1,", "🦊", "nul", "<xml/>"]


@pytest.mark.parametrize("format_", [AVRO, JSON, PROTOBUF])
@pytest.mark.parametrize("text", NO_FORMAT_AT_ALL)
def test_what_is_no_schema_is_refused_or_empty(format_: SchemaFormat, text: str) -> None:
    if format_ is PROTOBUF and not text.strip():
        format_.read(text, {})  # an empty .proto file is one
        return
    with pytest.raises(InvalidInput, match=r"^schema: "):
        format_.read(text, {})


@pytest.mark.parametrize("format_", [AVRO, JSON, PROTOBUF])
def test_five_megabytes_are_refused_also_in_a_reference(format_: SchemaFormat) -> None:
    for text, references in ((" " * 5_000_000, {}), ("{}", {"a": " " * SCHEMA_BYTES_MAX})):
        with pytest.raises(LimitExceeded, match="the limit is 262144"):
            format_.read(text, references)


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        (JSON, '{"not":' * 3_000 + "{}" + "}" * 3_000),
        (JSON, '{"allOf":[' * 40 + "{}" + "]}" * 40),
        (AVRO, '{"type":"array","items":' * 3_000 + '"int"' + "}" * 3_000),
        (PROTOBUF, "message M {" * 3_000 + "}" * 3_000),
        (PROTOBUF, "option (a) = {a: " + "{a: " * 3_000),
    ],
)
def test_three_thousand_levels_are_refused(format_: SchemaFormat, text: str) -> None:
    with pytest.raises(LimitExceeded, match="nests deeper than 64 levels"):
        format_.read(text, {})


@pytest.mark.parametrize(
    ("format_", "text"),
    [
        (JSON, json.dumps({"properties": {str(at): {} for at in range(21_000)}})),
        (AVRO, json.dumps({"type": "enum", "name": "E", "symbols": [f"a{at}" for at in range(21_000)]})),
        (PROTOBUF, "enum E { " + "".join(f"A{at:x}={at};" for at in range(21_000)) + "}"),
    ],
)
def test_too_many_parts_are_refused(format_: SchemaFormat, text: str) -> None:
    with pytest.raises(InvalidInput, match=r"more than 20000 parts|the limit is"):
        format_.read(text, {})


def test_a_descriptor_of_a_thousand_levels_is_refused() -> None:
    data = b"\x0a\x01M"
    for _ in range(1000):
        size, length = len(data), bytearray()
        while size >= 0x80:
            length.append(size & 0x7F | 0x80)
            size >>= 7
        data = b"\x0a\x01M\x1a" + bytes([*length, size]) + data
    size, length = len(data), bytearray()
    while size >= 0x80:
        length.append(size & 0x7F | 0x80)
        size >>= 7
    with pytest.raises(InvalidInput, match=r"FileDescriptorProto|nests deeper"):
        PROTOBUF.read(base64.b64encode(b"\x22" + bytes([*length, size]) + data).decode(), {})


@pytest.mark.parametrize(
    "reference",
    [
        "http://169.254.169.254/latest/meta-data",
        "https://json.schemastore.org/package.json",
        "file:///etc/passwd",
        "//evil.example/x",
        "other.json",
        "#/$defs/none",
        "#nobody",
    ],
)
def test_a_ref_that_is_not_given_is_refused_by_its_name_and_never_fetched(reference: str) -> None:
    for keyword in ("$ref", "$dynamicRef"):
        with pytest.raises(InvalidInput, match=r"nothing") as refusal:
            JSON.read(json.dumps({"properties": {"a": {keyword: reference}}}), {})
        assert repr(reference) in str(refusal.value)


def test_a_ref_inside_a_reference_is_refused_too() -> None:
    with pytest.raises(InvalidInput, match=r"'http://a\.example/b'"):
        JSON.read('{"$ref": "a.json"}', {"a.json": '{"$ref": "http://a.example/b"}'})


def test_words_that_look_like_a_ref_are_none() -> None:
    JSON.read('{"const": {"$ref": "http://a.example/b"}, "properties": {"$ref": {"type": "string"}}}', {})


@pytest.mark.parametrize("pattern", ["^(?=a)b", "(?<!a)b", "(a)\\1", "(a{1000}){1000}", "(", "[z-a]"])
@pytest.mark.parametrize("keyword", ["pattern", "patternProperties"])
def test_patterns_that_need_backtracking_are_refused(keyword: str, pattern: str) -> None:
    said: Any = pattern if keyword == "pattern" else {pattern: {}}
    with pytest.raises(InvalidInput, match="linear time"):
        JSON.read(json.dumps({"properties": {"a": {keyword: said}}}), {})


def test_a_pattern_that_ruins_others_is_matched_at_once() -> None:
    """It has exponentially many ways to fail; the test would not end."""
    schema = JSON.read('{"pattern": "^(a|a)*(a+)+$"}', {})
    with pytest.raises(InvalidInput, match="does not match"):
        schema.check(json.dumps("a" * 100_000 + "b").encode(), "data")


def test_references_that_multiply_are_refused() -> None:
    branch = {f"d{at}": {"allOf": [{"$ref": f"#/$defs/d{at + 1}"}] * 2} for at in range(30)}
    with pytest.raises(InvalidInput, match="100000 steps"):
        JSON.read(json.dumps({"$ref": "#/$defs/d0", "$defs": {**branch, "d30": {}}}), {})


@pytest.mark.parametrize("text", ['{"$ref": "#"}', '{"anyOf": [{"$ref": "#"}]}', '{"not": {"allOf": [{"$ref": "#"}]}}'])
def test_recursion_that_goes_nowhere_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="refers to itself without going into the value"):
        JSON.read(text, {})


def test_recursion_into_the_value_is_fine_and_its_depth_is_that_of_payloads() -> None:
    schema = JSON.read('{"properties": {"next": {"$ref": "#"}}, "additionalProperties": false}', {})
    schema.check(b'{"next": {"next": {}}}', "data")
    with pytest.raises(InvalidInput, match=r"at 'next\.next'"):
        schema.check(b'{"next": {"next": {"x": 1}}}', "data")


def test_a_hundred_thousand_unique_items_are_checked() -> None:
    schema = JSON.read('{"uniqueItems": true}', {})
    schema.check(json.dumps(list(range(100_000))).encode(), "data")
    with pytest.raises(InvalidInput, match="non-unique"):
        schema.check(json.dumps([*range(50_000), 7]).encode(), "data")


def test_references_are_found_by_the_words_of_the_ref() -> None:
    given = {
        "item.json": '{"$defs": {"price": {"minimum": 0}}, "$ref": "money.json"}',
        "money.json": '{"type": "number"}',
    }
    for own in ({}, {"$id": "https://shop.example/schemas/order.json"}):
        text = json.dumps({**own, "properties": {"a": {"$ref": "item.json"}, "b": {"$ref": "item.json#/$defs/price"}}})
        schema = JSON.read(text, given)
        schema.check(b'{"a": 1.5, "b": 2}', "data")
        for bad in (b'{"a": "x"}', b'{"b": -1}'):
            with pytest.raises(InvalidInput):
                schema.check(bad, "data")


@pytest.mark.parametrize("draft", ["http://json-schema.org/draft-04/schema#", "http://json-schema.org/draft-07/schema"])
def test_older_drafts_are_read_by_their_own_rules(draft: str) -> None:
    schema = JSON.read(json.dumps({"$schema": draft, "items": [{"type": "string"}], "additionalItems": False}), {})
    schema.check(b'["a"]', "data")
    with pytest.raises(InvalidInput):
        schema.check(b'["a", 1]', "data")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("none of http://json-schema.org/draft-04", {"$schema": "https://a.example/meta"}),
        ("minimum", {"minimum": "1"}),
        ("type", {"properties": {"a": {"type": "strin"}}}),
        ("must be an object, true or false", [1]),
    ],
)
def test_what_breaks_the_rules_of_json_schema_is_refused(problem: str, said: Any) -> None:
    with pytest.raises(InvalidInput, match=problem):
        JSON.read(json.dumps(said), {})


def _record(*fields: Any) -> Any:
    return {"type": "record", "name": "R", "fields": list(fields)}


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("names the type 'Nope'", "Nope"),
        ("has no type", {}),
        ("has no name", {"type": "record", "fields": []}),
        ("has no fields", {"type": "record", "name": "R"}),
        ("the field 'a' twice", _record({"name": "a", "type": "int"}, {"name": "a", "type": "int"})),
        ("is defined twice", _record({"name": "a", "type": {"type": "fixed", "name": "R", "size": 1}})),
        ("letters, digits and _", {"type": "record", "name": "9-x", "fields": []}),
        ("type of Avro's own", {"type": "record", "name": "int", "fields": []}),
        ("union that holds a union", ["int", ["string"]]),
        ("union with 'int' twice", ["int", "int"]),
        ("union of nothing", []),
        ("'x' is no integer", _record({"name": "a", "type": "int", "default": "x"})),
        ("does not fit into int", _record({"name": "a", "type": "int", "default": 2**31})),
        ("none of the union's types", _record({"name": "a", "type": ["null", "int"], "default": "x"})),
        ("symbol 'A' twice", {"type": "enum", "name": "E", "symbols": ["A", "A"]}),
        ("none of its symbols", {"type": "enum", "name": "E", "symbols": ["A"], "default": "B"}),
        ("size of 0 to", {"type": "fixed", "name": "F", "size": -1}),
        ("size of 0 to", {"type": "fixed", "name": "F", "size": 2**40}),
        ("take no bytes", {"type": "array", "items": "null"}),
        ("take no bytes", {"type": "array", "items": _record({"name": "a", "type": "null"})}),
        ("must be a name, an object or a list", 7),
    ],
)
def test_what_breaks_the_rules_of_avro_is_refused(problem: str, said: Any) -> None:
    with pytest.raises(InvalidInput, match=problem):
        AVRO.read(json.dumps(said), {})


def test_avro_references_may_have_any_name_and_refer_on() -> None:
    given = {
        "shop.Money": '{"type": "fixed", "name": "Money", "namespace": "shop", "size": 8}',
        "anything": '{"type": "record", "name": "shop.Line", "fields": [{"name": "price", "type": "Money"}]}',
    }
    lines = '{"name": "lines", "type": {"type": "array", "items": "Line"}}'
    text = f'{{"type": "record", "name": "shop.Order", "fields": [{lines}]}}'
    schema = AVRO.read(text, given)
    assert AVRO.read(schema.canonical, {}).canonical == schema.canonical
    with pytest.raises(InvalidInput, match="names the type 'Line'"):
        AVRO.read(text, {"shop.Money": given["shop.Money"]})


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('"int"', ' {"type": "int"} '),
        ('{"type":"record","name":"A","namespace":"n","fields":[]}', '{"fields":[],"name":"n.A","type":"record"}'),
        ('{"type":{"type":"array","items":"int"}}', '{"items":{"type":"int"},"type":"array"}'),
    ],
)
def test_the_same_meaning_in_avro_has_the_same_text(one: str, other: str) -> None:
    assert AVRO.read(one, {}).canonical == AVRO.read(other, {}).canonical


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("'nope.proto' is none of its references", 'syntax = "proto3"; import "nope.proto"; message M { Foo f = 1; }'),
        ("'/etc/passwd' is none", 'syntax = "proto3"; import "/etc/passwd";'),
        ("'../schema.proto' is none", 'syntax = "proto3"; import "../schema.proto";'),
        ("line 1: Field number 1 has already been used", "message M { optional int32 a = 1; optional int32 b = 1; }"),
        ("recursively imports itself|recursively", 'syntax = "proto3"; import "schema.proto";'),
        ("maximum recursion limit", "message M { " * 50 + "}" * 50),
        ("syntax", 'syntax = "proto9";'),
        ("base64, but not of", "AAAA"),
    ],
)
def test_what_breaks_the_rules_of_protobuf_is_refused(problem: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        PROTOBUF.read(text, {})


@pytest.mark.parametrize("name", ["../a.proto", "/a.proto", "a//b.proto", "a/../b.proto", "", "a\x00b", "x" * 300])
def test_a_reference_that_is_no_path_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="must be a path"):
        PROTOBUF.read('syntax = "proto3";', {name: 'syntax = "proto3";'})


def test_a_descriptor_in_base64_is_the_same_schema_as_its_text() -> None:
    given = {"a/money.proto": 'syntax = "proto3"; package a; message Money { int64 cents = 1; }'}
    text = """
      syntax = "proto3"; // a comment
      package shop;
      import "google/protobuf/descriptor.proto"; import "google/protobuf/timestamp.proto"; import "a/money.proto";
      extend google.protobuf.FieldOptions { string unit = 50000; }
      message Order {
        a.Money price = 2 [(unit) = "EUR"];
        optional google.protobuf.Timestamp at = 1 [deprecated = true];
      }
    """
    schema = PROTOBUF.read(text, given)
    imported = PROTOBUF.read(given["a/money.proto"], {}).serialized
    again = PROTOBUF.read(schema.serialized, {"a/money.proto": imported})
    assert again.canonical == schema.canonical
    assert '(.shop.unit) = "EUR"' in schema.canonical
    assert PROTOBUF.read(schema.canonical, given).canonical == schema.canonical
