"""CloudEvents' JSON event format, one or a batch. Data that is JSON is kept as it stands, byte for byte."""

import base64
import binascii
from collections.abc import Mapping
from typing import Any, Final

import msgspec

from penstock.frontend.payloads import json_problem
from penstock.model.event_rules import is_json
from penstock.server.http.cloud_event import OCTETS, BadEvent, CloudEvent, bad_event, cloud_event
from penstock.server.http.problems import Problem
from penstock.server.http.reading import BODY_DEPTH_MAX

_ONE: Final = msgspec.json.Decoder(dict[str, msgspec.Raw])
_MANY: Final = msgspec.json.Decoder(list[dict[str, msgspec.Raw]])
_TEXT: Final = msgspec.json.Decoder()
_INTEGERS: Final = range(-(2**31), 2**31)
_DATA: Final = frozenset({"data", "data_base64"})


def one_of_json(body: bytes) -> CloudEvent:
    """Raises `Problem`."""
    _check(body)
    try:
        members = _ONE.decode(body)
    except msgspec.ValidationError:
        raise Problem(400, "body: is to be one CloudEvent, a JSON object", code="invalid_argument") from None
    try:
        return _event(members)
    except BadEvent as bad:
        raise bad.answer(None) from None


def batch_of_json(body: bytes) -> list[CloudEvent]:
    """Raises `Problem`."""
    _check(body)
    try:
        every = _MANY.decode(body)
    except msgspec.ValidationError:
        raise Problem(400, "body: is to be a list of CloudEvents, JSON objects", code="invalid_argument") from None
    events = []
    for index, members in enumerate(every):
        try:
            events.append(_event(members))
        except BadEvent as bad:
            raise bad_event(index, bad.attribute, bad.problem) from None
    return events


def _check(body: bytes) -> None:
    if wrong := json_problem(body, BODY_DEPTH_MAX):
        raise Problem(400, f"body: {wrong}", code="invalid_argument")


def _event(members: Mapping[str, msgspec.Raw]) -> CloudEvent:
    attributes: dict[str, str] = {}
    for name, raw in members.items():
        if name not in _DATA:
            value = _TEXT.decode(raw)
            if type(value) is str:
                attributes[name] = value
            elif value is not None:
                attributes[name] = _said(name, value)
    if "data_base64" in members:
        if "data" in members:
            raise BadEvent("data_base64", "and data exclude each other")
        return cloud_event(attributes, _unpacked(members["data_base64"]), OCTETS)
    return cloud_event(attributes, _data(members.get("data"), attributes.get("datacontenttype", "")))


def _said(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and value in _INTEGERS and name not in ("id", "source", "type", "specversion"):
        return str(value)
    raise BadEvent(name[:40], "is no text; attributes are text, true, false or an integer of 32 bits")


def _data(raw: msgspec.Raw | None, content_type: str) -> bytes:
    if raw is None:
        return b""
    data = bytes(raw)
    if data.startswith(b'"') and not is_json(content_type):
        text: str = _TEXT.decode(data)
        return text.encode()
    return data


def _unpacked(raw: msgspec.Raw) -> bytes:
    try:
        return base64.b64decode(_TEXT.decode(raw), validate=True)
    except (binascii.Error, TypeError, ValueError):
        raise BadEvent("data_base64", "is not base64") from None
