"""Reads CESQL: the grammar of its specification, with the order of precedence that its text demands.

AND, OR and XOR bind equally, from left to right: `a OR b AND c` is `(a OR b) AND c`.
"""

import re
from collections.abc import Callable, Collection
from typing import Final

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
from penstock.model.filters.tokens import Kind, Token, tokens
from penstock.model.filters.values import INTEGER_MAX, INTEGER_MIN, CesqlError, ErrorKind
from penstock.model.limits import EXTENSION_NAME_CHARS_MAX, FILTER_EXPRESSION_CHARS_MAX, FILTER_EXPRESSION_DEPTH_MAX

_COMPARISONS: Final = frozenset({"=", "!=", "<>", ">=", "<=", "<", ">"})
_SUMS: Final = frozenset({"+", "-"})
_PRODUCTS: Final = frozenset({"*", "/", "%"})
_JOINS: Final = frozenset({"AND", "OR", "XOR"})
_FUNCTION: Final = re.compile(r"[A-Z][A-Z_]*\Z")
_ATTRIBUTE: Final = re.compile(rf"[a-z0-9]{{1,{EXTENSION_NAME_CHARS_MAX}}}\Z")
_Level = Callable[[], Expression]


def parse(expression: str) -> Expression:
    """Raises a `CesqlError` of the kind PARSE, naming the place, for what is no expression or is over a limit."""
    if len(expression) > FILTER_EXPRESSION_CHARS_MAX:
        raise CesqlError(
            ErrorKind.PARSE,
            f"the expression has {len(expression)} characters; the limit is {FILTER_EXPRESSION_CHARS_MAX}",
        )
    return _Parser(tokens(expression)).whole()


class _Parser:
    def __init__(self, words: list[Token]) -> None:
        self._words = words
        self._at = 0
        self._depth = 0

    def whole(self) -> Expression:
        found = self._logic()
        if self._now.kind is not Kind.END:
            raise self._unexpected("the end, or an operator")
        return found

    def _logic(self) -> Expression:
        self._descend()
        first, rest = self._comparison(), []
        while self._now.kind is Kind.KEYWORD and self._now.text in _JOINS:
            rest.append((self._next().text, self._comparison()))
        self._depth -= 1
        return Logic(first, tuple(rest)) if rest else first

    def _comparison(self) -> Expression:
        return self._from_left(_COMPARISONS, self._sum)

    def _sum(self) -> Expression:
        return self._from_left(_SUMS, self._product)

    def _product(self) -> Expression:
        return self._from_left(_PRODUCTS, self._looked_up)

    def _from_left(self, signs: Collection[str], operand: _Level) -> Expression:
        found, deeper = operand(), 0
        while self._now.kind is Kind.SIGN and self._now.text in signs:
            self._descend()
            deeper += 1
            found = Binary(self._next().text, found, operand())
        self._depth -= deeper
        return found

    def _looked_up(self) -> Expression:
        found, deeper = self._single(), 0
        while (what := self._lookup()) is not None:
            self._descend()
            deeper += 1
            negated = self._takes(Kind.KEYWORD, "NOT")
            self._next()
            found = self._like(found, negated) if what == "LIKE" else In(found, self._list(empty=False), negated)
        self._depth -= deeper
        return found

    def _lookup(self) -> str | None:
        """LIKE or IN, with or without a NOT before it."""
        after = self._now
        if after == Token(Kind.KEYWORD, "NOT", after.place):
            after = self._words[self._at + 1]
        return after.text if after.kind is Kind.KEYWORD and after.text in {"LIKE", "IN"} else None

    def _like(self, found: Expression, negated: bool) -> Like:
        if self._now.kind is not Kind.STRING:
            raise self._unexpected("a text in quotes, the pattern,")
        return Like(found, self._next().text, negated)

    def _single(self) -> Expression:
        word = self._now
        if word.kind is Kind.KEYWORD and word.text == "NOT":
            return self._after_prefix(Not)
        if word.kind is Kind.SIGN and word.text in _SUMS:
            after = self._words[self._at + 1]
            if after.kind is Kind.INTEGER and after.place == word.place + 1:
                self._next()
                return _integer(word.text, self._next())
            if word.text == "-":
                return self._after_prefix(Minus)
        return self._atom()

    def _after_prefix(self, made: Callable[[Expression], Expression]) -> Expression:
        self._descend()
        self._next()
        found = made(self._single())
        self._depth -= 1
        return found

    def _atom(self) -> Expression:
        word = self._now
        if self._takes(Kind.SIGN, "("):
            found = self._logic()
            self._expect(")")
            return found
        if self._takes(Kind.KEYWORD, "EXISTS"):
            return Exists(self._attribute())
        if word.kind is Kind.KEYWORD and word.text in {"TRUE", "FALSE"}:
            return Literal(self._next().text == "TRUE")
        if word.kind is Kind.STRING:
            return Literal(self._next().text)
        if word.kind is Kind.INTEGER:
            return _integer("", self._next())
        if word.kind is Kind.NAME and self._words[self._at + 1].text == "(":
            return self._call()
        return Attribute(self._attribute())

    def _call(self) -> Call:
        word = self._next()
        name = word.text.upper()
        if not _FUNCTION.match(name):
            raise CesqlError(ErrorKind.PARSE, f"{word.text[:40]!r} is no name of a function", word.place)
        return Call(name, self._list(empty=True), word.place)

    def _list(self, *, empty: bool) -> tuple[Expression, ...]:
        self._expect("(")
        if empty and self._takes(Kind.SIGN, ")"):
            return ()
        found = [self._logic()]
        while self._takes(Kind.SIGN, ","):
            found.append(self._logic())
        self._expect(")")
        return tuple(found)

    def _attribute(self) -> str:
        word = self._now
        if word.kind is not Kind.NAME:
            raise self._unexpected("a value, such as an attribute, 'a text' or a number,")
        name = self._next().text.lower()
        if not _ATTRIBUTE.match(name):
            problem = f"{word.text[:40]!r} is no attribute: a-z and 0-9, at most {EXTENSION_NAME_CHARS_MAX}"
            raise CesqlError(ErrorKind.PARSE, problem, word.place)
        return name

    @property
    def _now(self) -> Token:
        return self._words[self._at]

    def _next(self) -> Token:
        self._at += 1
        return self._words[self._at - 1]

    def _takes(self, kind: Kind, text: str) -> bool:
        if self._now.kind is kind and self._now.text == text:
            self._at += 1
            return True
        return False

    def _expect(self, sign: str) -> None:
        if not self._takes(Kind.SIGN, sign):
            raise self._unexpected(repr(sign))

    def _descend(self) -> None:
        self._depth += 1
        if self._depth > FILTER_EXPRESSION_DEPTH_MAX:
            problem = f"is deeper than {FILTER_EXPRESSION_DEPTH_MAX} levels; AND and OR side by side cost none"
            raise CesqlError(ErrorKind.PARSE, problem, self._now.place)

    def _unexpected(self, wanted: str) -> CesqlError:
        word = self._now
        found = "the expression ends" if word.kind is Kind.END else f"stands {word.text[:40]!r}"
        return CesqlError(ErrorKind.PARSE, f"{wanted} should stand here, where {found}", word.place)


def _integer(sign: str, word: Token) -> Literal:
    if (
        len(word.text) > len(str(INTEGER_MAX)) + 20
        or not INTEGER_MIN <= (number := int(sign + word.text)) <= INTEGER_MAX
    ):
        raise CesqlError(ErrorKind.PARSE, f"{sign}{word.text[:40]} has more than 32 bits", word.place)
    return Literal(number)
