"""The tree speaks of no machine: no folder of a person's, no host of a package registry or mirror."""

import re
from typing import Final

import pytest

from tests.law.tree import tracked_texts

PLACE: Final = re.compile(
    r"""(?<![\w.*-])/(?:root|Users|home/(?!user\b)[a-z][\w.-]*)/\w   # somebody's own folder
      | [A-Z]:\\Users\\
      | --(?:extra-)?index-url | --find-links | --trusted-host           # where packages came from
      | https?://[\w.-]*(?:pypi|artifact|registry|nexus|mirror|pkg\.dev)[\w.-]*
    """,
    re.VERBOSE,
)
HERE: Final = "tests/law/test_places.py"


def test_no_place_is_named() -> None:
    found = [
        f"{path}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}"
        for path, text in tracked_texts()
        if path.as_posix() != HERE
        for hit in PLACE.finditer(text)
    ]
    assert not found


@pytest.mark.parametrize(
    "text",
    ["see /root/x", "'/Users/ada'", "/home/ada/x", "--index-url https://x", "https://pypi.example.org/simple"],
)
def test_each_place_is_seen(text: str) -> None:
    assert PLACE.search(text)


@pytest.mark.parametrize(
    "text", ["https://www.apache.org/licenses/", "docs/root/x", "the work / root / x", "from PyPI"]
)
def test_other_words_are_not(text: str) -> None:
    assert not PLACE.search(text)
