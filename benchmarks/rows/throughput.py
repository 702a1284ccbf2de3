"""Bulk throughput, end to end and out of a backlog, and what a thousand tasks cost."""

import time

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import START_TIMEOUT_S
from benchmarks.row import Row, figure, median
from benchmarks.rows import steady

BACKLOG_FACTOR = 1.05
"""the backlog is a phase of the end-to-end rate and a little more"""
RATE_GUESSED_PER_S = 30_000.0
"""where the end-to-end rate was not measured in this run"""


async def measure_end_to_end(bench: Bench) -> list[Row]:
    """A client schedules, everything else follows, all at the same time."""
    async with bench.platform() as platform, platform.store() as store:
        async with steady.steady_load(platform, store):
            phase = await steady.measured_phase(platform, store, bench.phase_s)
        windows = await steady.rates(store, phase, bench)
        seen = {
            "claimed_more_than_once": await store.more_than_one_claim(),
            "moved_by_store_consumer": round(await store.moved_by_store_consumer(), 2),
        }
    bench.plain_per_s.append(median(windows))
    done = sum(windows) * bench.window_s
    cpu_s = phase.after.cpu_since(phase.before)
    per_1000 = {role: round(1000 * spent / done, 4) for role, spent in cpu_s.items()}
    config = steady.config(bench) | seen | {"cpu_s_per_1000": per_1000}
    cost = {"load": "throughput.end_to_end", "by_process": per_1000, "counted": "all processes, client and engines too"}
    return [
        figure("throughput.end_to_end", median(windows), "tasks/s", windows, config),
        figure("cost.cpu_s_per_1000", sum(per_1000.values()), "CPU s", [sum(per_1000.values())], cost),
    ]


async def measure_drain(bench: Bench) -> list[Row]:
    """Scheduled first, for a known lambda without a worker; from the start of the worker to the last task ended."""
    tasks = int(BACKLOG_FACTOR * bench.plain_rate(guess=RATE_GUESSED_PER_S) * bench.phase_s)
    async with bench.platform() as platform, platform.store() as store:
        await platform.deploy("noop")
        client = await platform.client("bulk", orders.Bulk(orders.Total(tasks)), orders.Sent)
        client.go()
        filled = await client.report()
        from_s, started_at_s = await store.now_s(), time.monotonic()
        await platform.start_worker("noop")
        await platform.executed(1, START_TIMEOUT_S)
        first_after_s = time.monotonic() - started_at_s
        await platform.drained(store, tasks, 8 * bench.phase_s)
        took_s = await store.last_finished_at_s() - from_s
        windows = await store.finished_per_s(from_s + first_after_s, from_s + took_s, bench.window_s)
    config = {
        "payload_bytes": 100,
        "backlog": tasks,
        "drained_in_s": round(took_s, 1),
        "first_task_after_s": round(first_after_s, 2),
        "scheduled_per_s": round(filled.per_s),
        "window_s": bench.window_s,
        "counted": "tasks over the time from the start of the worker's process to the last outcome",
        "runs_are": "windows from the first task on",
    }
    return [figure("throughput.drain", tasks / took_s, "tasks/s", windows, config)]


END_TO_END = Measurement(
    ("throughput.end_to_end", "cost.cpu_s_per_1000"), measure_end_to_end, over_bare_store=("throughput.end_to_end",)
)
DRAIN = Measurement(("throughput.drain",), measure_drain, over_bare_store=("throughput.drain",))
