"""Waits for a platform to appear, schedules one task and waits for its result."""

import asyncio
import time
from pathlib import Path

from benchmarks.clients.calls import NOOP_FILLER
from benchmarks.clients.line import Line
from benchmarks.lambdas.noop import app, noop
from benchmarks.orders import Ended, FirstTask

LOOK_EVERY_S = 0.005


async def work(orders: FirstTask, line: Line) -> Ended:
    await line.ready()
    address = await _appears(Path(orders.address_file))
    app.connect(address)
    found_at_ns = time.monotonic_ns()
    handle = await noop.schedule(NOOP_FILLER)
    stored_at_ns = time.monotonic_ns()
    await handle.result(timeout=60)
    return Ended(found_at_ns, stored_at_ns, time.monotonic_ns())


async def _appears(file: Path) -> str:
    while True:
        try:
            address = file.read_text().strip()
        except FileNotFoundError:
            address = ""
        if address:
            return address
        await asyncio.sleep(LOOK_EVERY_S)
