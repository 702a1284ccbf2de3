"""Bounds, lengths and patterns: whether what one schema says of plain values follows from what another says."""

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Final

_AT_LEAST: Final = {
    "minLength": ("string", "characters"),
    "minItems": ("array", "items"),
    "minProperties": ("object", "properties"),
}
_AT_MOST: Final = {
    "maxLength": ("string", "characters"),
    "maxItems": ("array", "items"),
    "maxProperties": ("object", "properties"),
}


def scalar_problems(reader: dict[str, Any], writer: Sequence[dict[str, Any]], types: frozenset[str]) -> Iterator[str]:
    """Sentences; `types` are those that the writer's values can have."""
    for keyword, (kind, what) in _AT_LEAST.items():
        low = max((each.get(keyword, 0) for each in writer), default=0)
        if kind in types and reader.get(keyword, 0) > low:
            yield f"at least {reader[keyword]} {what} are demanded now, {low} were"
    for keyword, (kind, what) in _AT_MOST.items():
        high = min((each.get(keyword, math.inf) for each in writer), default=math.inf)
        if kind in types and reader.get(keyword, math.inf) < high:
            yield f"at most {reader[keyword]} {what} are taken now, {'any number' if high == math.inf else high} were"
    if types & {"integer", "fraction"}:
        yield from _number_problems(reader, writer, whole="fraction" not in types)
    if "string" in types:
        for keyword in ("pattern", "contentEncoding", "contentMediaType"):
            said = reader.get(keyword)
            if said is not None and said not in [each.get(keyword) for each in writer]:
                yield f"{keyword} {said!r} is demanded now, and was not; whether it follows cannot be told"
    if "array" in types and reader.get("uniqueItems") and not any(each.get("uniqueItems") for each in writer):
        yield "items must be unique now, and need not have been"


def _number_problems(reader: dict[str, Any], writer: Sequence[dict[str, Any]], whole: bool) -> Iterator[str]:
    low, was_low = _low(reader, whole), max((_low(each, whole) for each in writer), default=_NO_LOW)
    if low > was_low:
        yield f"numbers must be {'over' if low[1] else 'at least'} {_shown(low[0])} now"
    high, was_high = _high(reader, whole), min((_high(each, whole) for each in writer), default=_NO_HIGH)
    if high < was_high:
        yield f"numbers must be {'below' if high[1] < 0 else 'at most'} {_shown(high[0])} now"
    step = reader.get("multipleOf")
    if step is not None:
        steps = [Fraction(str(each["multipleOf"])) for each in writer if "multipleOf" in each]
        if whole:
            steps.append(Fraction(1))
        if not any(each % Fraction(str(step)) == 0 for each in steps):
            yield f"numbers must be multiples of {step} now"


_NO_LOW: Final = (-math.inf, 0)
_NO_HIGH: Final = (math.inf, 0)


def _low(said: dict[str, Any], whole: bool) -> tuple[float, int]:
    """The bound, and 1 if it is excluded: greater is stricter."""
    bounds = [_NO_LOW]
    excluded = said.get("exclusiveMinimum")
    if "minimum" in said:
        bounds.append((said["minimum"], 1 if excluded is True else 0))
    if excluded is not None and not isinstance(excluded, bool):
        bounds.append((excluded, 1))
    return max(_whole_low(each) if whole else each for each in bounds)


def _high(said: dict[str, Any], whole: bool) -> tuple[float, int]:
    """The bound, and -1 if it is excluded: less is stricter."""
    bounds = [_NO_HIGH]
    excluded = said.get("exclusiveMaximum")
    if "maximum" in said:
        bounds.append((said["maximum"], -1 if excluded is True else 0))
    if excluded is not None and not isinstance(excluded, bool):
        bounds.append((excluded, -1))
    return min(_whole_high(each) if whole else each for each in bounds)


def _whole_low(bound: tuple[float, int]) -> tuple[float, int]:
    value, excluded = bound
    if math.isinf(value):
        return bound
    return (math.floor(value) + 1 if excluded else math.ceil(value)), 0


def _whole_high(bound: tuple[float, int]) -> tuple[float, int]:
    value, excluded = bound
    if math.isinf(value):
        return bound
    return (math.ceil(value) - 1 if excluded else math.floor(value)), 0


def _shown(value: float) -> str:
    return str(value)
