"""What a file is, and what it says."""

from pathlib import Path
from typing import Final

TEXT_BYTES_MAX: Final = 256 * 1024
MARKDOWN: Final = frozenset({".md", ".markdown"})
IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp"})


def read_text(file: Path) -> str:
    """The first part of a file of text; "" for any other. Raises `OSError` when it cannot be read."""
    if file.suffix.lower() in IMAGES:
        return ""
    with file.open("rb") as opened:
        raw = opened.read(TEXT_BYTES_MAX)
    return "" if b"\0" in raw else raw.decode("utf-8", "replace")
