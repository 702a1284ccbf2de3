"""What the processes wrote of their own accord: an outage is worth some lines, never a flood or a traceback."""

import re
from collections import Counter
from pathlib import Path
from typing import Final

_VARIABLE: Final = (
    (re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ "), ""),
    (re.compile(r"\S+/\d+/\S+"), "EXECUTOR"),
    (re.compile(r"\b[a-z-]*\d+ \| "), "EXECUTOR | "),
    (re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}"), "ID"),
    (re.compile(r"[0-9a-f]{32}"), "ID"),
    (re.compile(r"0x[0-9a-f]+"), "ADDRESS"),
    (re.compile(r"\d+(\.\d+)?"), "N"),
)


def shape(line: str) -> str:
    """The line without what differs from one time to the next."""
    for pattern, word in _VARIABLE:
        line = pattern.sub(word, line)
    return line[:200]


def shapes(log: Path) -> Counter[str]:
    """How often each shape of line stands in a log."""
    return Counter(shape(line) for line in log.read_text(errors="replace").splitlines())


def count_refused(log: Path) -> int:
    """Reports that an orchestrator refused, as it says itself."""
    return sum(int(found[1]) for found in re.finditer(r"(\d+) reports refused", log.read_text(errors="replace")))
