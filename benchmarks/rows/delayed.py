"""How late delayed tasks start. Never early: that is checked, not measured."""

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for, started_since_1970_ns
from benchmarks.platform import WARM_UP_TASKS
from benchmarks.row import Row, RowFailed, figure, median, percentile, slices

TASKS = 1_000
DELAY_S = 5.0


async def measure(bench: Bench) -> list[Row]:
    """1,000 tasks for now + 5 s, one call after the other; twice over, but once when quick."""
    rounds = 1 if bench.is_quick else 2
    tasks = rounds * TASKS
    everything = WARM_UP_TASKS + tasks
    async with bench.platform(cells_for(everything)) as platform, platform.store() as store:
        await platform.start_worker("stamp")
        client = await platform.client("sequence", orders.Sequence(tasks, DELAY_S, WARM_UP_TASKS), orders.Sent)
        await platform.warm_up("stamp")
        client.go()
        report = await client.report()
        await platform.drained(store, everything, 60.0)
        due = await store.due_at_ns(everything)
        started = started_since_1970_ns(platform.cells.values, everything)
    late_ms = [(start - at) / 1e6 for start, at in zip(started, due, strict=True)][WARM_UP_TASKS:]
    if min(late_ms) < 0:
        raise RowFailed(f"a task started {-min(late_ms):.3f} ms before its time")
    config = {
        "tasks": tasks,
        "delay_s": DELAY_S,
        "calls": f"single, one after the other, {report.per_s:.0f}/s",
        "earliest_ms": round(min(late_ms), 3),
        "counted": "start by the host's clock less scheduled_at, which is the store's on the same host",
        "summary": "median of the rounds",
    }
    parts = slices(late_ms, rounds)
    figures = {
        "delayed.p50_ms": [percentile(part, 0.50) for part in parts],
        "delayed.p95_ms": [percentile(part, 0.95) for part in parts],
        "delayed.max_ms": [max(part) for part in parts],
    }
    return [figure(name, median(runs), "ms", runs, config) for name, runs in figures.items()]


DELAYED = Measurement(("delayed.p50_ms", "delayed.p95_ms", "delayed.max_ms"), measure)
