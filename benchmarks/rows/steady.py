"""The steady state under bulk load: one client keeps a bounded number of tasks under way."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from msgspec import Struct

from benchmarks import orders
from benchmarks.bench import WARM_UP_S, Bench
from benchmarks.platform import START_TIMEOUT_S, Platform
from benchmarks.store_reading import StoreReading
from benchmarks.usage import Usage

IN_FLIGHT = 10_000
"""less than a lane's window of two seconds: a steady load, not a backlog"""
DRAIN_TIMEOUT_S = 60.0


class Phase(Struct, frozen=True):
    """One measured phase: times by the store's clock, usage at both ends."""

    from_s: float
    until_s: float
    before: Usage
    after: Usage


@asynccontextmanager
async def steady_load(platform: Platform, store: StoreReading, sleeping: int = 0) -> AsyncIterator[None]:
    """Starts the worker and the client, and comes back when the load is steady. At the end every task is done.

    `sleeping`: tasks that are there and are not due.
    """
    load = orders.Bulk(orders.InFlight(IN_FLIGHT))
    await platform.start_worker("noop")
    client = await platform.client("bulk", load, orders.Sent)
    client.go()
    await platform.executed(IN_FLIGHT, START_TIMEOUT_S)
    await asyncio.sleep(WARM_UP_S)
    yield
    client.stop()
    await platform.drained(store, (await client.report()).tasks, DRAIN_TIMEOUT_S, sleeping)


async def measured_phase(platform: Platform, store: StoreReading, seconds: float) -> Phase:
    """Lets it run for so long."""
    before, from_s = platform.usage(), await store.now_s()
    await asyncio.sleep(seconds)
    return Phase(from_s, await store.now_s(), before, platform.usage())


async def rates(store: StoreReading, phase: Phase, bench: Bench) -> list[float]:
    """Tasks ended a second in each window of the phase. To be asked after the load."""
    return await store.finished_per_s(phase.from_s, phase.until_s, bench.window_s)


def config(bench: Bench) -> dict[str, Any]:
    """How the load is made."""
    load = orders.Bulk(orders.InFlight(IN_FLIGHT))
    return {
        "payload_bytes": 100,
        "calls": f"schedule_many of {load.calls_each}, {load.senders} under way, one client process",
        "in_flight": IN_FLIGHT,
        "phase_s": bench.phase_s,
        "window_s": bench.window_s,
        "counted": "outcome rows by their finished_at, after the load",
    }
