"""How soon a task starts: from before `schedule()` to the first line of the lambda."""

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for, started_at_ns
from benchmarks.platform import WARM_UP_TASKS
from benchmarks.row import Row, RowFailed, figure, percentile, slices

PER_S = 200.0
PARTS = 4
SHARES = {"latency.p50_ms": 0.50, "latency.p95_ms": 0.95, "latency.p99_ms": 0.99}


async def measure(bench: Bench) -> list[Row]:
    """Single calls at a steady rate; a stamp by the caller, a stamp by the lambda, one clock for both."""
    tasks = int(PER_S * bench.latency_s)
    everything = WARM_UP_TASKS + tasks
    async with bench.platform(cells_for(everything)) as platform, platform.store() as store:
        await platform.start_worker("stamp")
        load = orders.OpenLoop(tasks, PER_S, first=WARM_UP_TASKS)
        client = await platform.client("open_loop", load, orders.Called)
        await platform.warm_up("stamp")
        client.go()
        report = await client.report()
        await platform.drained(store, everything, 30.0)
        starts = started_at_ns(platform.cells.values, everything)[WARM_UP_TASKS:]
    waits_ms = [(start - call) / 1e6 for start, call in zip(starts, report.called_at_ns, strict=True)]
    if min(waits_ms) <= 0:
        raise RowFailed(f"a task started {min(waits_ms):.3f} ms after its call: the clocks are not one")
    answered_ms = report.answered_after_ms
    config = {
        "calls_per_s": PER_S,
        "seconds": bench.latency_s,
        "tasks": tasks,
        "warm_up_tasks": WARM_UP_TASKS,
        "acknowledged_p50_ms": round(percentile(answered_ms, 0.5), 2),
        "acknowledged_p95_ms": round(percentile(answered_ms, 0.95), 2),
        "max_ms": round(max(waits_ms), 2),
        "caller_behind_its_rate_max_ms": round(report.behind_ms_max, 2),
        "counted": "all tasks in order of their calls; runs are the same percentile of each quarter",
    }
    parts = slices(waits_ms, PARTS)
    return [
        figure(name, percentile(waits_ms, share), "ms", [percentile(part, share) for part in parts], config)
        for name, share in SHARES.items()
    ]


LATENCY = Measurement(tuple(SHARES), measure)
