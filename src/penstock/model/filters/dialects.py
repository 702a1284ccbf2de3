"""A filter in the form of the CloudEvents Subscriptions API: `{"any": [{"exact": {"type": "a"}}, {"sql": "b = 'c'"}]}`.

Whoever reads one is told where in it something is wrong: `filter.any[1].sql`.
"""

from collections.abc import Sequence
from enum import Enum, unique
from typing import Any, Final

import msgspec
from msgspec import Struct

from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.filters.attributes import Attributes, is_attribute
from penstock.model.filters.compiled import compiled
from penstock.model.filters.cost import check_cost
from penstock.model.filters.parser import parse
from penstock.model.filters.syntax import Expression
from penstock.model.filters.values import CesqlError
from penstock.model.limits import (
    EVENT_SOURCE_BYTES_MAX,
    FILTER_BYTES_MAX,
    FILTER_COST_MAX,
    FILTER_DEPTH_MAX,
    FILTER_PARTS_MAX,
)

FIELD: Final = "filter"
_ROOT_HINT: Final = 'such as {"prefix": {"type": "com.example."}}'


@unique
class Comparison(Enum):
    """How the value of an attribute is compared."""

    EXACT = "exact"
    PREFIX = "prefix"
    SUFFIX = "suffix"


class Compared(Struct, frozen=True):
    """Attributes and the texts that all of them have, begin with or end with."""

    how: Comparison
    attributes: tuple[tuple[str, str], ...]


class All(Struct, frozen=True):
    """All of them."""

    of: tuple["Filter", ...]


class AtLeastOne(Struct, frozen=True):
    """At least one of them."""

    of: tuple["Filter", ...]


class Contrary(Struct, frozen=True):
    """What the other does not want."""

    of: "Filter"


class Sql(Struct, frozen=True):
    """Those for which an expression is true. One that fails is not."""

    expression: Expression


Filter = Compared | All | AtLeastOne | Contrary | Sql

_DIALECTS: Final = (*(each.value for each in Comparison), "all", "any", "not", "sql")


def read_text(text: str) -> Filter:
    """A filter that was written down as JSON; raises `InvalidInput` naming the part that is wrong."""
    size = len(text.encode(errors="surrogatepass"))
    if size > FILTER_BYTES_MAX:
        raise LimitExceeded(FIELD, f"has {size} bytes as JSON; the limit is {FILTER_BYTES_MAX}")
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError) as error:
        raise InvalidInput(FIELD, f"is no JSON ({str(error)[:80]}); write an object, {_ROOT_HINT}") from None
    return read_value(value)


def write_text(value: object) -> str:
    """A filter as it is kept: the same filter is always the same text. Raises `InvalidInput`."""
    read_value(value)
    text = msgspec.json.encode(value, order="sorted").decode()
    if len(text.encode()) > FILTER_BYTES_MAX:
        raise LimitExceeded(FIELD, f"has {len(text.encode())} bytes as JSON; the limit is {FILTER_BYTES_MAX}")
    return text


def read_value(value: object) -> Filter:
    """A filter out of mappings, lists and texts; raises `InvalidInput` naming the part that is wrong."""
    return _Reader().filter(value, FIELD, 1)


class _Reader:
    """Counts what all parts of one filter cost together."""

    def __init__(self) -> None:
        self._conditions = self._cost = 0

    def filter(self, value: object, place: str, depth: int) -> Filter:
        if depth > FILTER_DEPTH_MAX:
            raise LimitExceeded(FIELD, f"is deeper than {FILTER_DEPTH_MAX} levels of all, any and not")
        dialect, content = _only(value, place)
        place = f"{place}.{dialect}"
        if dialect == "sql":
            return self._sql(content, place)
        if dialect == "not":
            return Contrary(self.filter(content, place, depth + 1))
        if dialect in {"all", "any"}:
            parts = _parts(content, place)
            self._count(len(parts))
            read = tuple(self.filter(each, f"{place}[{at}]", depth + 1) for at, each in enumerate(parts))
            return All(read) if dialect == "all" else AtLeastOne(read)
        return self._compared(Comparison(dialect), content, place)

    def _compared(self, how: Comparison, content: object, place: str) -> Compared:
        if not isinstance(content, dict) or not content:
            problem = 'should be an object of attributes and texts, such as {"type": "com.example."}'
            raise InvalidInput(place, f"{_shown(content)} {problem}")
        self._count(len(content))
        for name, wanted in content.items():
            if not isinstance(name, str) or not is_attribute(name):
                raise InvalidInput(place, f"{_shown(name)} is no attribute of an event: a-z and 0-9, and not its data")
            if not isinstance(wanted, str) or not wanted:
                raise InvalidInput(f"{place}.{name}", f"{_shown(wanted)} is no text, or an empty one")
            if len(wanted.encode(errors="surrogatepass")) > EVENT_SOURCE_BYTES_MAX:
                raise LimitExceeded(f"{place}.{name}", f"is longer than {EVENT_SOURCE_BYTES_MAX} bytes: none has it")
            _check_unicode(wanted, f"{place}.{name}")
        return Compared(how, tuple(sorted(content.items())))

    def _sql(self, content: object, place: str) -> Sql:
        if not isinstance(content, str):
            raise InvalidInput(
                place, f"{_shown(content)} is no text; write an expression, such as \"subject LIKE 'a%'\""
            )
        _check_unicode(content, place)
        self._count(1)
        try:
            expression = parse(content)
            compiled(expression, Attributes("").reader)
            self._cost += check_cost(expression)
        except CesqlError as error:
            where = f"at character {error.place}: " if error.place else ""
            raise InvalidInput(place, where + error.problem) from None
        if self._cost > FILTER_COST_MAX:
            raise LimitExceeded(
                FIELD, f"may cost {self._cost} for one event in its expressions; the limit is {FILTER_COST_MAX}"
            )
        return Sql(expression)

    def _count(self, more: int) -> None:
        self._conditions += more
        if self._conditions > FILTER_PARTS_MAX:
            raise LimitExceeded(FIELD, f"has more than {FILTER_PARTS_MAX} filters and attributes")


def _only(value: object, place: str) -> tuple[str, Any]:
    if not isinstance(value, dict):
        raise InvalidInput(place, f"{_shown(value)} is no object of one dialect, {_ROOT_HINT}")
    if len(value) != 1:
        raise InvalidInput(place, f"names {len(value)} dialects; each object names one: put several into all or any")
    ((dialect, content),) = value.items()
    if not isinstance(dialect, str) or dialect not in _DIALECTS:
        raise InvalidInput(place, f"{_shown(dialect)} is no dialect; there are {', '.join(_DIALECTS)}")
    return dialect, content


def _parts(content: object, place: str) -> Sequence[object]:
    if not isinstance(content, list | tuple) or not content:
        raise InvalidInput(place, f"{_shown(content)} should be a list of one filter at least")
    return content


def _shown(value: object) -> str:
    """In words of any length but long: a value of Python may be of any depth."""
    if isinstance(value, str):
        return repr(value[:60])
    if isinstance(value, dict | list | tuple):
        return ("an" if value else "an empty") + (" object" if isinstance(value, dict) else " array")
    return "null" if value is None else f"a value of the type {type(value).__name__[:40]}"


def _check_unicode(text: str, place: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise InvalidInput(place, "is no valid Unicode: it has half of a surrogate pair") from None
