"""A second subscription to the stream of `stamped_events`: cell 0 counts what it was given, each event once.

An app of its own, so that its worker can be stopped while the other goes on.
"""

from benchmarks.cells import Cells
from penstock import App, Event

app = App("second")
cells = Cells.inherited().values
reached: dict[str, int] = {}


@app.on("bench", start="beginning")
async def second(events: list[Event[int]]) -> None:
    subject, last = events[0].subject, events[-1].sequence
    seen = reached.get(subject, events[0].sequence - 1)
    if last > seen:
        reached[subject] = last
        cells[0] += last - seen
