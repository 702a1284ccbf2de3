"""The app of the run with events. Each lambda notes what it is given and what it is done with; some stumble."""

import asyncio
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from penstock import App, Event, EventFailed, FatalFailure, Retry, current_task
from tests.processes.fault_run.events.given import Notebook
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.lifelines import hold_on
from tests.processes.fault_run.records import Recorder

CHANGES: Final = "changes"
ORDERS: Final = "orders"
PAPERS: Final = "papers"
WANTED: Final = "wanted.change"
OTHER: Final = "other.change"
_LOCKS: Final = 1 << 40
_SOON: Final = Retry(max_attempts=10, backoff=0.1, factor=1.0)
Change = Event[dict[str, int]]

app = App("river", timeout=60)
recorder: Recorder
notebook: Notebook


@app.on_start
def open_files() -> Iterator[None]:
    global recorder, notebook
    folder = Path(os.environ[FOLDER])
    recorder, notebook = Recorder(folder), Notebook(folder)
    with hold_on(folder):
        yield


def is_poison(number: int) -> bool:
    """Whether `audit` gives the event up."""
    return number % 60 == 11


@contextmanager
def _looking(subscription: str, events: Sequence[Change]) -> Iterator[None]:
    place = _LOCKS + int.from_bytes(bytes.fromhex(current_task().id.replace("-", ""))[:5], "big")
    with recorder.execution(place), notebook.looks_at(subscription, events):
        yield


def _stumble(events: Sequence[Change]) -> None:
    """Over some, once each; of half of these it says which."""
    for event in events:
        if event.data["number"] % 40 == 7 and current_task().attempt == 1:
            if event.data["number"] % 80 == 7:
                raise EventFailed(event)
            raise ValueError("one of them")


@app.on(CHANGES, batch=20, start="beginning", retry=_SOON)
async def index(events: list[Change]) -> None:
    with _looking("index", events):
        await asyncio.sleep(0.005)
        _stumble(events)


@app.on(CHANGES, batch=5, start="beginning", retry=_SOON, after=[index])
def notify(events: list[Change]) -> None:
    with _looking("notify", events):
        time.sleep(0.005)
        _stumble(events)


@app.on(CHANGES, batch=20, start="beginning", retry=_SOON, types=["wanted.*"], when_dead="skip")
async def audit(events: list[Change]) -> None:
    with _looking("audit", events):
        for event in events:
            if is_poison(event.data["number"]):
                raise EventFailed(event) from FatalFailure("poison")


@app.on(CHANGES, batch=20, start="beginning", retry=_SOON, after=[audit])
async def report(events: list[Change]) -> None:
    with _looking("report", events):
        await asyncio.sleep(0.002)


@app.on(ORDERS, batch=10, start="beginning", retry=_SOON)
async def ship(events: list[Change]) -> None:
    with _looking("ship", events):
        await asyncio.sleep(0.002)
        _stumble(events)


@app.on(PAPERS, start="beginning", retry=_SOON)
async def file_away(events: list[Event[dict[str, int | str]]]) -> None:
    with _looking(
        "file_away", [Event(e.stream, e.subject, e.type, {"number": _size(e)}, sequence=e.sequence) for e in events]
    ):
        await asyncio.sleep(0.002)


def _size(event: Event[dict[str, int | str]]) -> int:
    return int(event.data.get("size", -1))


@app.task
async def quick(number: int) -> int:
    with recorder.execution(number):
        return number


@app.task
async def slow(number: int, pause_s: float) -> int:
    with recorder.execution(number):
        await asyncio.sleep(pause_s)
        return number
