"""Python types as schemas: they take what the SDK writes, and an incompatible change of a signature is seen in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec
import pydantic
import pytest

from penstock.adapters.schemas.json_schema import JsonSchema, JsonSchemaFormat
from penstock.model.errors import InvalidInput
from penstock.sdk.payload import encode_json
from penstock.sdk.signature_schema import schema_of_type, signature_schema


class Point(msgspec.Struct):
    x: int
    y: int = 0


@dataclass
class Line:
    start: Point
    label: str | None = None


class Address(pydantic.BaseModel):
    street: str
    lines: list[str] = []


class Customer(pydantic.BaseModel):
    name: str
    address: Address
    others: list[Customer] = []


class Mixed(msgspec.Struct):
    customer: Customer
    point: Point
    path: Path
    at: datetime | None = None


class Odd:
    """Nobody knows how it is written."""


CUSTOMER = Customer(name="Ada", address=Address(street="A"), others=[Customer(name="B", address=Address(street="C"))])


def _read(said: dict[str, Any]) -> JsonSchema:
    return JsonSchemaFormat().read(json.dumps(said), {})


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (int, 3),
        (list[str | None], ["a", None]),
        (dict[str, float], {"a": 0.5}),
        (Point, Point(1, 2)),
        (Line, Line(Point(1), "a")),
        (Customer, CUSTOMER),
        (list[Customer], [CUSTOMER]),
        (Mixed, Mixed(CUSTOMER, Point(1), Path("a/b"))),
        (Path, Path("a")),
    ],
)
def test_what_the_sdk_writes_is_taken(kind: Any, value: Any) -> None:
    _read(schema_of_type(kind)).check(encode_json(value), "payload")


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (int, b'"a"'),
        (Point, b'{"y": 1}'),
        (Line, b'{"start": {"x": "a"}}'),
        (Customer, b'{"name": "a", "address": {}}'),
        (list[Customer], b'[{"name": "a", "address": {"street": "b"}, "others": [{}]}]'),
        (Mixed, b'{"customer": {"name": 1}, "point": {"x": 1}, "path": "a"}'),
    ],
)
def test_what_the_worker_could_not_read_is_not(kind: Any, text: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"^payload: "):
        _read(schema_of_type(kind)).check(text, "payload")


def test_a_type_without_a_schema_takes_anything() -> None:
    _read(schema_of_type(Odd)).check(b'{"a": [1]}', "payload")
    assert schema_of_type(object()) == {}


def test_a_model_whose_schema_fails_takes_anything() -> None:
    class Bad:
        @classmethod
        def model_json_schema(cls, **_: Any) -> Any:
            raise RuntimeError("no")

    _read(schema_of_type(Bad)).check(b"[]", "payload")


def _parameters(*fields: Any) -> JsonSchema:
    shape = msgspec.defstruct("Arguments", fields, kw_only=True, forbid_unknown_fields=True)
    return _read(signature_schema(shape, None)["parameters"])


@pytest.mark.parametrize(
    ("older", "newer", "says"),
    [
        ([("a", int)], [("a", int), ("b", int, 0)], ""),
        ([("a", int)], [("a", int), ("b", int)], "field 'b': it is required"),
        ([("a", int)], [("a", str)], "field 'a': integer was taken"),
        ([("a", int)], [("a", int | None)], ""),
        ([("a", int | None)], [("a", int)], "field 'a': "),
        ([("a", int), ("b", int, 0)], [("a", int)], "field 'b': "),
        ([("a", Point)], [("a", Customer)], "field 'a'"),
        ([("a", Customer)], [("a", Customer), ("b", Customer | None, None)], ""),
    ],
)
def test_an_incompatible_change_of_parameters_is_seen(older: list[Any], newer: list[Any], says: str) -> None:
    found = _parameters(*newer).cannot_read(_parameters(*older))
    assert bool(found) is bool(says)
    assert says in " ".join(found)


class Priced(pydantic.BaseModel):
    net: int

    @pydantic.computed_field
    def gross(self) -> int:
        return self.net * 2


def test_what_is_given_back_may_have_more_than_what_is_taken() -> None:
    taken, given = _read(schema_of_type(Priced, "taken")), _read(schema_of_type(Priced, "given"))
    taken.check(b'{"net": 1}', "payload")
    given.check(encode_json(Priced(net=1)), "result")
    with pytest.raises(InvalidInput, match="gross"):
        given.check(b'{"net": 1}', "result")
    assert _read(signature_schema(Point, Priced)["returns"]).canonical == given.canonical
