"""Nine quiet lambdas that say when they started, and a tenth that is as loud as it is told to be."""

import asyncio
import time
from typing import Any

from benchmarks.cells import Cells
from benchmarks.lambdas.rates import QUIET_COUNT
from penstock import App, RetriableFailure, Retry

app = App("bench")
cells = Cells.inherited().values
"""See `layout`. Several executors write here, but each task's cells have one writer; cell 0 is not used."""


def _make(number: int) -> Any:
    @app.task(name=f"quiet_{number}")
    async def quiet(n: int, filler: str) -> None:
        monotonic_ns = time.monotonic_ns()
        if not cells[1 + 2 * n]:
            cells[1 + 2 * n] = monotonic_ns
            cells[2 + 2 * n] = time.time_ns()

    return quiet


QUIET = [_make(number) for number in range(QUIET_COUNT)]


@app.task(retry=Retry(max_attempts=3, backoff=1.0))
async def loud(sleep_s: float, fails: bool, filler: str) -> None:
    if sleep_s:
        await asyncio.sleep(sleep_s)
    if fails:
        raise RetriableFailure("as it was told")
