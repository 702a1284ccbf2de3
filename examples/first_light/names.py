"""File names are bytes, JSON is text: a file URI carries every name there and back."""

import os
from pathlib import Path
from urllib.parse import quote_from_bytes, unquote_to_bytes


def to_uri(path: Path) -> str:
    """`file:///...` with every byte that is not plain percent-encoded."""
    return "file://" + quote_from_bytes(os.fsencode(path.absolute()))


def from_uri(uri: str) -> Path:
    """The path, byte for byte."""
    return Path(os.fsdecode(unquote_to_bytes(uri.removeprefix("file://"))))


def shown(path: Path) -> str:
    """The name for a screen: line ends, control characters and foreign bytes spelled out."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
