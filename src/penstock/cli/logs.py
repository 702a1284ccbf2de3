"""The log lines of many processes on one screen: each with its name in front, in its own colour."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Final, TextIO

from penstock.cli.text import visible

Log = Callable[[str, str], None]
"""who says it, and one line"""

LINE_CHARS_MAX: Final = 16_384
_COLOURS: Final = {"penstock": "1", "worker": "36", "frontend": "32", "orchestrator": "35", "engines": "33"}
_WIDTH: Final = max(map(len, _COLOURS))


def log_to_stderr() -> None:
    """The log of this process itself; `PENSTOCK_LOG_LEVEL` says how much."""
    logging.basicConfig(
        level=os.environ.get("PENSTOCK_LOG_LEVEL", "INFO").upper(),
        format="%(asctime)s %(levelname)s %(name)s: %(message)s",
        stream=sys.stderr,
    )


class Screen:
    """Prints lines as `name | line`; colours on a terminal only."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stderr
        self._coloured = self._stream.isatty()

    def __call__(self, name: str, line: str) -> None:
        """One line of one process."""
        head = f"{name:<{_WIDTH}} |"
        if self._coloured:
            colour = _COLOURS.get(name.partition("-")[0], "0")
            head = f"\x1b[{colour}m{head}\x1b[0m"
        self._stream.write(f"{head} {visible(line)}\n")
        self._stream.flush()


class LineCutter:
    """Cuts a stream of bytes into lines of text, whatever pieces it comes in."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[str]:
        """The lines that are complete now; a line without end is cut at `LINE_CHARS_MAX`."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        while len(self._rest) > LINE_CHARS_MAX:
            lines.append(self._rest[:LINE_CHARS_MAX])
            self._rest = self._rest[LINE_CHARS_MAX:]
        return [line.decode("utf-8", "backslashreplace").rstrip("\r") for line in lines]

    def end(self) -> list[str]:
        """What was left without an end."""
        rest, self._rest = self._rest, b""
        return [rest.decode("utf-8", "backslashreplace")] if rest else []
