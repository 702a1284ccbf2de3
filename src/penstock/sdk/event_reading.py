"""Events as they came to those that a function takes: their data typed by its annotation."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import msgspec
from msgspec import Struct

from penstock.model.data_schema import DATA_SCHEMA
from penstock.model.event import JSON
from penstock.model.event import Event as StoredEvent
from penstock.model.event_rules import is_json
from penstock.model.outcomes import UndecodableEvent
from penstock.sdk.annotations import shown_annotation
from penstock.sdk.event import Event
from penstock.sdk.payload import decode_other

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_NO_DATA: Final = b"null"
_is_json: Final = lru_cache(256)(is_json)


class Reading(Struct, frozen=True, gc=False):
    """The events of a delivery up to the first that cannot be read."""

    events: list[Event[Any]]
    trouble: UndecodableEvent | None = None


class EventReader:
    """Raises `TypeError` at construction for a type that cannot be read from JSON."""

    __slots__ = ("_data_type", "_decode", "_decode_converted", "_label", "_others", "_raw")

    def __init__(self, data_type: Any, label: str) -> None:
        self._data_type, self._label = data_type, label
        self._raw = data_type is bytes
        self._others = data_type is Any
        try:
            decoder = msgspec.json.Decoder(data_type, dec_hook=decode_other)
        except TypeError as error:
            raise TypeError(
                f"{label}: data of type {shown_annotation(data_type)} cannot be read from JSON: {error}"
            ) from None
        self._decode: Callable[[bytes], Any] = decoder.decode
        # Integers of 64 bits are text in JSON where another reader would round them.
        self._decode_converted = msgspec.json.Decoder(data_type, dec_hook=decode_other, strict=False).decode

    def read(self, stored: Sequence[StoredEvent]) -> Reading:
        """All of them, or those before the first whose data is not of the type."""
        events: list[Event[Any]] = []
        each: StoredEvent
        decode = self._decode
        add = events.append
        try:
            for each in stored:
                add(
                    Event(
                        each.stream,
                        each.subject,
                        each.type,
                        decode(each.data)
                        if each.content_type == JSON and each.data and not self._raw and not each.extensions
                        else self._other(each),
                        each.source,
                        each.id,
                        _EPOCH + timedelta(0, 0, each.time_us),
                        each.content_type,
                        each.extensions,
                        None,
                        each.sequence,
                    )
                )
        except Exception as error:  # noqa: BLE001 - a user's type may raise anything while it is built
            return Reading(events, UndecodableEvent(each.sequence, self._words(each, error)))
        return Reading(events)

    def _other(self, event: StoredEvent) -> Any:
        """Data that is not plain JSON, or is not to be read."""
        if self._raw:
            return event.data
        if _is_json(event.content_type):
            decode = self._decode_converted if DATA_SCHEMA in event.extensions else self._decode
            return decode(event.data or _NO_DATA)
        if self._others:
            return event.data
        raise ValueError(f"it is {event.content_type}, and only bytes can take that")

    def _words(self, event: StoredEvent, error: Exception) -> str:
        problem = str(error) or type(error).__name__
        return (
            f"{self._label}: the data of event {event.sequence} of {event.subject!r:.200} ({event.type:.80}) is no "
            f"{shown_annotation(self._data_type)}: {problem}"
        )
