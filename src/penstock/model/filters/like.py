"""Patterns of LIKE, in time that grows with the length of the text only: nothing is tried twice."""

from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.filters.values import CesqlError, ErrorKind
from penstock.model.limits import FILTER_TEXT_CHARS_MAX

_ONE: Final = ""
"""stands for any one character"""
_MANY: Final = None
"""stands for any number of characters"""

Matches = Callable[[str], bool]


def like(pattern: str) -> Matches:
    r"""Tells whether a text has the pattern: `%` any number of characters, `_` any one, `\%` and `\_` themselves."""
    parts = _parts(pattern)
    if _ONE in parts:
        return _stepwise(parts)
    pieces = [""]
    for part in parts:
        if part is _MANY:
            pieces.append("")
        else:
            pieces[-1] += part
    return _of_pieces(pieces)


def has_single_wildcards(pattern: str) -> bool:
    """Whether it looks at the text a character at a time."""
    return _ONE in _parts(pattern)


def _parts(pattern: str) -> list[str | None]:
    found: list[str | None] = []
    at = 0
    while at < len(pattern):
        if pattern[at] == "\\" and pattern[at + 1 : at + 2] in {"%", "_"}:
            at += 1
            found.append(pattern[at])
        elif pattern[at] == "%":
            found.append(_MANY)
        else:
            found.append(_ONE if pattern[at] == "_" else pattern[at])
        at += 1
    return found


def _of_pieces(pieces: Sequence[str]) -> Matches:
    """What stands between the `%`: the first begins the text, the last ends it, each other is taken where it is found
    first, since a later place leaves less for those that follow.
    """
    if len(pieces) == 1:
        return pieces[0].__eq__
    first, last, between = pieces[0], pieces[-1], [piece for piece in pieces[1:-1] if piece]
    least = len(first) + len(last)

    def matches(text: str) -> bool:
        if len(text) < least or not text.startswith(first) or not text.endswith(last):
            return False
        at, end = len(first), len(text) - len(last)
        for piece in between:
            at = text.find(piece, at, end)
            if at < 0:
                return False
            at += len(piece)
        return True

    return matches


def _stepwise(parts: list[str | None]) -> Matches:
    """A bit for each place in the pattern that the text may have reached; all of them move with each character."""
    places = [part for part in parts if part is not _MANY]
    stays, width = 0, 0
    for part in parts:
        if part is _MANY:
            stays |= 1 << width
        else:
            width += 1
    anyone = sum(1 << at for at, place in enumerate(places) if place == _ONE)
    moves = {
        character: anyone | sum(1 << at for at, place in enumerate(places) if place == character)
        for character in set(places)
    }
    done = 1 << width

    def matches(text: str) -> bool:
        if len(text) > FILTER_TEXT_CHARS_MAX:
            problem = (
                f"a text of {len(text)} characters is too long for a pattern with _; {FILTER_TEXT_CHARS_MAX} are not"
            )
            raise CesqlError(ErrorKind.GENERIC, problem)
        reached = 1
        for character in text:
            reached = (reached & moves.get(character, anyone)) << 1 | reached & stays
            if not reached:
                return False
        return bool(reached & done)

    return matches
