"""Requests to services out of JSON, and out of a query's text: every mistake is named with its place."""

import base64
import binascii
import difflib
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NoReturn

import msgspec

from penstock.frontend.payloads import json_problem
from penstock.model.errors import InvalidInput
from penstock.model.limits import PAYLOAD_DEPTH_MAX
from penstock.server.http.fields import BASE64, JsonField, Kind, fields_of
from penstock.server.http.moments import moment_us

BODY_DEPTH_MAX: Final = PAYLOAD_DEPTH_MAX + 4
"""a payload may be as deep as over gRPC, and stands this deep in a body at most"""
Members = Mapping[str, msgspec.Raw]
_OBJECT: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_LIST: Final = msgspec.json.Decoder(list[msgspec.Raw])
_SCALAR: Final = msgspec.json.Decoder()
_INTEGER: Final = re.compile(r"-?\d{1,20}\Z", re.ASCII)
_SHOWN_BITS_MAX: Final = 128
_UNBOUNDED: Final = {"Infinity": math.inf, "-Infinity": -math.inf}
_US: Final = 1_000_000
_SPAN_S_MAX: Final = 1e12


def members_of(body: bytes) -> Members:
    """Of a body that is one JSON object; raises `InvalidInput` with the byte where it is none."""
    if not body.strip():
        return {}
    if wrong := json_problem(body, BODY_DEPTH_MAX):
        raise InvalidInput("body", wrong)
    return _object(body, "body")


def fill(message: Any, members: Members, place: str = "") -> None:
    """Sets the fields of a message; null leaves one as it is. Raises `InvalidInput`."""
    fields = {field.name: field for field in fields_of(message.DESCRIPTOR)}
    for name, raw in members.items():
        path = f"{place}{name}"
        field = fields.get(name)
        if field is None and name.endswith(BASE64):
            field = fields.get(name.removesuffix(BASE64))
            if field is not None and field.kind is Kind.DOCUMENT and not field.is_list:
                setattr(message, field.wire.name, _unpacked(_SCALAR.decode(raw), path))
                continue
            field = None
        if field is None:
            raise InvalidInput(path, unknown(name, fields))
        if bytes(raw) != b"null":
            _set(message, field, raw, path)


def set_text(message: Any, field: JsonField, texts: Sequence[str]) -> None:
    """Sets a field out of a query or a path; raises `InvalidInput`."""
    if field.kind is Kind.MAP:
        entries = getattr(message, field.wire.name)
        for text in texts:
            name, equals, value = text.partition("=")
            if not equals:
                raise InvalidInput(field.name, f"{text[:80]!r} is to be NAME=VALUE")
            entries[name] = value
    elif field.is_list or field.kind is Kind.IDS:
        values = [_value(field, _out_of_text(field, text), field.name) for text in texts]
        _put_list(message, field, values)
    elif len(texts) > 1:
        raise InvalidInput(field.name, f"is given {len(texts)} times; give it once")
    else:
        setattr(message, field.wire.name, _value(field, _out_of_text(field, texts[0]), field.name))


def token_bytes(value: Any, path: str) -> bytes:
    """Of what makes a call repeatable; raises `InvalidInput`."""
    if not isinstance(value, str):
        _wrong(path, value, "text: a UUID, or 16 to 64 bytes of your own")
    try:
        return uuid.UUID(value).bytes
    except ValueError:
        return value.encode()


def unknown(name: str, known: Mapping[str, Any]) -> str:
    """What to say about a name that nobody knows."""
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known) or 'none'}"
    return f"there is no such member; {hint}"


def _set(message: Any, field: JsonField, raw: msgspec.Raw, path: str) -> None:
    wire = field.wire.name
    if field.kind is Kind.MAP:
        _fill_map(getattr(message, wire), field, raw, path)
    elif field.kind is Kind.MESSAGE and field.is_list:
        for at, each in enumerate(_list(raw, path)):
            fill(getattr(message, wire).add(), _object(each, f"{path}[{at}]"), f"{path}[{at}].")
    elif field.kind is Kind.MESSAGE:
        part = getattr(message, wire)
        part.SetInParent()
        fill(part, _object(raw, path), f"{path}.")
    elif field.kind is Kind.DOCUMENT:
        if field.is_list:
            getattr(message, wire).extend([bytes(each) for each in _list(raw, path)])
        else:
            setattr(message, wire, bytes(raw))
    elif field.is_list or field.kind is Kind.IDS:
        each_raw = enumerate(_list(raw, path))
        _put_list(message, field, [_value(field, _SCALAR.decode(each), f"{path}[{at}]") for at, each in each_raw])
    else:
        setattr(message, wire, _value(field, _SCALAR.decode(raw), path))


def _put_list(message: Any, field: JsonField, values: list[Any]) -> None:
    if field.kind is Kind.IDS:
        setattr(message, field.wire.name, b"".join(values))
    else:
        getattr(message, field.wire.name).extend(values)


def _fill_map(entries: Any, field: JsonField, raw: msgspec.Raw, path: str) -> None:
    kinds = {each.wire.name: each for each in fields_of(field.wire.message_type)}
    for name, each in _object(raw, path).items():
        place = f"{path}[{name[:40]!r}]"
        key = _value(kinds["key"], _out_of_text(kinds["key"], name), place)
        entries[key] = _value(kinds["value"], _SCALAR.decode(each), place)


def _value(field: JsonField, value: Any, path: str) -> Any:
    return _READERS[field.kind](field, value, path)


def _moment(_field: JsonField, value: Any, path: str) -> int:
    return 0 if value is None else moment_us(value, path)


def _span(_field: JsonField, value: Any, path: str) -> int:
    return round(_number(value, path, _SPAN_S_MAX) * _US)


def _any_number(_field: JsonField, value: Any, path: str) -> float:
    unbounded = _UNBOUNDED.get(value) if isinstance(value, str) else None
    return _number(value, path, math.inf) if unbounded is None else unbounded


def _truth(_field: JsonField, value: Any, path: str) -> bool:
    if not isinstance(value, bool):
        _wrong(path, value, "true or false")
    return value


def _text(_field: JsonField, value: Any, path: str) -> str:
    if not isinstance(value, str):
        _wrong(path, value, "text")
    return value


def _integer(field: JsonField, value: Any, path: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        _wrong(path, value, "a whole number")
    if not field.least <= value <= field.most:
        # Thousands of digits cost more to write than they tell.
        shown = str(value) if value.bit_length() <= _SHOWN_BITS_MAX else f"a number of {value.bit_length()} bits"
        raise InvalidInput(path, f"{shown} is not within {field.least} and {field.most}")
    return value


def _number(value: Any, path: str, most: float) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or abs(value) > most:
        _wrong(path, value, "a number")
    return float(value)


def _word(field: JsonField, value: Any, path: str) -> int:
    number = field.words.get(value) if isinstance(value, str) else None
    if number is None:
        _wrong(path, value, f"one of {', '.join(field.words)}")
    return number


def _id_bytes(_field: JsonField, value: Any, path: str) -> bytes:
    try:
        return uuid.UUID(value).bytes
    except (ValueError, AttributeError, TypeError):
        _wrong(path, value, "an id, such as 0198b7a4-5c7e-7cc0-8f3a-0b1d2e3f4a5b")


def _unpacked(value: Any, path: str) -> bytes:
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, TypeError, ValueError):
        _wrong(path, value, "base64")


def _out_of_text(field: JsonField, text: str) -> Any:
    """What JSON would have said."""
    match field.kind:
        case Kind.INTEGER if _INTEGER.match(text):
            return int(text)
        case Kind.NUMBER | Kind.SPAN:
            try:
                number = float(text)
            except ValueError:
                return text
            return number if math.isfinite(number) else text
        case Kind.TRUTH:
            return {"true": True, "false": False}.get(text.lower(), text)
        case _:
            return text


def _object(raw: bytes | msgspec.Raw, path: str) -> Members:
    try:
        return _OBJECT.decode(raw)
    except msgspec.ValidationError:
        raise InvalidInput(path, "is to be a JSON object") from None


def _list(raw: msgspec.Raw, path: str) -> list[msgspec.Raw]:
    try:
        return _LIST.decode(raw)
    except msgspec.ValidationError:
        raise InvalidInput(path, "is to be a list") from None


def _wrong(path: str, value: Any, wanted: str) -> NoReturn:
    shown = msgspec.json.encode(value)[:60].decode(errors="replace") if not isinstance(value, str) else repr(value[:60])
    raise InvalidInput(path, f"{shown} is not what it is to be: {wanted}")


_READERS: Final[Mapping[Kind, Callable[[JsonField, Any, str], Any]]] = {
    Kind.MOMENT: _moment,
    Kind.SPAN: _span,
    Kind.ID: _id_bytes,
    Kind.IDS: _id_bytes,
    Kind.TOKEN: lambda _field, value, path: token_bytes(value, path),
    Kind.ENUM: _word,
    Kind.NUMBER: _any_number,
    Kind.TRUTH: _truth,
    Kind.INTEGER: _integer,
    Kind.TEXT: _text,
}
