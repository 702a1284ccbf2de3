"""What an expression may cost for one event at most, told before it is ever run."""

from typing import Final

from penstock.model.filters.like import has_single_wildcards
from penstock.model.filters.syntax import (
    Attribute,
    Binary,
    Call,
    Exists,
    Expression,
    In,
    Like,
    Literal,
    Logic,
    Minus,
    Not,
)
from penstock.model.filters.values import CesqlError, ErrorKind
from penstock.model.limits import EVENT_SOURCE_BYTES_MAX, FILTER_COST_MAX

_CHARS_A_UNIT: Final = 16
"""that one step at the speed of the machine looks at"""
_PLACES_A_UNIT: Final = 100
"""of a pattern, that move together in one step"""
_NUMBER_CHARS: Final = 11
_WIDENING: Final = frozenset({"UPPER", "LOWER"})
"""a letter may become three"""


def check_cost(expression: Expression) -> int:
    """In units of a tenth of a microsecond or so; raises a `CesqlError` when it is over the limit."""
    cost, _ = _cost(expression)
    if cost > FILTER_COST_MAX:
        raise CesqlError(
            ErrorKind.PARSE,
            f"the expression may cost {cost} for one event; the limit is {FILTER_COST_MAX}: "
            "use fewer patterns with _, or shorter texts",
        )
    return cost


def _cost(part: Expression) -> tuple[int, int]:
    """And the characters that its value may have."""
    parts = _within(part)
    costs = [_cost(each) for each in parts]
    cost, chars = 1 + sum(each for each, _ in costs), [each for _, each in costs]
    if isinstance(part, Literal):
        return cost, len(part.value) if isinstance(part.value, str) else _NUMBER_CHARS
    if isinstance(part, Attribute):
        return cost, EVENT_SOURCE_BYTES_MAX
    looked_at = sum(chars)
    if isinstance(part, Like) and has_single_wildcards(part.pattern):
        return cost + looked_at * (1 + len(part.pattern) // _PLACES_A_UNIT), _NUMBER_CHARS
    cost += looked_at // _CHARS_A_UNIT
    if not isinstance(part, Call):
        return cost, _NUMBER_CHARS
    if part.function == "CONCAT_WS" and chars:
        return cost, looked_at + chars[0] * len(chars)
    return cost, max(_NUMBER_CHARS, looked_at * 3 if part.function in _WIDENING else looked_at)


def _within(part: Expression) -> tuple[Expression, ...]:
    if isinstance(part, Not | Minus | Like):
        return (part.of,)
    if isinstance(part, Binary):
        return part.left, part.right
    if isinstance(part, Logic):
        return part.first, *[each for _, each in part.rest]
    if isinstance(part, In):
        return part.of, *part.among
    if isinstance(part, Call):
        return part.arguments
    assert isinstance(part, Literal | Attribute | Exists)
    return ()
