"""The words of a CESQL expression."""

import re
from enum import Enum, unique
from typing import Final

from msgspec import Struct

from penstock.model.filters.values import CesqlError, ErrorKind

_TOKEN: Final = re.compile(
    r"""[ \t\r\n]*(?:
    (?P<integer>[0-9]+(?![A-Za-z_0-9])) |
    (?P<word>[A-Za-z0-9][A-Za-z0-9_]*) |
    (?P<single>'(?:\\.|[^'\\])*') |
    (?P<double>"(?:\\.|[^"\\])*") |
    (?P<sign><>|<=|>=|!=|[-+*/%=<>(),]) |
    (?P<end>\Z)
    )""",
    re.VERBOSE | re.DOTALL,
)
KEYWORDS: Final = frozenset({"AND", "OR", "XOR", "NOT", "LIKE", "EXISTS", "IN", "TRUE", "FALSE"})


@unique
class Kind(Enum):
    """What a word is."""

    INTEGER = "integer"
    NAME = "name"
    KEYWORD = "keyword"
    STRING = "string"
    SIGN = "sign"
    END = "end"


class Token(Struct, frozen=True):
    """One word. Of a keyword the text is in capitals; of a string it is what stands between the quotes."""

    kind: Kind
    text: str
    place: int
    """its first character, from 1"""


def tokens(expression: str) -> list[Token]:
    """Ends with an END; raises a `CesqlError` for what is no word."""
    found: list[Token] = []
    at = 0
    while not found or found[-1].kind is not Kind.END:
        match = _TOKEN.match(expression, at)
        if match is None:
            raise _no_word(expression, at)
        group = str(match.lastgroup)
        found.append(_token(group, match[group], match.start(group) + 1))
        at = match.end()
    return found


def _token(group: str, text: str, place: int) -> Token:
    if group in {"single", "double"}:
        quote = text[0]
        return Token(Kind.STRING, text[1:-1].replace(f"\\{quote}", quote), place)
    if group == "word":
        capitals = text.upper()
        return Token(Kind.KEYWORD, capitals, place) if capitals in KEYWORDS else Token(Kind.NAME, text, place)
    return Token(Kind(group), text, place)


def _no_word(expression: str, at: int) -> CesqlError:
    rest = expression[at:].lstrip(" \t\r\n")
    place = len(expression) - len(rest) + 1
    if rest[0] in "'\"":
        return CesqlError(ErrorKind.PARSE, f"the text that begins with {rest[:10]!r} has no end", place)
    return CesqlError(ErrorKind.PARSE, f"{rest[0]!r} means nothing here", place)
