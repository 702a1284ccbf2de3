"""Events as users of the SDK write and read them."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Generic

import msgspec
from msgspec import Struct

from penstock.model.errors import InvalidInput
from penstock.model.event import ANY_SEQUENCE
from penstock.model.event_rules import (
    check_content_type,
    check_data,
    check_event_id,
    check_expected,
    check_extensions,
    check_source,
    check_stream,
    check_subject,
    check_type,
    is_json,
)
from penstock.sdk.durations import microseconds_since_1970
from penstock.sdk.payload import encode_json, find_non_finite

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    D_co = TypeVar("D_co", covariant=True, default=Any)
else:
    from typing import TypeVar

    D_co = TypeVar("D_co", covariant=True)


class Event(Struct, Generic[D_co], frozen=True):
    """One event: a CloudEvent of a stream. Events of one subject are kept and delivered in their order.

    `data`: anything that has a JSON form; or bytes, with the `content_type` that says what they are. None: no data.
    `source` and `id`: an event that is published again under both is stored once (for a day, unless the platform says
    otherwise), and the first wins, whatever the second says. Without an id every event is new; the source is else the
    app's name. `time`: when it happened; else when it is stored. `extensions`: further attributes, names `[a-z0-9]`.
    `expected`: the sequence that the subject must have reached just before, 0 for none yet; else `SequenceConflict`.
    `sequence`: given by the platform; nothing to publish.

    A lambda made with `@app.on` is given events with all of it filled in. Their `data` is what the annotation says:
    `Event[FileChanged]` anything that can be read from JSON, `Event[bytes]` the bytes as they are, and `Event` what the
    JSON holds, or the bytes of another content type.
    """

    stream: str
    subject: str
    type: str
    data: D_co = None  # type: ignore[assignment]  # it has none
    source: str = ""
    id: str = ""
    time: datetime | None = None
    content_type: str = ""
    extensions: Mapping[str, str] = {}
    expected: int | None = None
    sequence: int = 0


class Publication(Struct, frozen=True):
    """One event as it travels, checked."""

    stream: str
    subject: str
    type: str
    data: bytes
    source: str
    id: str
    time_us: int
    content_type: str
    extensions: dict[str, str]
    expected: int

    @property
    def size_bytes(self) -> int:
        """About what it takes in a request."""
        more = sum(len(name) + len(value) for name, value in self.extensions.items()) if self.extensions else 0
        return len(self.data) + len(self.subject) + len(self.id) + len(self.source) + more + 32


def checked(event: Event[Any], own_source: str) -> Publication:
    """The event as it travels; raises `InvalidInput`, and `TypeError` for data without a JSON form."""
    return Publication(
        check_stream(event.stream),
        check_subject(event.subject),
        check_type(event.type),
        check_data(_encoded(event.data, check_content_type(event.content_type))),
        check_source(event.source or own_source),
        check_event_id(event.id) if event.id else "",
        0 if event.time is None else microseconds_since_1970("time", event.time),
        event.content_type,
        dict(check_extensions(event.extensions)) if event.extensions else {},
        ANY_SEQUENCE if event.expected is None else _sequence(event.expected),
    )


def _encoded(data: Any, content_type: str) -> bytes:
    if data is None:
        return b""
    if isinstance(data, bytes | bytearray | memoryview):
        if not content_type:
            raise InvalidInput("content_type", "is missing: data of bytes needs one, such as image/png")
        return bytes(data)
    if not is_json(content_type):
        raise InvalidInput("data", f"is a {type(data).__qualname__}; data of the type {content_type} must be bytes")
    return _as_json(data)


def _as_json(data: Any) -> bytes:
    try:
        encoded = encode_json(data)
    except (TypeError, NotImplementedError) as error:
        raise TypeError(f"data: {error}") from None
    except RecursionError:
        raise InvalidInput("data", "is nested too deeply, or holds itself") from None
    except (ValueError, msgspec.MsgspecError) as error:
        raise InvalidInput("data", str(error)) from None
    # Looking for them costs nothing where there is no null.
    if b"null" in encoded and (found := find_non_finite(data)):
        number, place = found
        raise InvalidInput("data", f"holds {number} at {place.removeprefix('.') or 'its top'}, which JSON cannot carry")
    return encoded


def _sequence(expected: int) -> int:
    if type(expected) is not int or expected < 0:
        raise InvalidInput("expected", f"{expected!r} is no sequence; 0 is a subject without an event")
    return check_expected(expected)
