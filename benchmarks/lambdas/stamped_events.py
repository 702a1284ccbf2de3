"""A subscription that says when it was given each event; the data is the event's number, or -1 for one not to stamp."""

import time

from benchmarks.cells import Cells
from penstock import App, Event

app = App("bench")
cells = Cells.inherited().values
"""See `layout`. A start is written once: an event that is given twice keeps its first one. Cell 0 is not used."""


@app.on("bench", start="beginning")
async def stamped(events: list[Event[int]]) -> None:
    monotonic_ns = time.monotonic_ns()
    for event in events:
        at = 1 + 2 * event.data
        if at > 0 and not cells[at]:
            cells[at] = monotonic_ns
