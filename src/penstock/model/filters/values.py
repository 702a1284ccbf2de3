"""What a CESQL expression computes with, what may go wrong, and the casts from one type to another."""

import re
from enum import Enum, unique
from typing import Final

Value = str | int | bool
"""A String, an Integer of 32 bits, or a Boolean."""

INTEGER_MIN: Final = -(2**31)
INTEGER_MAX: Final = 2**31 - 1
_INTEGER: Final = re.compile(r"[+-]?[0-9]{1,40}\Z")


@unique
class ErrorKind(Enum):
    """The errors that the specification names."""

    PARSE = "parse"
    MATH = "math"
    CAST = "cast"
    MISSING_ATTRIBUTE = "missingAttribute"
    MISSING_FUNCTION = "missingFunction"
    FUNCTION_EVALUATION = "functionEvaluation"
    GENERIC = "generic"


class CesqlError(Exception):
    """An expression that cannot be read, or fails for an event. `place`: the character where, from 1; 0: unsaid.

    `value` is what the operator that failed gives all the same; `at` is that operator, when it says a value of its own.
    """

    def __init__(self, kind: ErrorKind, problem: str, place: int = 0, value: Value = False) -> None:
        super().__init__(problem)
        self.kind, self.problem, self.place, self.value = kind, problem, place, value
        self.at: object = None


def to_string(value: Value) -> str:
    """Always possible."""
    if type(value) is str:
        return value
    if type(value) is bool:
        return "true" if value else "false"
    return str(value)


def to_integer(value: Value) -> int:
    """Raises a `CesqlError` for a text that is no integer of 32 bits."""
    if type(value) is not str:
        return int(value)
    if not _INTEGER.match(value) or not INTEGER_MIN <= (number := int(value)) <= INTEGER_MAX:
        raise CesqlError(ErrorKind.CAST, f"{value[:40]!r} is no integer of 32 bits", value=0)
    return number


def to_boolean(value: Value) -> bool:
    """Raises a `CesqlError` for a text that is neither true nor false."""
    if type(value) is not str:
        return bool(value)
    lowered = value.lower()
    if lowered not in {"true", "false"}:
        raise CesqlError(ErrorKind.CAST, f"{value[:40]!r} is neither true nor false")
    return lowered == "true"


def in_range(number: int) -> int:
    """The number, if it has 32 bits; raises a `CesqlError`."""
    if not INTEGER_MIN <= number <= INTEGER_MAX:
        raise CesqlError(ErrorKind.MATH, "the result has more than 32 bits", value=0)
    return number
