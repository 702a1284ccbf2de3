"""What a filter may ask of an event: the context attributes of CloudEvents, its place, and its extensions. No data."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from penstock.model.event import JSON, StoredEvent, default_source, place_id
from penstock.model.limits import EXTENSION_NAME_CHARS_MAX

Read = Callable[[StoredEvent], str | None]
"""One attribute as text; None: the event has none of that name."""

_NAME: Final = re.compile(rf"[a-z0-9]{{1,{EXTENSION_NAME_CHARS_MAX}}}\Z")
_UNSEEN: Final = frozenset({"data", "database64"})
_EXTENSIONS: Final = msgspec.json.Decoder(dict[str, str])
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def is_attribute(name: str) -> bool:
    """Whether an event might have an attribute of this name."""
    return _NAME.match(name) is not None and name not in _UNSEEN


class Attributes:
    """Reads the attributes of the events of one stream. The extensions of an event are decoded once."""

    def __init__(self, stream: str) -> None:
        source = default_source(stream)
        self._own: dict[str, Read] = {
            "datacontenttype": lambda event: event.content_type or JSON,
            "id": lambda event: event.id or place_id(stream, event.subject_hash, event.sequence),
            "sequence": lambda event: str(event.sequence),
            "source": lambda event: event.source or source,
            "specversion": lambda _: "1.0",
            "stream": lambda _: stream,
            "subject": lambda event: event.subject,
            "time": lambda event: _written(event.time_us or event.appended_at_us),
            "type": lambda event: event.type,
        }
        self._encoded = b""
        self._extensions: dict[str, str] = {}

    def reader(self, name: str) -> Read:
        """Of one attribute."""
        return self._own.get(name) or (lambda event: self._of(event).get(name))

    def _of(self, event: StoredEvent) -> dict[str, str]:
        encoded = event.extensions
        if encoded is not self._encoded:
            self._extensions = _EXTENSIONS.decode(encoded) if encoded else {}
            self._encoded = encoded
        return self._extensions


def _written(moment_us: int) -> str:
    """As RFC 3339 writes it, in UTC: with six digits of a second, or none where they are 0."""
    return (_EPOCH + timedelta(microseconds=moment_us)).isoformat().removesuffix("+00:00") + "Z"
