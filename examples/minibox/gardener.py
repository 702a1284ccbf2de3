"""People at work in the folder: they write, paint, move, delete, and change who may read what."""

import asyncio
import os
import random
from collections import Counter
from pathlib import Path
from typing import Final

from .contents import MARKDOWN
from .files import Author, is_image
from .permissions import ACCESS_FILE

_WEIGHTS: Final = {
    "edit": 40,
    "write": 14,
    "paint": 8,
    "move a file": 12,
    "move a folder": 1,
    "delete": 10,
    "edit at once again": 6,
    "delete and write again": 4,
    "change a rule": 5,
}
_TEXTS: Final = MARKDOWN | {".txt"}
_DEPTH_MAX: Final = 14


class Gardener:
    """Makes changes at a steady rate. `counts`: how many of each."""

    def __init__(self, folder: Path, author: Author, chance: random.Random) -> None:
        self.counts: Counter[str] = Counter()
        self._folder, self._author, self._chance = folder, author, chance
        self._number = 0

    async def work(self, changes: int, per_s: float) -> None:
        """So many changes; one that finds nothing to change is another one's turn."""
        loop = asyncio.get_running_loop()
        began_s = loop.time()
        for done in range(changes):
            await asyncio.to_thread(self.change)
            await asyncio.sleep(max(0.0, began_s + (done + 1) / per_s - loop.time()))

    def change(self) -> None:
        """One change."""
        what = self._chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
        files, folders = self._all()
        texts = [file for file in files if file.suffix.lower() in _TEXTS]
        if what in ("edit", "edit at once again") and texts:
            file = self._chance.choice(texts)
            for _ in range(4 if what == "edit at once again" else 1):
                self._author.append(file)
        elif what == "paint":
            self._author.paint(self._free(folders, ".png"))
        elif what == "move a file" and files:
            file = self._chance.choice(files)
            file.rename(self._free(folders, file.suffix))
        elif what == "move a folder" and (movable := self._movable(folders)):
            self._chance.choice(movable).rename(self._free([self._folder], ""))
        elif what == "delete" and files:
            self._chance.choice(files).unlink()
        elif what == "delete and write again" and texts:
            file = self._chance.choice(texts)
            file.unlink()
            self._author.write(file)
        elif what == "change a rule":
            self._author.rule(self._chance.choice(folders))
        else:
            what = "write"
            self._author.write(self._free(folders, ".md"))
        self.counts[what] += 1

    def _all(self) -> tuple[list[Path], list[Path]]:
        """Files but the rules, and folders."""
        files: list[Path] = []
        folders: list[Path] = []
        for parent, _, names in os.walk(self._folder):
            folders.append(Path(parent))
            files += [Path(parent, name) for name in names if name != ACCESS_FILE]
        return sorted(files), sorted(folders)

    def _free(self, folders: list[Path], suffix: str) -> Path:
        """A name that was never used."""
        self._number += 1
        word = "picture" if is_image(f"x{suffix}") else "paper" if suffix else "moved"
        return self._chance.choice(folders) / f"{word} {self._number:03}{suffix}"

    def _movable(self, folders: list[Path]) -> list[Path]:
        """Small ones, not at the top: a move of a large one is an event for each of its files."""
        return [
            each
            for each in folders
            if 2 <= len(each.relative_to(self._folder).parts) <= _DEPTH_MAX
            and sum(len(names) for _, _, names in os.walk(each)) <= 12
        ]
