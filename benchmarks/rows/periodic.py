"""How late the tasks of periodic schedules start. Never early, and one a tick: that is checked, not measured."""

import grpc

from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for, started_since_1970_ns
from benchmarks.platform import WARM_UP_TASKS, Platform
from benchmarks.row import Row, RowFailed, figure, percentile
from penstock.wire.v1 import penstock_pb2 as pb
from penstock.wire.v1.penstock_pb2_grpc import FrontendStub

SCHEDULES, QUICK_SCHEDULES = 10_000, 1_000
MINUTE_US = 60 * 1_000_000
AHEAD_US = 8 * 1_000_000
"""until the first tick: all schedules stand by then"""
DAY_US = 86_400 * 1_000_000


async def measure(bench: Bench) -> list[Row]:
    """10,000 schedules whose ticks are spread evenly over one minute; a tenth of both when quick."""
    count = QUICK_SCHEDULES if bench.is_quick else SCHEDULES
    within_us = MINUTE_US * count // SCHEDULES
    everything = WARM_UP_TASKS + count
    async with bench.platform(cells_for(everything)) as platform, platform.store() as store:
        await platform.start_worker("stamp")
        await platform.warm_up("stamp")
        first_us = round(await store.now_s() * 1_000_000) + AHEAD_US
        await _declare(platform, [first_us + within_us * number // count for number in range(count)])
        if await store.now_s() * 1_000_000 >= first_us:
            raise RowFailed("the schedules did not stand before their first tick")
        await platform.drained(store, everything, AHEAD_US / 1_000_000 + within_us / 1_000_000 + 60.0)
        ticks_ns = (await store.due_at_ns(everything))[WARM_UP_TASKS:]
        started = started_since_1970_ns(platform.cells.values, everything)[WARM_UP_TASKS:]
    late_ms = [(start - tick) / 1e6 for start, tick in zip(started, ticks_ns, strict=True)]
    if min(late_ms) < 0:
        raise RowFailed(f"a task started {-min(late_ms):.3f} ms before its tick")
    config = {
        "schedules": count,
        "within_s": within_us / 1_000_000,
        "p50_ms": round(percentile(late_ms, 0.50), 3),
        "max_ms": round(max(late_ms), 3),
        "counted": "start by the host's clock less the tick, which is the store's on the same host",
    }
    p95_ms = percentile(late_ms, 0.95)
    return [figure("periodic.p95_ms", p95_ms, "ms", [p95_ms], config)]


async def _declare(platform: Platform, ticks_us: list[int]) -> None:
    """One schedule a tick, all of one app, in one call."""
    schedules = [_schedule(WARM_UP_TASKS + number, tick_us) for number, tick_us in enumerate(ticks_us)]
    async with grpc.aio.insecure_channel(platform.address) as channel:
        request = pb.RegisterLambdasRequest(app="bench-periodic", schedules=schedules)
        await FrontendStub(channel).RegisterLambdas(request, timeout=60.0)


def _schedule(number: int, tick_us: int) -> pb.PeriodicDefinition:
    made = pb.PeriodicDefinition(
        name=f"bench.{number}",
        every_us=DAY_US,
        anchor_us=tick_us,
        payload=b'{"n":%d,"filler":""}' % number,
        misfire=pb.MISFIRE_ALL,
    )
    setattr(made, "lambda", "bench.stamp")
    return made


PERIODIC = Measurement(("periodic.p95_ms",), measure)
