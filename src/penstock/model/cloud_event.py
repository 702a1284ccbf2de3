"""Tasks and events as requests: CloudEvents 1.0 over HTTP, in binary, structured and batched form. Pure."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Final

import msgspec
from msgspec import Raw, Struct

from penstock.model.delivery import Span, is_replay
from penstock.model.endpoint import ContentMode
from penstock.model.event import JSON, Event
from penstock.model.identity import TaskId, text_of

TASK_TYPE: Final = "penstock.task"
STRUCTURED: Final = "application/cloudevents+json"
BATCH: Final = "application/cloudevents-batch+json"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SEQUENCE_DIGITS: Final = 20
_PLAIN: Final = frozenset(map(chr, range(0x21, 0x7F))) - {'"', "%"}


class Message(Struct, frozen=True):
    """One request's content."""

    id: str
    """constant over all attempts at the same content"""
    headers: list[tuple[str, str]]
    body: bytes


class _CloudEvent(Struct, frozen=True):
    attributes: Mapping[str, str]
    content_type: str
    data: bytes


def message_of_task(
    task_id: TaskId, namespace: str, lambda_name: str, scheduled_at_us: int, payload: bytes, mode: ContentMode
) -> Message:
    """A task: type `penstock.task`, its id, its lambda as the source, and its arguments, a JSON object, as data."""
    event = _CloudEvent(
        {
            "specversion": "1.0",
            "id": text_of(task_id),
            "source": f"/namespaces/{namespace}/lambdas/{lambda_name}",
            "type": TASK_TYPE,
            "time": _time(scheduled_at_us),
        },
        JSON,
        payload,
    )
    return _single(text_of(task_id), event, mode)


def message_of_events(
    task_id: TaskId, lambda_name: str, span: Span, events: Sequence[Event], mode: ContentMode, batched: bool
) -> Message:
    """What a delivery hands over: one event, or with `batched` a JSON array of them."""
    message_id = _id_of(task_id, lambda_name, span, events)
    if batched:
        body = msgspec.json.encode([_as_object(_of_event(event)) for event in events])
        return Message(message_id, [("content-type", BATCH)], body)
    [event] = events
    return _single(message_id, _of_event(event), mode)


def _id_of(task_id: TaskId, lambda_name: str, span: Span, events: Sequence[Event]) -> str:
    """By what is handed over, to whom: the same for every attempt, also once the event was set aside. A replay is
    meant to be handled again, so its id is another.
    """
    place = msgspec.msgpack.encode(
        (lambda_name, span.stream, span.subject, [event.sequence for event in events], is_replay(task_id))
    )
    return f"msg_{blake2b(place, digest_size=16).hexdigest()}"


def _of_event(event: Event) -> _CloudEvent:
    attributes = {
        "specversion": "1.0",
        "id": event.id,
        "source": event.source,
        "type": event.type,
        "subject": event.subject,
        "time": _time(event.time_us),
        "sequence": f"{event.sequence:0{_SEQUENCE_DIGITS}}",
        **event.extensions,
    }
    return _CloudEvent(attributes, event.content_type, event.data)


def _single(message_id: str, event: _CloudEvent, mode: ContentMode) -> Message:
    if mode is ContentMode.STRUCTURED:
        return Message(message_id, [("content-type", STRUCTURED)], msgspec.json.encode(_as_object(event)))
    headers = [(f"ce-{name}", _in_header(value)) for name, value in event.attributes.items()]
    return Message(message_id, [*headers, ("content-type", _in_header(event.content_type, " "))], event.data)


def _as_object(event: _CloudEvent) -> dict[str, object]:
    shown: dict[str, object] = {**event.attributes, "datacontenttype": event.content_type}
    if is_json(event.content_type) and is_json_text(event.data):
        shown["data"] = Raw(event.data)
    elif event.data:
        shown["data_base64"] = event.data  # msgspec writes bytes as base64
    return shown


def is_json(content_type: str) -> bool:
    """Whether a content type says JSON."""
    kind = content_type.partition(";")[0].strip().lower()
    return kind.endswith(("/json", "+json"))


def is_json_text(data: bytes) -> bool:
    """Whether it is one JSON value, in UTF-8."""
    try:
        msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _in_header(value: str, besides: str = "") -> str:
    """Percent-encoded as the binding says: space, double quote, percent and all that is not printable ASCII."""
    if all(sign in _PLAIN or sign in besides for sign in value):
        return value
    return "".join(
        sign if sign in _PLAIN or sign in besides else "".join(f"%{byte:02X}" for byte in sign.encode(errors="replace"))
        for sign in value
    )


def _time(at_us: int) -> str:
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat(timespec="microseconds").replace("+00:00", "Z")
