"""The app of the fault run. Crashing lambdas share an executor with healthy ones."""

import asyncio
import ctypes
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

from penstock import App, FatalFailure, RetriableFailure, Retry, current_task
from tests.processes.fault_run.lifelines import hold_on
from tests.processes.fault_run.records import Recorder

FOLDER = "PENSTOCK_FAULT_RUN_FOLDER"
FLAKY_BUDGET = 6
HOPELESS_BUDGET = 3
BACKOFF_S = 0.2
_SOON = Retry(max_attempts=FLAKY_BUDGET, backoff=BACKOFF_S, factor=1.5, backoff_max=1.0)

app = App("fault", timeout=60)
recorder: Recorder


@app.on_start
def open_files() -> Iterator[None]:
    global recorder
    folder = Path(os.environ[FOLDER])
    recorder = Recorder(folder)
    with hold_on(folder):
        yield


@app.task
async def quick(number: int) -> int:
    with recorder.execution(number):
        return number


@app.task
async def slow(number: int, pause_s: float) -> int:
    with recorder.execution(number):
        await asyncio.sleep(pause_s)
        return number


@app.task
def slow_thread(number: int, pause_s: float) -> int:
    with recorder.execution(number):
        time.sleep(pause_s)
        return number


@app.task(retry=_SOON)
async def flaky(number: int, failures: int) -> int:
    """Fails so many times, then it goes well."""
    with recorder.execution(number):
        if current_task().attempt <= failures:
            raise RetriableFailure("not yet")
        return number


@app.task(retry=Retry(max_attempts=HOPELESS_BUDGET, backoff=BACKOFF_S, factor=1.0))
def hopeless(number: int) -> None:
    """Never goes well: its budget ends it."""
    with recorder.execution(number):
        raise ValueError("never")


@app.task
async def refused(number: int) -> None:
    """Says itself that trying again cannot help."""
    with recorder.execution(number):
        raise FatalFailure("for good")


@app.task(retry=_SOON)
async def crashing(number: int, how: str) -> None:
    """Takes its executor with it. A moment before, so that it has company."""
    with recorder.execution(number):
        await asyncio.sleep(0.05)
        if how == "exit":
            os._exit(3)
        elif how == "fault":
            ctypes.string_at(0)
        os.kill(os.getpid(), signal.SIGKILL)
