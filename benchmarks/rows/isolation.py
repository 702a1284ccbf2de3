"""What one lambda's flood does to the others, and what low priority does to high."""

from collections.abc import Sequence

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for, started_at_ns
from benchmarks.lambdas.rates import QUIET_COUNT
from benchmarks.platform import START_TIMEOUT_S, Platform
from benchmarks.row import Row, RowFailed, figure, percentile

TOGETHER = 0.5
"""of the capacity, for all ten lambdas"""
TIMES = 100
CAPACITY_P99_MS = 100.0
"""the capacity is the highest rate at which requests are answered within this time"""
STEP = 1.5
STEP_S = 4.0
FIRST_PER_S = 1_000.0
LAST_PER_S = 30_000.0
WARM_UP = 900
DRAIN_S = 60.0
FORMS = {
    "rate": orders.Loud(0.0),
    "slow": orders.Loud(0.0, sleep_s=1.0),
    "failing": orders.Loud(0.0, fails=True),
}


async def measure_lambdas(bench: Bench) -> list[Row]:
    """Nine lambdas at a steady rate, alone; then beside a tenth that comes at a hundred times the rate of each."""
    return await _measure(bench, "isolation", list(FORMS), one_lambda=False)


async def measure_priorities(bench: Bench) -> list[Row]:
    """The high lane of a lambda at a steady rate, alone; then beside a flood of its low lane."""
    return await _measure(bench, "priority_isolation", ["low"], one_lambda=True)


async def _measure(bench: Bench, name: str, forms: Sequence[str], *, one_lambda: bool) -> list[Row]:
    capacity_per_s = await _capacity_per_s(bench, one_lambda)
    each_per_s = capacity_per_s * TOGETHER / (QUIET_COUNT + 1)
    per_s = each_per_s if one_lambda else each_per_s * QUIET_COUNT
    phase_s = bench.phase_s if bench.is_quick else 2 * bench.phase_s
    alone_ms = await _phase(bench, per_s, phase_s, None, one_lambda)
    shifts_ms, seen = [], {}
    for form in forms:
        load = FORMS.get(form) or orders.Loud(0.0, low_of_first_quiet=True)
        beside_ms = await _phase(bench, per_s, phase_s, load, one_lambda)
        seen[f"{form}_p95_ms"] = round(beside_ms, 2)
        shifts_ms.append(beside_ms - alone_ms)
    config = {
        "capacity_tasks_per_s": round(capacity_per_s),
        "quiet_tasks_per_s": round(per_s),
        "flood_tasks_per_s": f"up to {TIMES} times {round(each_per_s)}",
        "executors": "one for each lambda",
        "phase_s": phase_s,
        "alone_p95_ms": round(alone_ms, 2),
        **seen,
        "counted": "from before the request to the first line of the lambda; runs are the forms "
        f"{', '.join(forms)}, value is the worst",
    }
    percents = [100 * shift_ms / alone_ms for shift_ms in shifts_ms]
    return [
        figure(f"{name}.shift_p95_ms", max(shifts_ms), "ms", shifts_ms, config),
        figure(f"{name}.shift_p95_percent", max(percents), "%", percents, config),
    ]


async def _capacity_per_s(bench: Bench, one_lambda: bool) -> float:
    """Of this very load: its rate rises step by step as long as its requests are answered soon."""
    rates = [FIRST_PER_S]
    while rates[-1] < LAST_PER_S:
        rates.append(rates[-1] * STEP)
    most = WARM_UP + sum(int(rate * STEP_S) for rate in rates)
    async with bench.platform(cells_for(most + 1)) as platform:
        await platform.start_worker("ten")
        await _warm_up(platform, one_lambda)
        first, held_per_s = WARM_UP, 0.0
        for per_s in rates:
            tasks = int(per_s * STEP_S)
            order = orders.Quiet(tasks, per_s, first=first, one_lambda=one_lambda)
            client = await platform.client("quiet", order, orders.Called)
            client.go()
            report = await client.report()
            first += tasks
            if percentile(report.answered_after_ms, 0.99) > CAPACITY_P99_MS:
                break
            held_per_s = per_s
        await _all_started(platform, first, DRAIN_S)
    if not held_per_s:
        raise RowFailed(f"{FIRST_PER_S:g} tasks/s are over the capacity of this machine in this hour")
    return held_per_s


async def _phase(bench: Bench, per_s: float, phase_s: float, flood: orders.Loud | None, one_lambda: bool) -> float:
    """p95 of the quiet tasks' waits for their start, in milliseconds, on a platform of its own."""
    tasks = int(per_s * phase_s)
    everything = WARM_UP + tasks
    async with bench.platform(cells_for(everything + 1)) as platform:
        await platform.start_worker("ten")
        await _warm_up(platform, one_lambda)
        load = orders.Quiet(tasks, per_s, first=WARM_UP, one_lambda=one_lambda)
        quiet = await platform.client("quiet", load, orders.Called)
        noise = None
        if flood is not None:
            each_per_s = per_s if one_lambda else per_s / QUIET_COUNT
            order = orders.Loud(
                each_per_s * TIMES, flood.sleep_s, flood.fails, flood.low_of_first_quiet, cell=everything
            )
            noise = await platform.client("loud", order, orders.Sent)
            noise.go()
        quiet.go()
        report = await quiet.report()
        if noise is not None:
            noise.stop()
            await noise.report()
        await _all_started(platform, everything, DRAIN_S)
        starts = started_at_ns(platform.cells.values, everything)[WARM_UP:]
    return percentile([(start - call) / 1e6 for start, call in zip(starts, report.called_at_ns, strict=True)], 0.95)


async def _warm_up(platform: Platform, one_lambda: bool) -> None:
    """Every executor is there and has run some."""
    client = await platform.client("quiet", orders.Quiet(WARM_UP, WARM_UP / 2, one_lambda=one_lambda), orders.Called)
    client.go()
    await client.report()
    await _all_started(platform, WARM_UP, START_TIMEOUT_S)


async def _all_started(platform: Platform, tasks: int, timeout_s: float) -> None:
    if not await platform.comes_true(lambda: all(started_at_ns(platform.cells.values, tasks)), timeout_s):
        missing = started_at_ns(platform.cells.values, tasks).count(0)
        raise RowFailed(f"{missing} of {tasks} tasks have not started within {timeout_s:g} s\n{platform.complaints()}")


def _names(name: str) -> tuple[str, str]:
    return f"{name}.shift_p95_ms", f"{name}.shift_p95_percent"


ISOLATION = Measurement(_names("isolation"), measure_lambdas)
PRIORITY_ISOLATION = Measurement(_names("priority_isolation"), measure_priorities)
