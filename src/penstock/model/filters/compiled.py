"""A CESQL expression as one Python callable. It fails fast: the first error is raised, and nothing after it is run."""

import operator
from collections.abc import Callable
from typing import Any, Final, TypeVar

from penstock.model.filters.functions import casts_for, function, names
from penstock.model.filters.like import like
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
from penstock.model.filters.values import (
    CesqlError,
    ErrorKind,
    Value,
    in_range,
    to_boolean,
    to_integer,
    to_string,
)

E = TypeVar("E")
Reader = Callable[[E], Value | None]
"""Reads one attribute of an event; None: it has none of that name."""
Run = Callable[[E], Value]
"""Raises a `CesqlError` when the expression fails for an event."""

_ORDER: Final = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}


def compiled(expression: Expression, reader_of: Callable[[str], Reader[E]]) -> Run[E]:
    """Raises a `CesqlError` for a function that does not exist."""
    match expression:
        case Literal(value):
            return lambda _: value
        case Attribute(name):
            return _attribute(name, reader_of(name))
        case Exists(name):
            reader = reader_of(name)
            return lambda event: reader(event) is not None
        case Not(of):
            run = compiled(of, reader_of)
            return lambda event: not to_boolean(run(event))
        case Minus(of):
            run = compiled(of, reader_of)
            return lambda event: in_range(-to_integer(run(event)))
        case Binary(sign, left, right):
            return _binary(sign, compiled(left, reader_of), compiled(right, reader_of))
        case Logic(first, rest):
            return _logic(compiled(first, reader_of), [(word, compiled(each, reader_of)) for word, each in rest])
        case Like(of, pattern, negated):
            return _like(compiled(of, reader_of), pattern, negated)
        case In(of, among, negated):
            return _in(compiled(of, reader_of), [compiled(each, reader_of) for each in among], negated)
        case Call():
            return _call(expression, [compiled(each, reader_of) for each in expression.arguments])


def evaluated(expression: Expression, run: Run[E], event: E) -> tuple[Value, CesqlError | None]:
    """The value of an expression, and what went wrong: then it is the value that its outermost operator gives."""
    try:
        return run(event), None
    except CesqlError as error:
        return error.value if error.at is expression else zero(expression), error


def zero(expression: Expression) -> Value:
    """What an expression gives when a part of it fails."""
    match expression:
        case Minus():
            return 0
        case Binary(sign):
            return 0 if sign in _CALCULATIONS else False
        case Call(name, arguments):
            found = function(name, len(arguments))
            return found.zero if found else False
        case _:
            return False


def _attribute(name: str, reader: Reader[E]) -> Run[E]:
    def run(event: E) -> Value:
        value = reader(event)
        if value is None:
            raise CesqlError(ErrorKind.MISSING_ATTRIBUTE, f"the event has no attribute {name}")
        return value

    return run


def _binary(sign: str, left: Run[E], right: Run[E]) -> Run[E]:
    if sign == "=":
        return lambda event: _equal(left(event), right(event))
    if sign in {"!=", "<>"}:
        return lambda event: not _equal(left(event), right(event))
    order = _ORDER.get(sign)
    if order is not None:
        return lambda event: order(to_integer(left(event)), to_integer(right(event)))
    calculate = _CALCULATIONS[sign]
    return lambda event: in_range(calculate(to_integer(left(event)), to_integer(right(event))))


def _equal(left: Value, right: Value) -> bool:
    """The type of the right one decides."""
    return _CASTS[type(right)](left) == right


def _logic(first: Run[E], rest: list[tuple[str, Run[E]]]) -> Run[E]:
    def run(event: E) -> Value:
        value = to_boolean(first(event))
        for word, each in rest:
            if word == "AND":
                value = value and to_boolean(each(event))
            elif word == "OR":
                value = value or to_boolean(each(event))
            else:
                value = value is not to_boolean(each(event))
        return value

    return run


def _like(of: Run[E], pattern: str, negated: bool) -> Run[E]:
    matches = like(pattern)
    if negated:
        return lambda event: not matches(to_string(of(event)))
    return lambda event: matches(to_string(of(event)))


def _in(of: Run[E], among: list[Run[E]], negated: bool) -> Run[E]:
    def run(event: E) -> Value:
        """The type of what is looked for decides."""
        value = of(event)
        cast = _CASTS[type(value)]
        return negated is not any(cast(each(event)) == value for each in among)

    return run


def _call(call: Call, arguments: list[Run[E]]) -> Run[E]:
    found = function(call.function, len(arguments))
    if found is None:
        problem = (
            f"there is no function {call.function[:40]} of {len(arguments)} arguments; there are {', '.join(names())}"
        )
        raise CesqlError(ErrorKind.MISSING_FUNCTION, problem, call.place)
    parts = list(zip(casts_for(found, len(arguments)), arguments, strict=True))

    def run(event: E) -> Value:
        given = [cast(each(event)) for cast, each in parts]
        try:
            return found.run(*given)
        except CesqlError as error:
            error.at = call
            raise

    return run


def _divided(left: int, right: int) -> int:
    """Rounded towards 0."""
    quotient = abs(left) // abs(_divisor(right))
    return quotient if (left < 0) is (right < 0) else -quotient


def _remainder(left: int, right: int) -> int:
    """Of the sign of `left`."""
    rest = abs(left) % abs(_divisor(right))
    return -rest if left < 0 else rest


def _divisor(number: int) -> int:
    if not number:
        raise CesqlError(ErrorKind.MATH, "a division by 0", value=0)
    return number


_CALCULATIONS: Final[dict[str, Callable[[int, int], int]]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": _divided,
    "%": _remainder,
}
_CASTS: Final[dict[type, Callable[[Any], Value]]] = {str: to_string, int: to_integer, bool: to_boolean}
