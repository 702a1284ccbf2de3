"""Lambdas that do not stop when they are asked to, on their first try; the next ones end at once."""

import asyncio
import os
import time
from collections.abc import Iterator
from pathlib import Path

from penstock import App, Retry, current_task
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.lifelines import hold_on
from tests.processes.fault_run.records import Recorder

LONG_S = 600.0
_SOON = Retry(backoff=0.1, factor=1.0)

app = App("overlap")
recorder: Recorder


@app.on_start
def open_files() -> Iterator[None]:
    global recorder
    folder = Path(os.environ[FOLDER])
    recorder = Recorder(folder)
    with hold_on(folder):
        yield


def is_first() -> bool:
    return current_task().claim == 1


@app.task
async def nap(number: int, pause_s: float) -> int:
    """A good neighbour."""
    with recorder.execution(number):
        await asyncio.sleep(pause_s)
        return number


@app.task
def nap_in_thread(number: int, pause_s: float) -> int:
    with recorder.execution(number):
        time.sleep(pause_s)
        return number


@app.task
async def long_at_first(number: int) -> int:
    with recorder.execution(number):
        if is_first():
            await asyncio.sleep(LONG_S)
        return number


@app.task
def long_thread_at_first(number: int) -> int:
    with recorder.execution(number):
        if is_first():
            time.sleep(LONG_S)
        return number


@app.task(timeout=0.5, retry=_SOON)
def deaf_thread(number: int) -> int:
    """Knows nothing of its timeout."""
    with recorder.execution(number):
        if is_first():
            time.sleep(LONG_S)
        return number


@app.task(timeout=0.5, retry=_SOON)
async def deaf_coroutine(number: int) -> int:
    """Swallows whatever it is thrown."""
    with recorder.execution(number):
        if is_first():
            await _sleep_through(LONG_S)
        return number


@app.task
async def slow_to_hear(number: int, pause_s: float) -> int:
    """Swallows its cancel and ends in its own time."""
    with recorder.execution(number):
        await _sleep_through(pause_s)
        return number


@app.task
async def polite(number: int) -> int:
    """Ends when it is cancelled."""
    with recorder.execution(number):
        await asyncio.sleep(LONG_S)
        return number


@app.task
def patient_thread(number: int) -> int:
    """Looks at its token, as a good function does."""
    with recorder.execution(number):
        while not current_task().cancelled:
            time.sleep(0.01)
        return number


@app.task(on_cancel="kill", cancel_grace=0.2)
def stone_deaf_thread(number: int) -> int:
    """Never looks at its token."""
    with recorder.execution(number):
        time.sleep(LONG_S)
        return number


@app.task(on_cancel="kill", cancel_grace=0.2)
async def stone_deaf_coroutine(number: int) -> int:
    """Swallows its cancel, and would go on for long."""
    with recorder.execution(number):
        await _sleep_through(LONG_S)
        return number


async def _sleep_through(pause_s: float) -> None:
    until_s = time.monotonic() + pause_s
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            await asyncio.sleep(left_s)
        except asyncio.CancelledError:
            continue
