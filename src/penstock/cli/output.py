"""What verbs print: tables for people, JSON for programs."""

import json
import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.text import Text

from penstock.cli.text import visible

_PIPE_COLUMNS: Final = 2_000
_LAST_COLUMN_MIN: Final = 20
_GAP: Final = "  "


def console() -> Console:
    """Standard output; into a pipe nothing is folded or cut, so that `grep` and `awk` work."""
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else _PIPE_COLUMNS
    return Console(width=width, highlight=False, markup=False, emoji=False, soft_wrap=False)


def print_json(value: object) -> None:
    """One JSON document on standard output."""
    print(json.dumps(value, indent=2, ensure_ascii=not _speaks_unicode()))


def print_table(columns: Sequence[str], rows: Sequence[Sequence[str | Text]]) -> None:
    """A table without lines. Only the last column is cut to the screen: the others are what one reads by."""
    table = [[Text(name, "bold") for name in columns], *([_cell(cell) for cell in row] for row in rows)]
    widths = [max(cell.cell_len for cell in column) for column in zip(*table, strict=True)]
    out = console()
    left = max(_LAST_COLUMN_MIN, out.width - sum(width + len(_GAP) for width in widths[:-1]))
    for row in table:
        for cell, width in zip(row[:-1], widths[:-1], strict=True):
            cell.truncate(width, pad=True)
        row[-1].truncate(left, overflow="ellipsis")
        _print_line(out, Text(_GAP).join(row))


def print_facts(facts: Iterable[tuple[str, str | Text]]) -> None:
    """Names and values, one a line; empty values are left out."""
    shown = [(name, _cell(value)) for name, value in facts if value]
    width = max(len(name) for name, _ in shown)
    out = console()
    for name, value in shown:
        _print_line(out, Text.assemble((f"{name:<{width}}", "dim"), _GAP, value))


def _cell(content: str | Text) -> Text:
    return content if isinstance(content, Text) else Text(visible(content))


def _print_line(out: Console, line: Text) -> None:
    """As it is: a line too long for the screen is folded by the terminal, and by nobody in a file."""
    line.rstrip()
    out.print(line, soft_wrap=True)


def _speaks_unicode() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
