"""The files that the law is about."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent.parent
SOURCE: Final = ROOT / "src" / "penstock"
GENERATED: Final = SOURCE / "wire" / "v1"


def source_files() -> list[Path]:
    """Our Python: generated code left out."""
    return sorted(path for path in SOURCE.rglob("*.py") if GENERATED not in path.parents)


def tracked_texts() -> Iterator[tuple[Path, str]]:
    """Every text file of the tree that git knows or would take, by its path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        try:
            yield Path(name), path.read_text("utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
