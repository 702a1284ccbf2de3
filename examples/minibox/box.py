"""The app, its stream, and where everything of one run stands."""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from penstock import App

app: Final = App("minibox")
STREAM: Final = "minibox"
"""whose subjects are the paths of the folder's files"""
HOME_VARIABLE: Final = "MINIBOX_HOME"


@dataclass
class FileChange:
    """The data of an event: what became of a path, and where it came from or went if it was moved."""

    path: str
    size: int = 0
    modified_us: int = 0
    moved_from: str = ""
    moved_to: str = ""


@dataclass(frozen=True)
class Box:
    """The places of one run."""

    home: Path

    @property
    def folder(self) -> Path:
        """The files themselves: people's, who work in it."""
        return self.home / "folder"

    @property
    def index(self) -> Path:
        return self.home / "index.sqlite"

    @property
    def previews(self) -> Path:
        return self.home / "previews"

    @property
    def audit(self) -> Path:
        return self.home / "audit.sqlite"

    @property
    def access(self) -> Path:
        return self.home / "access.sqlite"

    @property
    def inbox(self) -> Path:
        return self.home / "inbox.sqlite"

    @property
    def history(self) -> Path:
        """What the lambdas write about themselves, and the proof reads."""
        return self.home / "history"

    def file(self, path: str) -> Path:
        """A subject's file."""
        return self.folder / path


def box() -> Box:
    """The run that this process belongs to."""
    return Box(Path(os.environ.get(HOME_VARIABLE, ".minibox")))
