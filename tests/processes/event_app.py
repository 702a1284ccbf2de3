"""An app whose lambdas take events: a coroutine, and a plain function."""

import threading
from dataclasses import dataclass

from penstock import App, Event, current_task

app = App("app")


@dataclass
class Change:
    size: int


@app.on("files", batch=7, after=["app.plain"], start="beginning")
async def listed(events: list[Event[Change]]) -> None:
    """Takes all at once."""
    assert [event.data for event in events] == [Change(event.sequence) for event in events]
    assert (current_task().stream, current_task().subject) == ("files", "a.txt")


@app.on("files")
def plain(event: Event[Change]) -> None:
    assert threading.current_thread() is not threading.main_thread()
    if event.sequence == 6 and current_task().attempt == 1:
        raise OSError(f"no disk for {event.subject}")
