"""What the operators of the run act on, beside the canaries of the app that everything is killed under."""

import asyncio
import os
import time
from pathlib import Path
from typing import Final

from penstock import FatalFailure, Quota, RetriableFailure, Retry, current_task
from tests.processes.fault_run import lambdas
from tests.processes.fault_run.lambdas import FOLDER, app

__all__ = ["app"]

TICKS_FROM: Final = 1_000_000_000
"""numbers of the clock's tasks: so much and the tick's seconds in a day"""
DAY_S: Final = 86_400
METERED_PER_S: Final = 10
MENDED: Final = "mended"
"""the file with which what has failed begins to go well"""


@app.task
async def gated(number: int) -> int:
    """Of one of three collections: one is paused now and then, one dropped, one left alone."""
    with lambdas.recorder.execution(number):
        await asyncio.sleep(0.05)
        return number


@app.task(retry=Retry(max_attempts=1))
def broken(number: int) -> int:
    """Dead at once, until somebody mends what it needs."""
    with lambdas.recorder.execution(number):
        if not (Path(os.environ[FOLDER]) / MENDED).exists():
            raise RetriableFailure("not mended yet")
        return number


@app.task(timeout=600)
async def long(number: int) -> None:
    """Ends when it is cancelled."""
    with lambdas.recorder.execution(number):
        await asyncio.sleep(500)


@app.task
async def link(number: int) -> int:
    """One task of a family."""
    with lambdas.recorder.execution(number):
        await asyncio.sleep(0.02)
        return number


@app.task
async def refusing(number: int) -> None:
    """A parent that fails for good."""
    with lambdas.recorder.execution(number):
        raise FatalFailure("for good")


@app.task(quota=Quota(start_per_s=METERED_PER_S))
async def metered(number: int) -> int:
    """No more of it start in a second."""
    with lambdas.recorder.execution(number):
        return number


@app.periodic(every=1, misfire="all")
def clock() -> int:
    """Once a second."""
    tick_s = current_task().scheduled_at_us // 1_000_000
    with lambdas.recorder.execution(TICKS_FROM + tick_s % DAY_S):
        time.sleep(0.01)
        return tick_s
