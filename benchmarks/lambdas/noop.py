"""Does nothing but count itself."""

from benchmarks.cells import Cells
from penstock import App

app = App("bench")
executed = Cells.inherited().values
"""Cell 0 counts executions. One executor's one thread writes it; the client reads how much is under way."""


@app.task()
async def noop(filler: str) -> None:
    executed[0] += 1
