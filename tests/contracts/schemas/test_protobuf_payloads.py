"""Payloads of Protobuf: what is accepted is what Protobuf's own library reads, and nothing is lost on the way."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from google.protobuf import (
    any_pb2,
    descriptor_pb2,
    descriptor_pool,
    json_format,
    message_factory,
    struct_pb2,
    timestamp_pb2,
    wrappers_pb2,
)
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from penstock.adapters.schemas.protobuf import ProtobufFormat
from penstock.model.errors import InvalidInput

TEXT = """
syntax = "proto3";
package shop.v1;
import "google/protobuf/any.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Order {
  string id = 1;
  optional int32 count = 2;
  repeated Line lines = 3;
  map<int32, Line> by_number = 4;
  oneof pay { string card = 5; bool cash = 6; }
  google.protobuf.Timestamp at = 7;
  int64 big = 8;
  bytes raw = 9;
  double price = 10;
  google.protobuf.Any any = 11;
  google.protobuf.Struct free = 12;
  google.protobuf.Int64Value wrapped = 13;
  google.protobuf.Value value = 14;
  float small = 15;
  repeated uint64 numbers = 16;
  map<string, bool> flags = 17;
  map<bool, string> names = 18;
  message Line { Kind kind = 1; Line next = 2; }
  enum Kind { NONE = 0; BOOK = 1; }
}
"""
QUICK = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


SCHEMA = ProtobufFormat().read(TEXT, {})
CODEC = SCHEMA.codec()


def _their_class() -> Any:
    """Of a pool that only knows what the schema says of itself."""
    pool = descriptor_pool.DescriptorPool()
    for known in (any_pb2, struct_pb2, timestamp_pb2, wrappers_pb2):
        file = descriptor_pb2.FileDescriptorProto()
        known.DESCRIPTOR.CopyToProto(file)
        pool.Add(file)
    pool.Add(SCHEMA.proto)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("shop.v1.Order")), pool


THEIRS, POOL = _their_class()

_LINES = st.recursive(
    st.fixed_dictionaries({}, optional={"kind": st.sampled_from(["NONE", "BOOK"])}),
    lambda inner: st.fixed_dictionaries({"next": inner}),
    max_leaves=3,
)
_LONGS = st.integers(-(2**63), 2**63 - 1).map(str)
ORDERS = st.fixed_dictionaries(
    {},
    optional={
        "id": st.text(max_size=5),
        "count": st.integers(-(2**31), 2**31 - 1),
        "lines": st.lists(_LINES, max_size=2),
        "byNumber": st.dictionaries(st.integers(-5, 5).map(str), _LINES, max_size=2),
        "cash": st.booleans(),
        "at": st.sampled_from(["2026-11-22T01:02:03Z", "1970-01-01T00:00:00.000000001Z"]),
        "big": _LONGS,
        "raw": st.binary(max_size=4).map(lambda data: base64.b64encode(data).decode()),
        "price": st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["NaN", "-Infinity"])),
        "any": st.fixed_dictionaries({"@type": st.just("x/shop.v1.Order.Line"), "kind": st.just("BOOK")}),
        "free": st.dictionaries(
            st.text(max_size=3), st.one_of(st.none(), st.integers(-9, 9), st.booleans()), max_size=2
        ),
        "wrapped": _LONGS,
        "value": st.one_of(st.none(), st.booleans(), st.text(max_size=3)),
        "small": st.floats(width=32, allow_nan=False, allow_infinity=False),
        "numbers": st.lists(st.integers(0, 2**64 - 1).map(str), max_size=3),
        "flags": st.dictionaries(st.text(max_size=3), st.booleans(), max_size=2),
        "names": st.dictionaries(st.sampled_from(["true", "false"]), st.text(max_size=3), max_size=2),
    },
)


@given(ORDERS)
@QUICK
def test_both_ways_are_those_of_the_library(order: dict[str, Any]) -> None:
    data = CODEC.from_json(json.dumps(order).encode(), "data")
    theirs = json_format.ParseDict(order, THEIRS(), descriptor_pool=POOL)
    assert THEIRS.FromString(data).SerializeToString(deterministic=True) == theirs.SerializeToString(deterministic=True)
    told = json.loads(CODEC.to_json(data, "data"))
    assert told == json_format.MessageToDict(theirs, always_print_fields_with_no_presence=True, descriptor_pool=POOL)
    assert CODEC.from_json(json.dumps(told).encode(), "data") == data


@given(ORDERS, st.lists(st.tuples(st.integers(0, 40), st.integers(0, 255)), min_size=1, max_size=2))
@QUICK
def test_no_accepted_bytes_violate_the_schema(order: dict[str, Any], changes: list[tuple[int, int]]) -> None:
    data = bytearray(CODEC.from_json(json.dumps(order).encode(), "data"))
    for at, byte in changes:
        if at < len(data):
            data[at] = byte
    try:
        CODEC.check(bytes(data), "data")
    except InvalidInput:
        return
    message = THEIRS.FromString(bytes(data))
    size = message.ByteSize()
    message.DiscardUnknownFields()
    assert message.ByteSize() == size
    json_format.MessageToDict(message, descriptor_pool=POOL)


@pytest.mark.parametrize(
    ("problem", "text"),
    [
        ("at 'big': 9007199254740993 is beyond 2\\^53", '{"big": 9007199254740993}'),
        ("at 'lines\\[1\\].kind': 'CAR' is no value", '{"lines": [{}, {"kind": "CAR"}]}'),
        ("at 'lines\\[0\\].kind': 7 is no value", '{"lines": [{"kind": 7}]}'),
        ("at 'raw': 'a' is not base64", '{"raw": "a"}'),
        ("at 'raw': 'YR==' is not base64: its last bits", '{"raw": "YR=="}'),
        ("at 'raw': 'YW!I=' is not base64", '{"raw": "YW!I="}'),
        ("the oneof 'pay' already", '{"card": "a", "cash": true}'),
        ("a type that the schema does not know", '{"any": {"@type": "x/nope"}}'),
        ("no field of 'shop.v1.Order'", '{"colour": 1}'),
        ("at 'by_number': it is there twice", '{"byNumber": {}, "by_number": {}}'),
        ("at 'free': 9007199254740993", '{"free": {"a": [9007199254740993]}}'),
        ("at 'at': '2020' is no google.protobuf.Timestamp", '{"at": "2020"}'),
        ("at 'small': 1e\\+39 does not fit", '{"small": 1e39}'),
        ("at 'price': 'x' is no number", '{"price": "x"}'),
        ("at 'count': 1.5 is no whole number", '{"count": 1.5}'),
        ("at 'count': 2147483648 is not between", '{"count": 2147483648}'),
        ("at 'numbers\\[0\\]': -1 is not between", '{"numbers": [-1]}'),
        ("at 'byNumber.x': 'x' is no whole number", '{"byNumber": {"x": {}}}'),
        ("'id' twice", '{"id": "a", "id": "b"}'),
        ("no object of the fields", "[]"),
        ("nests deeper than 64", '{"lines": [' + '{"next": ' * 70 + "{}" + "}" * 70 + "]}"),
    ],
)
def test_json_that_would_lose_something_is_refused_with_its_place(problem: str, text: str) -> None:
    with pytest.raises(InvalidInput, match=problem):
        CODEC.from_json(text.encode(), "data")


def _nested(levels: int) -> bytes:
    data = b""
    for _ in range(levels):
        size, length = len(data), bytearray()
        while size >= 0x80:
            length.append(size & 0x7F | 0x80)
            size >>= 7
        data = b"\x12" + bytes([*length, size]) + data
    return data


@pytest.mark.parametrize(
    ("problem", "data"),
    [
        ("no message", b"\xff"),
        ("at 'lines\\[0\\].kind': 7 is no value", b"\x1a\x02\x08\x07"),
        ("field 127 is none of 'shop.v1.Order'", b"\xf8\x07\x01"),
        ("at 'lines': field 9 is none of", b"\x1a\x02\x48\x01"),
        ("no message", b"\x0a\x01\xff"),
        ("no message", b"\x1b" * 100_000),
        ("a type that the schema does not know", b"\x5a\x08\x0a\x06x/nope"),
    ],
)
def test_bytes_that_are_no_payload_are_refused(problem: str, data: bytes) -> None:
    with pytest.raises(InvalidInput, match=problem):
        CODEC.check(data, "data")


@pytest.mark.parametrize("levels", [70, 150, 5000])
def test_messages_that_nest_too_deeply_are_refused(levels: int) -> None:
    with pytest.raises(InvalidInput, match="nests"):
        SCHEMA.codec(SCHEMA.place_of("shop.v1.Order.Line")).check(_nested(levels), "data")


def test_required_fields_are_demanded_both_ways() -> None:
    codec = ProtobufFormat().read('syntax = "proto2"; message M { required int32 a = 1; }', {}).codec()
    assert codec.to_json(codec.from_json(b'{"a": 0}', "data"), "data") == b'{"a":0}'
    for refuse in (lambda: codec.check(b"", "data"), lambda: codec.from_json(b"{}", "data")):
        with pytest.raises(InvalidInput, match="at 'a': it is required"):
            refuse()


def test_a_closed_enum_does_not_hide_what_it_does_not_know() -> None:
    codec = ProtobufFormat().read('syntax = "proto2"; message M { optional E e = 1; } enum E { A = 1; }', {}).codec()
    with pytest.raises(InvalidInput, match="field 1 is none of 'M'"):
        codec.check(b"\x08\x05", "data")


def test_a_message_is_found_by_its_place_and_its_name() -> None:
    assert SCHEMA.codec(SCHEMA.place_of("shop.v1.Order.Line")).message == "shop.v1.Order.Line"
    for place in ((5,), (0, 0), (0, 9), ()):
        with pytest.raises(InvalidInput, match="no message at"):
            SCHEMA.codec(place)
    with pytest.raises(InvalidInput, match="none of the schema's"):
        SCHEMA.place_of("google.protobuf.Any")


def test_places_survive_the_normal_text() -> None:
    """Payloads name a message by its place, also where maps and groups bring messages of their own."""
    text = 'syntax = "proto2"; message M { message A {} map<int32, A> m = 2; optional group G = 1 {} message B {} }'
    schema = ProtobufFormat().read(text, {})
    again = ProtobufFormat().read(schema.canonical, {})
    for name in ("M.A", "M.G", "M.B"):
        assert again.place_of(name) == schema.place_of(name)


def test_an_integer_that_may_have_been_rounded_is_refused() -> None:
    with pytest.raises(InvalidInput, match="write it as text"):
        CODEC.from_json(b'{"big": 9007199254740993}', "data")
    told = CODEC.to_json(CODEC.from_json(b'{"big": "9007199254740993"}', "data"), "data")
    assert json.loads(told)["big"] == "9007199254740993"


@pytest.mark.parametrize("data", [b"\x0a\x01\xff", b"\x12\x06\x0a\x01\xff\x12\x01a", b"\x1a\x01\xff"])
def test_texts_of_proto2_that_are_not_utf_8_are_refused_too(data: bytes) -> None:
    text = "message M { optional string s = 1; map<string, string> m = 2; repeated string r = 3; }"
    codec = ProtobufFormat().read(f'syntax = "proto2"; {text}', {}).codec()
    for refuse in (codec.check, codec.to_json):
        with pytest.raises(InvalidInput, match="it is not UTF-8"):
            refuse(data, "data")
