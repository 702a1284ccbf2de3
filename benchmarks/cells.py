"""Numbers that several processes share without a system call: how lambdas and clients tell what they did.

A file of 64-bit integers, mapped into each process. Each cell has one writer, so no lock is needed.
"""

import mmap
import os
from pathlib import Path

VARIABLE = "BENCHMARK_CELLS"
"""names the file to the processes that are started"""
CELL_BYTES = 8


class Cells:
    """`values` reads and writes like a list of ints."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("r+b") as file:
            self._map = mmap.mmap(file.fileno(), 0)
        self.values = memoryview(self._map).cast("q")

    @classmethod
    def create(cls, path: Path, count: int) -> "Cells":
        """All zero. The file is sparse: cells that nobody writes cost nothing."""
        with path.open("wb") as file:
            file.truncate(count * CELL_BYTES)
        return cls(path)

    @classmethod
    def inherited(cls) -> "Cells":
        """Those that the process that started this one has named."""
        return cls(Path(os.environ[VARIABLE]))

    def environment(self) -> dict[str, str]:
        """What tells a child where they are."""
        return {VARIABLE: str(self.path)}
