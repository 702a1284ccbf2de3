"""From what a publisher asks for to events that can be stored: every check at the door is called from here."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final, TypeVar

from penstock.frontend.event_calls import EventGroup, PublishCall
from penstock.frontend.intake import check_token
from penstock.frontend.payloads import json_problem
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event import (
    ANY_SEQUENCE,
    NewEvent,
    StreamId,
    default_source,
    encode_extensions,
    event_key,
    hash_of_subject,
)
from penstock.model.event_rules import (
    check_content_type,
    check_data,
    check_event_id,
    check_expected,
    check_extensions,
    check_source,
    check_stream,
    check_subject,
    check_time_us,
    check_type,
    is_json,
)
from penstock.model.identity import bucket_of_key
from penstock.model.limits import BATCH_BYTES_MAX, PUBLISH_EVENTS_MAX

Value = TypeVar("Value")
_KNOWN_SUBJECTS: Final = 16_384
_COLUMNS: Final = ("subjects", "types", "sources", "ids", "times_us", "content_types", "extensions", "expected")
_COLUMN_OF: Final = {
    "subject": "subjects",
    "type": "types",
    "source": "sources",
    "id": "ids",
    "time": "times_us",
    "content_type": "content_types",
}
"""a field of an event as it stands on the wire; others have their own names"""
_check_type: Final = lru_cache(maxsize=1024)(check_type)
_check_source: Final = lru_cache(maxsize=1024)(check_source)


def check_shape(call: PublishCall) -> int:
    """The bytes of its data; raises `InvalidInput` for all that concerns the call as a whole."""
    count = sum(len(group.data) for group in call.groups)
    if count > PUBLISH_EVENTS_MAX:
        raise LimitExceeded("groups", f"hold {count} events; the limit of a call is {PUBLISH_EVENTS_MAX}")
    size_bytes = sum([len(data) for group in call.groups for data in group.data])
    if count > 1 and size_bytes > BATCH_BYTES_MAX:
        raise LimitExceeded(
            "groups", f"hold {size_bytes} bytes of data; the limit of a call is {BATCH_BYTES_MAX}: make it two calls"
        )
    check_token(call.request_token)
    for at, group in enumerate(call.groups):
        check_stream(group.stream, f"groups[{at}].stream")
        _check_columns(group, at)
    return size_bytes


def take_in(call: PublishCall, streams: Mapping[str, StreamId]) -> list[NewEvent]:
    """The events of a call whose shape was checked; raises `InvalidInput` for the first that is wrong."""
    events: list[NewEvent] = []
    for at, group in enumerate(call.groups):
        first = len(events)
        if not group.data:
            continue
        try:
            _take_group(group, streams[group.stream], events)
        except InvalidInput as error:
            column = _COLUMN_OF.get(error.field, error.field)
            raise type(error)(f"groups[{at}].{column}[{len(events) - first}]", error.problem) from None
    return events


def _check_columns(group: EventGroup, at: int) -> None:
    count = len(group.data)
    for column in _COLUMNS:
        entries = len(getattr(group, column))
        if entries not in (0, 1, count):
            raise InvalidInput(f"groups[{at}].{column}", f"has {entries} entries for {count} events")
    if count > 1 and len(group.ids) == 1:
        raise InvalidInput(f"groups[{at}].ids", f"has one entry for {count} events; each has an id of its own")
    for number, extensions in enumerate(group.extensions):
        check_extensions(extensions, f"groups[{at}].extensions[{number}]")


def _take_group(group: EventGroup, stream_id: StreamId, events: list[NewEvent]) -> None:
    count = len(group.data)
    extensions = [encode_extensions(each) for each in group.extensions]
    own_source = default_source(group.stream)
    columns = zip(
        group.data,
        spread(group.subjects, count, ""),
        spread(group.types, count, ""),
        spread(group.sources, count, ""),
        spread(group.ids, count, ""),
        spread(group.times_us, count, 0),
        spread(group.content_types, count, ""),
        spread(extensions, count, b""),
        spread(group.expected, count, ANY_SEQUENCE),
        strict=True,
    )
    for data, subject, kind, source, event_id, time_us, content_type, more, expected in columns:
        subject_hash, bucket = _known_subject(subject)
        if _must_be_json(content_type) and data and (wrong := json_problem(data)):
            raise InvalidInput("data", f"{wrong}; name its content_type if it is something else")
        events.append(
            NewEvent(
                stream_id,
                subject,
                subject_hash,
                bucket,
                _check_type(kind),
                check_data(data),
                _check_source(source),
                check_event_id(event_id) if event_id else "",
                event_key(source or own_source, event_id) if event_id else b"",
                check_time_us(time_us) if time_us else 0,
                content_type,
                more,
                check_expected(expected),
            )
        )


@lru_cache(maxsize=_KNOWN_SUBJECTS)
def _known_subject(subject: str) -> tuple[bytes, int]:
    """Its hash and its bucket, checked: the same subjects come again and again."""
    check_subject(subject)
    return hash_of_subject(subject), bucket_of_key(subject.encode())


@lru_cache(maxsize=1024)
def _must_be_json(content_type: str) -> bool:
    return is_json(check_content_type(content_type))


def spread(column: Sequence[Value], count: int, none: Value) -> Sequence[Value]:
    """A column that says one thing for all, or nothing, as long as the others."""
    if not column:
        return [none] * count
    return [column[0]] * count if len(column) == 1 else column
