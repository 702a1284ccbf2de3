"""A look at the text of a .proto file before the compiler sees it: its size in words, and how deep it nests."""

import re
from typing import Final

from penstock.adapters.schemas.budget import check_parts, refused
from penstock.model.errors import LimitExceeded
from penstock.model.limits import SCHEMA_DEPTH_MAX

_WORDS_PER_PART: Final = 4
"""what the value of an enum takes: `BOOK = 1;`"""
_WORD: Final = re.compile(
    r"""//[^\n]* | /\*.*?\*/ | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | [\w.]+ | [^\s\w]""", re.VERBOSE | re.DOTALL
)
_PATH: Final = re.compile(r"[\w\-+]+[\w.\-+]*(?:/[\w\-+]+[\w.\-+]*)*", re.ASCII)
_PATH_CHARS_MAX: Final = 255


def check_source(text: str) -> None:
    """Raises `LimitExceeded` for what nests too deeply or is too much."""
    depth = words = 0
    for found in _WORD.finditer(text):
        word = found[0]
        if word.startswith(("//", "/*")):
            continue
        words += 1
        if word in "{[<(":
            depth += 1
            if depth > SCHEMA_DEPTH_MAX:
                raise LimitExceeded("schema", f"nests deeper than {SCHEMA_DEPTH_MAX} levels")
        elif word in "}]>)":
            depth -= 1
    check_parts(words // _WORDS_PER_PART)


def check_path(name: str) -> None:
    """Raises `InvalidInput` for what may not be the name of a file that is imported."""
    if not _PATH.fullmatch(name) or len(name) > _PATH_CHARS_MAX:
        raise refused(f"reference {name!r} must be a path such as shop/order.proto, as it is imported")


def says_syntax(text: str) -> bool:
    """Whether it begins with the edition or syntax that it is written in."""
    first = next((word[0] for word in _WORD.finditer(text) if not word[0].startswith(("//", "/*"))), "")
    return first in ("syntax", "edition")
