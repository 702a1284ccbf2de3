"""What an event may look like: checked once, at the door, with words for whoever made it."""

import re
from collections.abc import Mapping
from typing import Final

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event import ANY_SEQUENCE
from penstock.model.limits import (
    CONTENT_TYPE_CHARS_MAX,
    EVENT_BYTES_MAX,
    EVENT_ID_BYTES_MAX,
    EVENT_SOURCE_BYTES_MAX,
    EVENT_TYPE_BYTES_MAX,
    EXTENSION_BYTES_MAX,
    EXTENSION_NAME_CHARS_MAX,
    EXTENSIONS_MAX,
    SUBJECT_BYTES_MAX,
)
from penstock.model.names import check_name, check_text

RESERVED: Final = frozenset(
    {
        "data",
        "data_base64",
        "datacontenttype",
        "id",
        "sequence",
        "source",
        "specversion",
        "stream",
        "subject",
        "time",
        "type",
    }
)
"""attributes that are no extensions: CloudEvents' own, and the place that the journal gives. `dataschema` travels as
an extension does.
"""
SEQUENCE_MAX: Final = 2**63 - 1
TIME_US_MAX: Final = 253_402_300_799_999_999
"""the last microsecond of the year 9999, the last that RFC 3339 can write"""
_EXTENSION_NAME: Final = re.compile(rf"[a-z0-9]{{1,{EXTENSION_NAME_CHARS_MAX}}}\Z")
_CONTENT_TYPE: Final = re.compile(r"[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+( *;[\x20-\x7e]*)?\Z")
_JSON_TYPE: Final = re.compile(r"(application/json|text/json|[^/]+/[^;]+\+json) *(;.*)?\Z", re.IGNORECASE)


def check_stream(name: str, field: str = "stream") -> str:
    """A stream's name; raises `InvalidInput`."""
    return check_name(field, name)


def check_subject(text: str, field: str = "subject") -> str:
    """The key within which events are ordered: any text; raises `InvalidInput`."""
    return _present(field, text, SUBJECT_BYTES_MAX, "say what the event is about, such as a path or an order's number")


def check_type(text: str, field: str = "type") -> str:
    """What kind of event it is, such as `file.changed`; raises `InvalidInput`."""
    return _present(field, text, EVENT_TYPE_BYTES_MAX, "say what kind of event it is, such as file.changed")


def check_source(text: str, field: str = "source") -> str:
    """Where an event comes from, "" for its stream; raises `InvalidInput`."""
    return check_text(field, text, EVENT_SOURCE_BYTES_MAX)


def check_event_id(text: str, field: str = "id") -> str:
    """What tells an event from all others of its source, "" for its place; raises `InvalidInput`."""
    return check_text(field, text, EVENT_ID_BYTES_MAX)


def check_content_type(text: str, field: str = "content_type") -> str:
    """The media type of the data, "" for JSON; raises `InvalidInput`."""
    if len(text) > CONTENT_TYPE_CHARS_MAX:
        raise LimitExceeded(field, f"has {len(text)} characters; the limit is {CONTENT_TYPE_CHARS_MAX}")
    if text and not _CONTENT_TYPE.match(text):
        raise InvalidInput(field, f"{text[:80]!r} is no media type; use one such as application/json or image/png")
    return text


def is_json(content_type: str) -> bool:
    """Whether data of this type must be JSON."""
    return not content_type or _JSON_TYPE.match(content_type) is not None


def check_data(data: bytes, field: str = "data") -> bytes:
    """The content of an event; raises `LimitExceeded`."""
    if len(data) > EVENT_BYTES_MAX:
        raise LimitExceeded(
            field, f"has {len(data)} bytes; the limit is {EVENT_BYTES_MAX}: store large data elsewhere and name it"
        )
    return data


def check_time_us(time_us: int, field: str = "time") -> int:
    """When an event happened, 0 for when it is stored; raises `InvalidInput`."""
    if not 0 <= time_us <= TIME_US_MAX:
        raise InvalidInput(field, f"{time_us} us since 1970 are outside of the years 1970 to 9999")
    return time_us


def check_expected(sequence: int, field: str = "expected") -> int:
    """The sequence that a subject must have reached, 0 for none, -1 for any; raises `InvalidInput`."""
    if not ANY_SEQUENCE <= sequence <= SEQUENCE_MAX:
        raise InvalidInput(
            field, f"{sequence} is no sequence; use the one that the last event of the subject has, 0 if there is none"
        )
    return sequence


def check_sequence(sequence: int, field: str = "sequence") -> int:
    """Where an event stands in its subject; raises `InvalidInput`."""
    if not 1 <= sequence <= SEQUENCE_MAX:
        raise InvalidInput(field, f"{sequence} is no sequence; use the one that the subject has reached, 1 or higher")
    return sequence


def check_extensions(extensions: Mapping[str, str], field: str = "extensions") -> Mapping[str, str]:
    """Further attributes; raises `InvalidInput`."""
    if len(extensions) > EXTENSIONS_MAX:
        raise LimitExceeded(field, f"are {len(extensions)}; the limit is {EXTENSIONS_MAX}")
    for name, value in extensions.items():
        check_text(f"{field}[{name[:20]!r}]", value, EXTENSION_BYTES_MAX)
        if not _EXTENSION_NAME.match(name):
            raise InvalidInput(
                field,
                f"{name[:80]!r} is not the name of one; use 1 to {EXTENSION_NAME_CHARS_MAX} of a-z and 0-9, "
                "which is what CloudEvents allows",
            )
        if name in RESERVED:
            raise InvalidInput(field, f"{name!r} is an attribute of every event and no extension; set it as such")
    return extensions


def _present(field: str, text: str, bytes_max: int, advice: str) -> str:
    if text == "":
        raise InvalidInput(field, f"is empty; {advice}")
    return check_text(field, text, bytes_max)
