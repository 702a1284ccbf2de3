"""CESQL beyond its kit: precedence, limits, costs, and an evaluator that was written for plainness."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from penstock.model.filters.compiled import Reader, compiled, evaluated
from penstock.model.filters.cost import check_cost
from penstock.model.filters.like import like
from penstock.model.filters.parser import parse
from penstock.model.filters.syntax import Attribute, Binary, Call, Exists, In, Like, Literal, Logic, Minus, Not
from penstock.model.filters.values import CesqlError, ErrorKind, Value
from tests.model.naive_cesql import NaiveFailure, naive, naive_like, written

EVENT: dict[str, Value] = {"a": "x", "n": "7", "t": True, "long": "ab" * 500}


def reader(name: str) -> Reader[dict[str, Value]]:
    return lambda event: event.get(name)


def value_of(expression: str) -> Value:
    value, error = answer(expression)
    assert error is None, error
    return value


def answer(expression: str) -> tuple[Value, CesqlError | None]:
    read = parse(expression)
    return evaluated(read, compiled(read, reader), EVENT)


VALUES = [
    ("TRUE OR TRUE AND FALSE", False),  # from left to right
    ("FALSE AND FALSE OR TRUE", True),
    ("TRUE XOR TRUE OR TRUE", True),
    ("NOT TRUE OR TRUE", True),
    ("NOT a LIKE 'y'", None),  # NOT binds more tightly
    ("NOT (a LIKE 'y')", True),
    ("2 + 3 * 4 - 1", 13),
    ("10 - 4 - 3", 3),
    ("4-1", 3),
    ("4 -1", 3),
    ("4+-1", 3),
    ("1 < 2 = TRUE", True),
    ("-7 / 2", -3),
    ("-7 % 2", -1),
    ("7 % -2", 1),
    ("-2147483648", -2147483648),
    ("+5", 5),
    ("n = 7", True),
    ("n + 1", 8),
    ("A = 'x'", True),  # names of attributes are read in any case
    ("7 IN (1, n)", True),
    ("a NOT IN ('y', 'z')", True),
    ("a not\nin ('y')", True),
    ("TRIM('\u2003 a\x1c ')", "a\x1c"),
    ("'it\\'s'", "it's"),
    ("'a\\\\'", "a\\\\"),
    ("CONCAT_WS('-', a, n, TRUE)", "x-7-true"),
    ("RIGHT('abc', 0)", ""),
    ("false AND missing", False),
    ("true OR 1 / 0 = 1", True),
]


@pytest.mark.parametrize(("expression", "value"), VALUES)
def test_values(expression: str, value: Value | None) -> None:
    if value is None:
        assert answer(expression)[1] is not None
    else:
        assert (value_of(expression), type(value_of(expression))) == (value, type(value))


FAILURES = [
    ("2147483647 + 1", 0, ErrorKind.MATH),
    ("-(-2147483648)", 0, ErrorKind.MATH),
    ("-2147483648 / -1", 0, ErrorKind.MATH),
    ("65536 * 65536", 0, ErrorKind.MATH),
    ("'99999999999' + 1", 0, ErrorKind.CAST),
    ("'١' + 1", 0, ErrorKind.CAST),  # digits of other scripts are none
    ("a AND true", False, ErrorKind.CAST),
    ("LENGTH(missing)", 0, ErrorKind.MISSING_ATTRIBUTE),
    ("UPPER(LEFT('abc', -1))", "", ErrorKind.FUNCTION_EVALUATION),
    ("CONCAT('a', missing)", "", ErrorKind.MISSING_ATTRIBUTE),
]


@pytest.mark.parametrize(("expression", "value", "kind"), FAILURES)
def test_failures_give_a_value_and_an_error(expression: str, value: Value, kind: ErrorKind) -> None:
    given_value, error = answer(expression)
    assert error is not None
    assert (given_value, error.kind) == (value, kind)


NONSENSE = [
    ("", 1),
    ("   ", 4),
    ("a =", 4),
    ("a = = b", 5),
    ("(a", 3),
    ("a)", 2),
    ("'open", 1),
    ("a = 'b\\'", 5),
    ("a ; b", 3),
    ("a = 'b' c", 9),
    ("a LIKE b", 8),
    ("a NOT = b", 3),
    ("a IN ()", 7),
    ("a IN 'b'", 6),
    ("EXISTS 'a'", 8),
    ("EXISTS", 7),
    ("an_attribute = 1", 1),
    ("averyverylongattributename = 1", 1),
    ("2147483648", 1),
    ("9" * 4000, 1),
    ("'a''b'", 4),
    ("f1(a)", 1),
    ("a = \x00", 5),
    ("LENGTH(,)", 8),
    ("AND", 1),
    ("ä = 1", 1),
    ("(" * 4000, 33),
    ("NOT " * 1000 + "a", 125),
    ("-" * 4000 + "1", 32),
    ("1" + "+1" * 2000, 64),
    ("a" + " LIKE 'x'" * 400, 282),
    ("LENGTH(" * 500 + "a", None),
    ("x" * 1_000_000, 0),
    ("a = '" + "x" * 1_000_000 + "'", 0),
]


@pytest.mark.parametrize(("expression", "place"), NONSENSE, ids=[repr(each[:20]) for each, _ in NONSENSE])
def test_nonsense_is_refused_with_its_place(expression: str, place: int | None) -> None:
    with pytest.raises(CesqlError) as refused:
        parse(expression)
    assert refused.value.kind is ErrorKind.PARSE
    assert len(refused.value.problem) < 200
    if place is not None:
        assert refused.value.place == place, refused.value


def test_ands_and_ors_side_by_side_are_not_deep() -> None:
    assert value_of(" OR ".join(["a = 'y'"] * 200)) is False


def test_what_may_take_long_is_refused_before_it_is_run() -> None:
    assert check_cost(parse("source LIKE '%.example.com' AND type LIKE 'order._.%'")) < 2_000
    dear = " OR ".join(["CONCAT(a, a, a, a) LIKE '_%_%_'"] * 4)
    for each in (dear, "a LIKE '" + "_" * 1_000 + "'"):
        with pytest.raises(CesqlError, match="may cost"):
            check_cost(parse(each))


def test_a_longer_text_than_was_reckoned_with_is_an_error() -> None:
    read = parse("a LIKE '_%'")
    run = compiled(read, reader)
    long: dict[str, Value] = {"a": "x" * 10_000}
    _, error = evaluated(read, run, long)
    assert error is not None
    assert error.kind is ErrorKind.GENERIC


@given(st.text("ab%_", max_size=8), st.lists(st.sampled_from(["a", "b", "%", "_", "\\%", "\\_"]), max_size=7))
def test_like_is_what_its_words_say(text: str, parts: list[str]) -> None:
    assert like("".join(parts))(text) is naive_like(text, parts)


PATTERNS = [
    ("aaa", "aa%aa", False),
    ("aaaa", "aa%aa", True),
    ("ab", "%ab%b%", False),
    ("abb", "%ab%b%", True),
    ("a", "%%", True),
    ("", "_%", False),
    ("ab", "_b", True),
]


@pytest.mark.parametrize(("text", "pattern", "has"), PATTERNS)
def test_pieces_of_a_pattern_stand_side_by_side(text: str, pattern: str, has: bool) -> None:
    assert like(pattern)(text) is has


def test_like_does_not_backtrack() -> None:
    """The naive evaluator would take longer than the universe lasts."""
    assert like("%a" * 500 + "_%b")("a" * 8_000) is False
    assert like("%" + "a%" * 500 + "b")("a" * 8_000) is False


LITERALS = st.one_of(
    st.booleans(),
    st.integers(-(2**31), 2**31 - 1),
    st.sampled_from(["", "x", "7", "-1", "true", "FALSE", "it's", 'a"']),
)
LEAVES = st.one_of(
    LITERALS.map(Literal),
    st.sampled_from(["a", "n", "t", "missing"]).map(Attribute),
    st.sampled_from(["a", "missing"]).map(Exists),
)


def nested(inner: Any) -> Any:
    return st.one_of(
        inner.map(Not),
        inner.map(Minus),
        st.builds(
            Binary, st.sampled_from(["=", "!=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "%"]), inner, inner
        ),
        st.builds(
            Logic,
            inner,
            st.lists(st.tuples(st.sampled_from(["AND", "OR", "XOR"]), inner), min_size=1, max_size=3).map(tuple),
        ),
        st.builds(Like, inner, st.sampled_from(["x%", "%7", "_", "tr_e", "%"]), st.booleans()),
        st.builds(In, inner, st.lists(inner, min_size=1, max_size=3).map(tuple), st.booleans()),
        st.builds(Call, st.sampled_from(["LENGTH", "ABS", "STRING", "BOOL", "INT"]), st.tuples(inner), st.just(0)),
    )


EXPRESSIONS = st.recursive(LEAVES, nested, max_leaves=12)


@given(EXPRESSIONS)
def test_what_is_written_is_read_and_means_what_it_says(expression: Any) -> None:
    text = written(expression)
    read = parse(text)
    assert written(read) == text
    value, error = evaluated(read, compiled(read, reader), EVENT)
    try:
        wanted = naive(expression, EVENT)
    except NaiveFailure:
        assert error is not None
    else:
        assert error is None
        assert (value, type(value)) == (wanted, type(wanted))


@given(st.text(alphabet="a1'\"()-+*/%=<>!, \\_NOTLIKEANDR\x00ä", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read = parse(text)
        evaluated(read, compiled(read, reader), EVENT)
        check_cost(read)
    except CesqlError:
        pass


def test_all_short_expressions_are_read_or_refused() -> None:
    words = ["a", "'x'", "1", "-", "NOT", "=", "(", ")", "IN", "LIKE", "AND", ",", "LENGTH"]
    for each in itertools.product(words, repeat=4):
        try:
            parse(" ".join(each))
        except CesqlError:
            continue
