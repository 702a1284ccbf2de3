"""Says when it started, by both clocks of this host."""

import time

from benchmarks.cells import Cells
from penstock import App

app = App("bench")
cells = Cells.inherited().values
"""See `layout`. A start is written once: a task that runs twice keeps its first one."""


@app.task()
async def stamp(n: int, filler: str) -> None:
    monotonic_ns = time.monotonic_ns()
    if not cells[1 + 2 * n]:
        cells[1 + 2 * n] = monotonic_ns
        cells[2 + 2 * n] = time.time_ns()
    cells[0] += 1
