"""Which events a subscription wants: by type, by extension attributes, and by a filter of dialects, all of them."""

from typing import Any, Final

import msgspec

from penstock.model.event import StoredEvent
from penstock.model.filters.attributes import Attributes
from penstock.model.filters.dialects import read_text
from penstock.model.filters.matching import Failed, Wants, guarded, wants_of
from penstock.model.subscription import EventFilter

__all__ = ["Wants", "matcher", "written"]

_EXTENSIONS: Final = msgspec.json.Decoder(dict[str, str])


def matcher(wanted: EventFilter, stream: str, failed: Failed = lambda _event, _why: None) -> Wants | None:
    """Tells whether an event of a stream is wanted; None: all are, and nobody need ask.

    `failed` is told when an expression fails for an event; what it says is not wanted then. Raises `InvalidInput` for a
    filter that `check_filter` refuses.
    """
    simple = _simple(wanted)
    if not wanted.tree:
        return simple
    rest = guarded(wants_of(read_text(wanted.tree), Attributes(stream), failed), failed)
    if simple is None:
        return rest
    return lambda event: simple(event) and rest(event)


def written(wanted: EventFilter) -> str:
    """All of it as one filter of dialects, in JSON; "": it wants all events."""
    parts: list[Any] = []
    if wanted.types and "*" not in wanted.types:
        parts.append(_one_of("any", [_of_type(each) for each in wanted.types]))
    if wanted.attributes:
        parts.append({"exact": dict(wanted.attributes)})
    if wanted.tree:
        parts.append(msgspec.json.decode(wanted.tree))
    return msgspec.json.encode(_one_of("all", parts)).decode() if parts else ""


def _of_type(written_type: str) -> Any:
    if written_type.endswith("*"):
        return {"prefix": {"type": written_type[:-1]}}
    return {"exact": {"type": written_type}}


def _one_of(dialect: str, parts: list[Any]) -> Any:
    return parts[0] if len(parts) == 1 else {dialect: parts}


def _simple(wanted: EventFilter) -> Wants | None:
    """Types and attributes alone, without a call for each."""
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
