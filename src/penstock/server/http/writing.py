"""Replies of services as JSON. Every field is there: null where nothing is."""

import base64
import math
from collections.abc import Iterator
from typing import Any

import msgspec

from penstock.model.event_rules import is_json
from penstock.model.identity import ID_BYTES, TaskId, text_of
from penstock.server.http.fields import BASE64, JsonField, Kind, fields_of
from penstock.server.http.moments import moment_text

EVENT = "penstock.v1.Event"


def json_of(message: Any) -> bytes:
    """The whole reply."""
    return msgspec.json.encode(document_of(message))


def document_of(message: Any) -> dict[str, Any]:
    """A message as what JSON has, documents within it as they were stored."""
    if message.DESCRIPTOR.full_name == EVENT:
        return event_document(message)
    return dict(_members(message))


def event_document(event: Any) -> dict[str, Any]:
    """A CloudEvent in its JSON format, with its place."""
    data: dict[str, Any] = {}
    if event.data:
        data = _document("data", event.data) if is_json(event.content_type) else _packed("data", event.data)
    kind = {"datacontenttype": event.content_type} if event.content_type else {}
    return {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": moment_text(event.time_us),
        **kind,
        **data,
        "stream": event.stream,
        "sequence": event.sequence,
        "appended_at": moment_text(event.appended_at_us),
        **dict(sorted(event.extensions.items())),
    }


def _members(message: Any) -> Iterator[tuple[str, Any]]:
    for field in fields_of(message.DESCRIPTOR):
        value = getattr(message, field.wire.name)
        if field.kind is Kind.MAP:
            yield field.name, _map(field, value)
        elif field.kind is Kind.DOCUMENT and not field.is_list:
            yield from _document(field.name, value).items()
        elif field.is_list:
            yield field.name, [_value(field, each) for each in value]
        elif (field.has_presence and not message.HasField(field.wire.name)) or (
            not field.has_presence and field.kind in (Kind.MOMENT, Kind.ENUM) and not value
        ):
            yield field.name, None
        else:
            yield field.name, _value(field, value)


def _value(field: JsonField, value: Any) -> Any:
    match field.kind:
        case Kind.MESSAGE:
            return document_of(value)
        case Kind.MOMENT:
            return moment_text(value)
        case Kind.SPAN:
            return value / 1_000_000
        case Kind.ID:
            return _id_text(value)
        case Kind.IDS:
            return [_id_text(value[at : at + ID_BYTES]) for at in range(0, len(value), ID_BYTES)]
        case Kind.ENUM:
            return next((word for word, number in field.words.items() if number == value), None)
        case Kind.NUMBER:
            return value if math.isfinite(value) else ("-Infinity" if value < 0 else "Infinity")
        case Kind.DOCUMENT:
            return msgspec.Raw(value) if _is_json(value) else base64.b64encode(value).decode()
        case Kind.TOKEN:
            return base64.b64encode(value).decode()
        case _:
            return value


def _map(field: JsonField, value: Any) -> dict[str, Any]:
    entry = {each.wire.name: each for each in fields_of(field.wire.message_type)}["value"]
    return {str(key): _value(entry, value[key]) for key in sorted(value)}


def _id_text(raw: bytes) -> str | None:
    if len(raw) != ID_BYTES or not any(raw):
        return None
    return text_of(TaskId(raw))


def _document(name: str, raw: bytes) -> dict[str, Any]:
    if not raw:
        return {name: None}
    return {name: msgspec.Raw(raw)} if _is_json(raw) else _packed(name, raw)


def _packed(name: str, raw: bytes) -> dict[str, Any]:
    return {f"{name}{BASE64}": base64.b64encode(raw).decode()}


def _is_json(raw: bytes) -> bool:
    try:
        msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
