"""One reason per file: files stay small enough to be read in one sitting."""

from statistics import median
from typing import Final

from tests.law.tree import ROOT, source_files

LINES_MAX: Final = 400
LINES_MEDIAN_MAX: Final = 100


def _lines() -> dict[str, int]:
    return {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in source_files()}


def test_no_file_is_long() -> None:
    long = {name: count for name, count in _lines().items() if count > LINES_MAX}
    assert not long


def test_most_files_are_short() -> None:
    assert median(_lines().values()) < LINES_MEDIAN_MAX
