"""The functions of CESQL, and no others."""

from collections.abc import Callable, Sequence
from typing import Any, Final

from msgspec import Struct

from penstock.model.filters.values import (
    INTEGER_MAX,
    INTEGER_MIN,
    CesqlError,
    ErrorKind,
    Value,
    to_boolean,
    to_integer,
    to_string,
)

_WHITE_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
"""what Unicode calls so: `str.strip` would take some control characters, too"""
Cast = Callable[[Value], Value]


class Function(Struct, frozen=True):
    """One function of a certain number of arguments."""

    run: Callable[..., Value]
    casts: tuple[Cast, ...]
    zero: Value
    """what it gives when an argument fails"""
    more: bool = False
    """any number of further texts may follow"""


def function(name: str, count: int) -> Function | None:
    """The one that is called with so many arguments; None: there is none."""
    for each in _FUNCTIONS.get(name, ()):
        if count == len(each.casts) or (each.more and count > len(each.casts)):
            return each
    return None


def names() -> Sequence[str]:
    """Of all of them."""
    return sorted(_FUNCTIONS)


def _any(value: Value) -> Value:
    return value


def _absolute(number: int) -> int:
    if number == INTEGER_MIN:
        raise CesqlError(ErrorKind.MATH, f"ABS({INTEGER_MIN}) has more than 32 bits", value=INTEGER_MAX)
    return abs(number)


def _left(text: str, count: int) -> str:
    return text[: _count("LEFT", text, count)]


def _right(text: str, count: int) -> str:
    wanted = _count("RIGHT", text, count)
    return text[max(0, len(text) - wanted) :]


def _count(name: str, text: str, count: int) -> int:
    if count < 0:
        raise CesqlError(ErrorKind.FUNCTION_EVALUATION, f"{name} cannot take {count} characters", value=text)
    return count


def _substring(text: str, position: int, length: int = INTEGER_MAX) -> str:
    if abs(position) > len(text) or length < 0:
        problem = f"SUBSTRING from {position} is not within {len(text)} characters"
        if length < 0:
            problem = f"SUBSTRING cannot take {length} characters"
        raise CesqlError(ErrorKind.FUNCTION_EVALUATION, problem, value="")
    if not position:
        return ""
    begin = position - 1 if position > 0 else len(text) + position
    return text[begin : begin + length]


def _trimmed(text: str) -> str:
    return text.strip(_WHITE_SPACE)


def _concatenated(*texts: str) -> str:
    return "".join(texts)


def _joined(delimiter: str, *texts: str) -> str:
    return delimiter.join(texts)


_FUNCTIONS: Final[dict[str, tuple[Function, ...]]] = {
    "ABS": (Function(_absolute, (to_integer,), 0),),
    "BOOL": (Function(to_boolean, (_any,), False),),
    "CONCAT": (Function(_concatenated, (), "", more=True),),
    "CONCAT_WS": (Function(_joined, (to_string,), "", more=True),),
    "INT": (Function(to_integer, (_any,), 0),),
    "LEFT": (Function(_left, (to_string, to_integer), ""),),
    "LENGTH": (Function(len, (to_string,), 0),),
    "LOWER": (Function(str.lower, (to_string,), ""),),
    "RIGHT": (Function(_right, (to_string, to_integer), ""),),
    "STRING": (Function(to_string, (_any,), ""),),
    "SUBSTRING": (
        Function(_substring, (to_string, to_integer), ""),
        Function(_substring, (to_string, to_integer, to_integer), ""),
    ),
    "TRIM": (Function(_trimmed, (to_string,), ""),),
    "UPPER": (Function(str.upper, (to_string,), ""),),
}


def casts_for(each: Function, count: int) -> list[Callable[[Any], Any]]:
    """One an argument."""
    return [*each.casts, *[to_string] * (count - len(each.casts))]
