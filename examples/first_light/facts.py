"""What can be said of a file after one reading: digest, size, media type, lines and words, or pixels."""

import codecs
import hashlib
import mimetypes
import os
import stat
from pathlib import Path
from typing import Any

from images import image_size

_BLOCK_BYTES = 256 * 1024


def facts_of(path: Path) -> dict[str, Any]:
    """The facts, or under `problem` why there are none: a file that cannot be read is a fact too."""
    try:
        with open(path, "rb", opener=_open_without_waiting) as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return {"problem": "no regular file any more"}
            reading = _Reading()
            while block := file.read(_BLOCK_BYTES):
                reading.take(block)
            return reading.facts() | _kind(path, image_size(file), reading.is_text)
    except OSError as error:
        return {"problem": error.strerror or type(error).__name__}


def _open_without_waiting(name: str, flags: int) -> int:
    """A pipe in a file's place must not hold us up."""
    return os.open(name, flags | os.O_NONBLOCK)


def _kind(path: Path, image: tuple[str, int, int] | None, is_text: bool) -> dict[str, Any]:
    if image:
        media_type, width, height = image
        return {"media_type": media_type, "width": width, "height": height}
    guessed, _ = mimetypes.guess_type(path.name)
    return {"media_type": guessed or ("text/plain" if is_text else "application/octet-stream")}


class _Reading:
    """Sums up a file block by block, so that a large one needs no memory."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self._size = self._lines = self._words = 0
        self._in_word = False
        self.is_text = True

    def take(self, block: bytes) -> None:
        self._digest.update(block)
        self._size += len(block)
        self.is_text = self.is_text and self._decodes(block)
        if self.is_text:
            self._lines += block.count(b"\n")
            self._words += len(block.split()) - (self._in_word and not block[:1].isspace())
            self._in_word = not block[-1:].isspace()

    def facts(self) -> dict[str, Any]:
        found: dict[str, Any] = {"bytes": self._size, "sha256": self._digest.hexdigest()}
        self.is_text = self.is_text and self._decodes(b"", final=True)
        return found | ({"lines": self._lines, "words": self._words} if self.is_text else {})

    def _decodes(self, block: bytes, final: bool = False) -> bool:
        try:
            self._decoder.decode(block, final)
        except UnicodeDecodeError:
            return False
        return b"\0" not in block
