"""Which events a subscription wants: by type and by extension attributes."""

from collections.abc import Callable
from typing import Final

import msgspec

from penstock.model.event import StoredEvent
from penstock.model.subscription import EventFilter

Wants = Callable[[StoredEvent], bool]

_EXTENSIONS: Final = msgspec.json.Decoder(dict[str, str])


def matcher(wanted: EventFilter) -> Wants | None:
    """Tells whether an event is wanted; None: all are, and nobody need ask."""
    if not wanted.types and not wanted.attributes:
        return None
    exact = frozenset(each for each in wanted.types if not each.endswith("*"))
    prefixes = tuple(each[:-1] for each in wanted.types if each.endswith("*"))
    attributes = wanted.attributes

    def wants(event: StoredEvent) -> bool:
        if wanted.types and event.type not in exact and not event.type.startswith(prefixes):
            return False
        if not attributes:
            return True
        extensions = _EXTENSIONS.decode(event.extensions) if event.extensions else {}
        return all(extensions.get(name) == value for name, value in attributes)

    return wants
