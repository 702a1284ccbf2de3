"""What tasks of any system leave in shared memory: that they ran, how often, and when they started.

One file of 64-bit integers. The first cells count executions, one cell for each thread that runs tasks, so that each
has one writer; then three for each task. Processes of the peers import this: it needs the standard library only.
"""

import os
import threading
import time
from pathlib import Path

from benchmarks.cells import Cells

THREADS_MAX = 512
TASK_CELLS = 3
_STARTED, _STARTED_SINCE_1970, _ENDED = range(TASK_CELLS)


def cells_for(tasks: int) -> int:
    """How many cells so many tasks need."""
    return THREADS_MAX + TASK_CELLS * tasks


class Marks:
    """What was marked, for whoever reads it. Times in nanoseconds, 0: not started."""

    def __init__(self, cells: Cells) -> None:
        self.cells = cells

    @property
    def executed(self) -> int:
        """Executions that have ended, of all tasks together."""
        return sum(self.cells.values[:THREADS_MAX])

    def started_ns(self, first: int, last: int) -> list[int]:
        """First starts of the tasks `first` to `last - 1`, by CLOCK_MONOTONIC."""
        return self._column(_STARTED, first, last)

    def started_since_1970_ns(self, first: int, last: int) -> list[int]:
        """The same by the host's clock."""
        return self._column(_STARTED_SINCE_1970, first, last)

    def ended(self, first: int, last: int) -> list[int]:
        """How often each of the tasks has run to its end."""
        return self._column(_ENDED, first, last)

    def running(self, first: int, last: int) -> int:
        """How many of the tasks have started and never ended."""
        return sum(
            bool(start) and not runs
            for start, runs in zip(self.started_ns(first, last), self.ended(first, last), strict=True)
        )

    def _column(self, which: int, first: int, last: int) -> list[int]:
        start = THREADS_MAX + which
        return self.cells.values[start + TASK_CELLS * first : start + TASK_CELLS * last : TASK_CELLS].tolist()


class Marker:
    """What tasks call, at their first line and at their last."""

    def __init__(self) -> None:
        self._cells = Cells.inherited()
        self._mine = threading.local()

    def started(self, n: int) -> None:
        """A task that runs twice keeps its first start."""
        at = THREADS_MAX + TASK_CELLS * n
        if not self._cells.values[at + _STARTED]:
            self._cells.values[at + _STARTED] = time.monotonic_ns()
            self._cells.values[at + _STARTED_SINCE_1970] = time.time_ns()

    def ended(self, n: int) -> None:
        """The task has run to its end once more."""
        self._cells.values[THREADS_MAX + TASK_CELLS * n + _ENDED] += 1
        self._cells.values[self._counter()] += 1

    def _counter(self) -> int:
        # A process that was forked has its parent's threads' numbers: the process belongs to the key.
        if getattr(self._mine, "process", None) != os.getpid():
            self._mine.process, self._mine.cell = os.getpid(), _take_counter(self._cells.path)
        return int(self._mine.cell)


def _take_counter(path: Path) -> int:
    """A counter that no thread of any process has: whoever makes its file first has it."""
    for cell in range(THREADS_MAX):
        try:
            path.with_name(f"{path.name}.{cell}").touch(exist_ok=False)
        except FileExistsError:
            continue
        return cell
    raise RuntimeError(f"more than {THREADS_MAX} threads have run tasks")
