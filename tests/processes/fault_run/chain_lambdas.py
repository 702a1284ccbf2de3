"""A great fan-in: many short parents, one that waits for a sign, and a join that leaves a line in a file."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from penstock import App, current_task
from tests.processes.fault_run.lambdas import FOLDER
from tests.processes.fault_run.lifelines import hold_on
from tests.processes.fault_run.records import Recorder

JOINED = "joined"
GO = "go"

app = App("chain")
recorder: Recorder
folder: Path


@app.on_start
def open_files() -> Iterator[None]:
    global folder, recorder
    folder = Path(os.environ[FOLDER])
    recorder = Recorder(folder)
    with hold_on(folder):
        yield


@app.task
async def part(number: int) -> int:
    with recorder.execution(number):
        await asyncio.sleep(0.01)
        return number


@app.task
async def last_part(number: int) -> int:
    while not (folder / GO).exists():
        await asyncio.sleep(0.02)
    return number


@app.task
async def join() -> int:
    """The sum of all parts, read from the platform."""
    parents = await current_task().parents()
    with (folder / JOINED).open("a") as file:
        file.write(f"{len(parents)}\n")
    return sum(parent.result(int) for parent in parents)
