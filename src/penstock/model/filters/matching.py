"""A filter as one Python callable."""

from collections.abc import Callable
from typing import Final

from penstock.model.event import StoredEvent
from penstock.model.filters.attributes import Attributes, Read
from penstock.model.filters.compiled import compiled
from penstock.model.filters.dialects import All, AtLeastOne, Compared, Comparison, Contrary, Filter, Sql
from penstock.model.filters.syntax import Expression
from penstock.model.filters.values import CesqlError, ErrorKind, to_string

Wants = Callable[[StoredEvent], bool]
Failed = Callable[[StoredEvent, str], None]
"""Told when an expression fails for an event, and why."""

_COMPARE: Final[dict[Comparison, Callable[[str, str], bool]]] = {
    Comparison.EXACT: str.__eq__,
    Comparison.PREFIX: str.startswith,
    Comparison.SUFFIX: str.endswith,
}


def wants_of(wanted: Filter, attributes: Attributes, failed: Failed) -> Wants:
    """Tells whether an event passes. An expression that fails counts as false, whatever stands around it."""
    match wanted:
        case Compared(how, pairs):
            return _all([_compared(how, attributes.reader(name), value) for name, value in pairs])
        case All(of):
            return _all([wants_of(each, attributes, failed) for each in of])
        case AtLeastOne(of):
            return _any([wants_of(each, attributes, failed) for each in of])
        case Contrary(of):
            wants = wants_of(of, attributes, failed)
            return lambda event: not wants(event)
        case Sql(expression):
            return _sql(expression, attributes, failed)


def guarded(wants: Wants, failed: Failed) -> Wants:
    """Whatever is raised, such as for extensions that cannot be read, blocks no stream: the event is not wanted."""

    def guarded_wants(event: StoredEvent) -> bool:
        try:
            return wants(event)
        except Exception as error:  # noqa: BLE001 - as said above
            failed(event, f"{ErrorKind.GENERIC.value}: {error!r:.200}")
            return False

    return guarded_wants


def _compared(how: Comparison, read: Read, wanted: str) -> Wants:
    compare = _COMPARE[how]

    def wants(event: StoredEvent) -> bool:
        value = read(event)
        return value is not None and compare(value, wanted)

    return wants


def _all(parts: list[Wants]) -> Wants:
    if len(parts) == 1:
        return parts[0]

    def wants(event: StoredEvent) -> bool:
        for part in parts:  # noqa: SIM110 - all() takes twice as long
            if not part(event):
                return False
        return True

    return wants


def _any(parts: list[Wants]) -> Wants:
    if len(parts) == 1:
        return parts[0]

    def wants(event: StoredEvent) -> bool:
        for part in parts:  # noqa: SIM110 - as above
            if part(event):
                return True
        return False

    return wants


def _sql(expression: Expression, attributes: Attributes, failed: Failed) -> Wants:
    run = compiled(expression, attributes.reader)

    def wants(event: StoredEvent) -> bool:
        try:
            value = run(event)
        except CesqlError as error:
            failed(event, _words(error))
            return False
        if type(value) is not bool:
            failed(
                event, f"{ErrorKind.CAST.value}: the expression is {to_string(value)[:40]!r}, neither true nor false"
            )
            return False
        return value

    return wants


def _words(error: CesqlError) -> str:
    return f"{error.kind.value}: {error.problem}"
