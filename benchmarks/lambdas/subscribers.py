"""Two subscriptions to one stream that do nothing but look whether each event comes, and in order."""

from benchmarks.cells import Cells
from benchmarks.lambdas.event_layout import note
from benchmarks.shapes import place_of
from penstock import App, Event

app = App("bench")
cells = Cells.inherited().values
STREAM = "bench"


@app.on(STREAM, start="beginning")
async def first(events: list[Event]) -> None:
    note(cells, 0, place_of(events[0].subject), [event.sequence for event in events])


@app.on(STREAM, start="beginning")
async def second(events: list[Event]) -> None:
    note(cells, 1, place_of(events[0].subject), [event.sequence for event in events])
