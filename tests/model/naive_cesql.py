"""CESQL as plainly as it can be said, to compare with."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from penstock.model.filters.syntax import Attribute, Binary, Call, Exists, In, Like, Literal, Logic, Minus, Not
from penstock.model.filters.values import Value

Event = Mapping[str, Value]


class NaiveFailure(Exception):
    """An expression fails."""


def written(part: Any) -> str:
    match part:
        case Literal(value):
            if isinstance(value, str):
                return "'" + value.replace("'", "\\'") + "'"
            return str(value)
        case Attribute(name):
            return name
        case Exists(name):
            return f"(exists {name})"
        case Not(of):
            return f"(not {written(of)})"
        case Minus(of):
            return f"(- {written(of)})"
        case Binary(sign, left, right):
            return f"({written(left)} {sign} {written(right)})"
        case Logic(first, rest):
            return "(" + written(first) + "".join(f" {word} {written(each)}" for word, each in rest) + ")"
        case Like(of, pattern, negated):
            return f"({written(of)} {'NOT ' * negated}LIKE '{pattern}')"
        case In(of, among, negated):
            return f"({written(of)} {'NOT ' * negated}IN ({', '.join(map(written, among))}))"
        case Call(function, arguments):
            return f"{function}({', '.join(map(written, arguments))})"
    raise AssertionError(part)


def naive_like(text: str, parts: list[str]) -> bool:
    if not parts:
        return not text
    if parts[0] == "%":
        return any(naive_like(text[at:], parts[1:]) for at in range(len(text) + 1))
    return bool(text) and parts[0] in {"_", "\\" + text[0], text[0]} and naive_like(text[1:], parts[1:])


def naive(part: Any, event: Event) -> Value:
    return RULES[type(part)](part, event)


def cast(value: Value, kind: type) -> Any:
    if type(value) is kind:
        return value
    if kind is str:
        return str(value).lower() if type(value) is bool else str(value)
    if type(value) is str:
        if kind is int:
            return whole(value)
        if value.lower() not in {"true", "false"}:
            raise NaiveFailure
        return value.lower() == "true"
    return kind(value)


def whole(text: str) -> int:
    digits = text[1:] if text.startswith(("+", "-")) else text
    if not digits or set(digits) - set("0123456789"):
        raise NaiveFailure
    return bounded(int(text))


def bounded(number: int) -> int:
    if not -(2**31) <= number < 2**31:
        raise NaiveFailure
    return number


def attribute(part: Attribute, event: Event) -> Value:
    if part.name not in event:
        raise NaiveFailure
    return event[part.name]


def binary(part: Binary, event: Event) -> Value:
    one, two = naive(part.left, event), naive(part.right, event)
    if part.sign in {"=", "!=", "<>"}:
        return bool(cast(one, type(two)) == two) is (part.sign == "=")
    left, right = cast(one, int), cast(two, int)
    if part.sign in ORDERS:
        return ORDERS[part.sign](left, right)
    if part.sign in {"/", "%"} and not right:
        raise NaiveFailure
    return bounded(CALCULATIONS[part.sign](left, right))


def divided(left: int, right: int) -> int:
    return abs(left) // abs(right) * (1 if left * right >= 0 else -1)


def logic(part: Logic, event: Event) -> Value:
    value = bool(cast(naive(part.first, event), bool))
    for word, each in part.rest:
        if (word, value) not in {("AND", False), ("OR", True)}:
            other = bool(cast(naive(each, event), bool))
            value = value != other if word == "XOR" else other
    return value


def within(part: In, event: Event) -> Value:
    value = naive(part.of, event)
    return any(cast(naive(each, event), type(value)) == value for each in part.among) is not part.negated


def call(part: Call, event: Event) -> Value:
    value = naive(part.arguments[0], event)
    if part.function == "LENGTH":
        return len(cast(value, str))
    if part.function == "ABS":
        return bounded(abs(cast(value, int)))
    found: Value = cast(value, {"STRING": str, "BOOL": bool, "INT": int}[part.function])
    return found


ORDERS: dict[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CALCULATIONS: dict[str, Callable[[int, int], int]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": divided,
    "%": lambda left, right: left - right * divided(left, right),
}
RULES: dict[type, Callable[[Any, Event], Value]] = {
    Literal: lambda part, _: part.value,
    Attribute: attribute,
    Exists: lambda part, event: part.name in event,
    Not: lambda part, event: not cast(naive(part.of, event), bool),
    Minus: lambda part, event: bounded(-cast(naive(part.of, event), int)),
    Binary: binary,
    Logic: logic,
    Like: lambda part, event: naive_like(cast(naive(part.of, event), str), list(part.pattern)) is not part.negated,
    In: within,
    Call: call,
}
