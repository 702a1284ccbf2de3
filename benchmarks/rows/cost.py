"""What the platform costs when nothing happens, and how long it takes to be there."""

import asyncio
import time

import msgspec

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.cells import Cells
from benchmarks.children import Child, python
from benchmarks.platform import Client
from benchmarks.row import Row, RowFailed, figure, median
from benchmarks.usage import PLATFORM_ROLES

IDLE_S = 20.0
SETTLE_S = 3.0
COLD_STARTS = 3


async def measure_idle(bench: Bench) -> list[Row]:
    """Everything runs, one task has been executed, nobody calls."""
    async with bench.platform() as platform, platform.store() as store:
        await platform.start_worker("noop")
        load = orders.FirstTask(str(platform.address_file))
        client = await platform.client("first_task", load, orders.Ended)
        client.go()
        await client.report()
        await asyncio.sleep(SETTLE_S)
        before, started_at_s = platform.usage(), time.monotonic()
        await asyncio.sleep(IDLE_S)
        after, took_s = platform.usage(), time.monotonic() - started_at_s
        await platform.drained(store, 1, 1.0)
    percent = {role: round(100 * spent / took_s, 2) for role, spent in after.cpu_since(before).items()}
    memory = {role: round(size, 1) for role, size in after.rss_mb.items()}
    idle = {"seconds": IDLE_S, "by_process": percent, "counted": "all processes, engines too; 100 is one core"}
    rss = {"by_process": memory, "counted": f"{', '.join(PLATFORM_ROLES)}; engines are told apart"}
    ours_mb = sum(memory.get(role, 0.0) for role in PLATFORM_ROLES)
    return [
        figure("cost.idle_cpu_percent", sum(percent.values()), "% of a core", [sum(percent.values())], idle),
        figure("cost.rss_mb", ours_mb, "MiB", [ours_mb], rss),
    ]


async def measure_cold_start(bench: Bench) -> list[Row]:
    """`penstock dev` in an empty folder: from the start of its process to the first task's result at its client."""
    runs = [await _cold_start(bench, number) for number in range(1 if bench.is_quick else COLD_STARTS)]
    config = {
        "command": "penstock dev, folder empty: both engines are made new",
        "counted": "from the start of the process to the result of one task at a client that was there before",
    }
    return [figure("cost.cold_start_s", median(runs), "s", runs, config)]


async def _cold_start(bench: Bench, number: int) -> float:
    folder = bench.folder / f"cold_{number}"
    folder.mkdir()
    environment = Cells.create(folder / "cells", 1).environment() | {"PENSTOCK_FOLDER": str(folder / ".penstock")}
    load = orders.FirstTask(str(folder / ".penstock" / "address"))
    command = python("benchmarks.clients", "first_task", msgspec.json.encode(load).decode())
    child = await Child.start("client", command, environment, folder)
    dev = None
    try:
        if (line := await child.line()) != "ready":
            raise RowFailed(f"the client said {line!r} in place of ready")
        client = Client(child, orders.Ended)
        client.go()
        started_at_ns = time.monotonic_ns()
        dev = await Child.start(
            "dev", python("penstock.cli", "dev", "benchmarks.lambdas.noop:app"), environment, folder
        )
        return ((await client.report(60.0)).ended_at_ns - started_at_ns) / 1e9
    finally:
        for process in (child, dev):
            if process is not None:
                await process.stop()


IDLE = Measurement(("cost.idle_cpu_percent", "cost.rss_mb"), measure_idle)
COLD_START = Measurement(("cost.cold_start_s",), measure_cold_start)
