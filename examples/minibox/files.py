"""The folder that Minibox starts with: one that looks like people's, or a copy of one that somebody names."""

import json
import os
import random
import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final

from PIL import Image, ImageDraw

from .contents import IMAGES
from .permissions import ACCESS_FILE

FILES_MAX: Final = 400
LOOKED_AT_MAX: Final = 5_000
"""somebody may name all that they have"""
BYTES_MAX: Final = 64 * 1024 * 1024
FILE_BYTES_MAX: Final = 8 * 1024 * 1024
SUBJECT_BYTES_MAX: Final = 1024
_PAGES: Final = Path(__file__).resolve().parents[2]
"""where the project's own pages stand: what the notes are made of"""
_TEAMS: Final = ("atelier", "harbour", "kitchen", "observatory")
_TOPICS: Final = ("budget", "drafts", "field notes", "letters", "maps", "minutes", "pictures", "plans")
_PEOPLE: Final = ("ada", "bo", "chen", "dina", "emil", "fatou", "gus")
_COLOURS: Final = ("#0d3b66", "#faf0ca", "#f4d35e", "#ee964b", "#f95738", "#2a9d8f", "#264653", "#e9c46a", "#8ab17d")
_DEEP: Final = 12


class NoFolder(Exception):
    """There is nothing to work on; the message says what to do."""


def copy_of(source: Path, target: Path) -> int:
    """Copies the first plain files below a folder, which is only read; answers how many of those that it looked at were
    passed over.
    """
    if not source.is_dir():
        what = "is no folder" if source.exists() else "does not exist"
        raise NoFolder(f"{shown(str(source))} {what}; name one: make demo DIR=~/Pictures")
    target.mkdir(parents=True, exist_ok=True)
    taken = size = passed_over = 0
    for path in islice(_plain_files(source), LOOKED_AT_MAX):
        if taken == FILES_MAX:
            break
        name = str(path.relative_to(source))
        weight = path.stat().st_size
        fits = weight <= FILE_BYTES_MAX and size + weight <= BYTES_MAX
        if not fits or not is_tellable(name) or not _copied(path, target / name):
            passed_over += 1
            continue
        taken, size = taken + 1, size + weight
    return passed_over


def _copied(path: Path, target: Path) -> bool:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, target)
    except OSError:
        return False
    return True


def _plain_files(folder: Path) -> Iterator[Path]:
    for parent, names, files in os.walk(folder):
        names[:] = sorted(name for name in names if not name.startswith("."))
        for name in sorted(files):
            path = Path(parent, name)
            if not name.startswith(".") and path.is_file() and not path.is_symlink():
                yield path


def is_tellable(path: str) -> bool:
    """Whether its name is text that can be a subject."""
    try:
        return len(path.encode()) <= SUBJECT_BYTES_MAX and path.isprintable()
    except UnicodeEncodeError:
        return False


def shown(path: str) -> str:
    """A name for a screen: control characters and foreign bytes spelled out."""
    text = os.fsencode(path).decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


class Author:
    """Writes notes, pictures and rules. The same seed writes the same."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._sections = _sections()

    def furnish(self, folder: Path, count: int) -> None:
        """About `count` files in folders of several depths, and a few that are odd."""
        places = [folder / team / topic for team in _TEAMS for topic in self._chance.sample(_TOPICS, 5)]
        places += [place / f"{2020 + year}" / "spring" for year, place in enumerate(places[::4])]
        deep = folder / "archive"
        for level in range(_DEEP):
            deep = deep / f"box {level + 1}"
            places.append(deep)
        for number in range(count):
            place = places[number % len(places)]
            place.mkdir(parents=True, exist_ok=True)
            if number % 4 == 3:
                self.paint(place / f"view {number:03}.{self._chance.choice(['png', 'jpg'])}")
            else:
                self.write(place / f"note {number:03}.{self._chance.choice(['md', 'md', 'txt'])}")
        for place in (folder, folder / "archive", deep.parent.parent, *(folder / team for team in _TEAMS)):
            self.rule(place)
        (folder / "ünï 日本 & co.md").write_text("# A name of its own\n\nFound by its words all the same.\n")
        (folder / "half a picture.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
        (folder / "empty.txt").touch()

    def write(self, file: Path) -> None:
        """A note."""
        body = "\n\n".join(self._chance.sample(self._sections, 3))
        file.write_text(f"# {file.stem}, by {self._chance.choice(_PEOPLE)}\n\n{body}\n")

    def append(self, file: Path) -> None:
        """A little more."""
        with file.open("a") as opened:
            opened.write(f"\n{self._chance.choice(self._sections)}\n")

    def paint(self, file: Path) -> None:
        """A landscape, more or less."""
        width, height = self._chance.choice([(640, 400), (400, 640), (800, 450)])
        image = Image.new("RGB", (width, height), self._chance.choice(_COLOURS))
        draw = ImageDraw.Draw(image)
        for _ in range(self._chance.randint(3, 8)):
            x, y, radius = (self._chance.randint(0, side) for side in (width, height, height // 2))
            colour = self._chance.choice(_COLOURS)
            if self._chance.random() < 0.5:
                draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)
            else:
                draw.polygon([(x, y), (x - radius, height), (x + radius, height)], fill=colour)
        image.save(file)

    def rule(self, folder: Path) -> None:
        """Who may read it besides, and who may not."""
        added, removed = self._chance.sample(_PEOPLE, 2)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / ACCESS_FILE).write_text(json.dumps({"add": [added], "remove": [removed]}))


def _sections() -> list[str]:
    """Passages of the project's own pages; there is one at least."""
    pages = [*sorted((_PAGES / "docs").rglob("*.md")), _PAGES / "README.md"]
    texts = [page.read_text() for page in pages if page.is_file()]
    passages = [passage.strip() for text in texts for passage in text.split("\n## ")[1:]]
    return [f"## {passage}" for passage in passages if 80 < len(passage) < 1_500] or ["## Empty\n\nNothing here."] * 3


def is_image(path: str) -> bool:
    """By its name."""
    return Path(path).suffix.lower() in IMAGES
