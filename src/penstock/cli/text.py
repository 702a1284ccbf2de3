"""Text of strangers made safe to show: what a lambda said must not command a terminal."""

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """The text with control characters and changes of direction spelled out; tabs and line ends stay."""
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape", "backslashreplace").decode(), text)


def one_line(text: str, chars_max: int = 100) -> str:
    """The text on one line, cut to its limit."""
    flat = " ".join(visible(text).split())
    return flat if len(flat) <= chars_max else flat[: chars_max - 1] + "…"
