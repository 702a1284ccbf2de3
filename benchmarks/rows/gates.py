"""What gates cost: those that stand and stop nothing, and those that hold a great many tasks of the same lane."""

from collections.abc import Mapping, Sequence

import msgspec

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Platform
from benchmarks.row import Row, figure, median
from benchmarks.rows import steady
from benchmarks.rows.throughput import measure_end_to_end
from penstock import App, QuotaKind

LAMBDA = "bench.noop"
IDLE_GATES = 10
FAR_PER_S = 500_000.0
QUOTAS_TOLD = f"schedule and start {FAR_PER_S:g}/s, weight 2, of the loaded lambda"
PAUSED = "paused"
PAUSED_TASKS = 300_000


async def measure_idle(bench: Bench) -> list[Row]:
    """Gates of the loaded lambda that stop none of its tasks, and quotas that it never reaches."""
    plain = await _plain_per_s(bench)
    async with bench.platform() as platform, platform.store() as store:
        await _pause(platform, [f"nobodys-{number}" for number in range(IDLE_GATES)])
        await _bound(platform)
        async with steady.steady_load(platform, store):
            phase = await steady.measured_phase(platform, store, bench.phase_s)
        windows = await steady.rates(store, phase, bench)
    return [
        _ratio(
            "idle_features.ratio",
            windows,
            plain,
            bench,
            {"gates": f"{IDLE_GATES} of collections without tasks", "quotas": QUOTAS_TOLD},
        )
    ]


async def measure_paused(bench: Bench) -> list[Row]:
    """Beside the tasks that a gate on their collection holds, in the lane of the load."""
    plain = await _plain_per_s(bench)
    async with bench.platform() as platform, platform.store() as store:
        await _pause(platform, [PAUSED])
        load = orders.Bulk(orders.Total(PAUSED_TASKS), collection=PAUSED)
        client = await platform.client("bulk", load, orders.Sent)
        client.go()
        filled = await client.report()
        await store.settle()
        async with steady.steady_load(platform, store, PAUSED_TASKS):
            phase = await steady.measured_phase(platform, store, bench.phase_s)
        windows = await steady.rates(store, phase, bench)
    seen = {"paused": PAUSED_TASKS, "paused_scheduled_per_s": round(filled.per_s)}
    return [_ratio("paused.ratio", windows, plain, bench, seen)]


async def _plain_per_s(bench: Bench) -> float:
    if not bench.plain_per_s:
        await measure_end_to_end(bench)
    return bench.plain_per_s[-1]


async def _pause(platform: Platform, collections: Sequence[str]) -> None:
    """A gate is for a lambda that the platform has heard of, and the worker comes later."""
    await platform.deploy("noop")
    app = App("bench", address=platform.address)
    for collection in collections:
        await app.gates.pause(LAMBDA, collection)
    app.close()


async def _bound(platform: Platform) -> None:
    app = App("bench", address=platform.address)
    for kind in (QuotaKind.SCHEDULE, QuotaKind.START):
        await app.quotas.set(LAMBDA, kind, FAR_PER_S, burst=int(FAR_PER_S))
    await app.quotas.set(LAMBDA, QuotaKind.WEIGHT, 2.0)
    app.close()


def _ratio(name: str, windows: list[float], plain: float, bench: Bench, seen: Mapping[str, object]) -> Row:
    compared = {"plain_per_s": round(plain), "baseline": "throughput.end_to_end of this run"}
    config = {**steady.config(bench), **seen, **compared}
    row = figure(name, median(windows) / plain, "of plain", [window / plain for window in windows], config)
    return msgspec.structs.replace(row, ratio=row.value, baseline=round(plain))


IDLE_FEATURES = Measurement(("idle_features.ratio",), measure_idle)
PAUSED_BESIDE = Measurement(("paused.ratio",), measure_paused)
