"""What is left of the platform's capacity when more comes in than it can store, and how soon it is itself again."""

import asyncio
import time
from typing import Any

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.platform import Platform
from benchmarks.row import Row, RowFailed, figure, percentile

TASKS_EACH = 100
CALLERS = 16
PROBES_PER_S = 50.0
RECOVERED = 1.1
SLACK_MS = 2.0
"""a tenth of a few milliseconds is noise"""
PATIENCE_S = 60.0


async def measure(bench: Bench) -> list[Row]:
    """Requests of a hundred tasks: by callers that call again at once, then at two and ten times that rate."""
    async with bench.platform() as platform:
        await platform.deploy("noop")
        before_ms = await _probed_p95_ms(platform, 3.0)
        capacity = await _storm(platform, orders.Storm(TASKS_EACH, callers=CALLERS), bench.phase_s)
        capacity_per_s = capacity.accepted / capacity.lasted_s
        rows = []
        for name, times, tries in (("overload.goodput_2x", 2, 1), ("overload.goodput_10x", 10, 3)):
            load = orders.Storm(TASKS_EACH, calls_per_s=times * capacity_per_s, tries=tries)
            report = await _storm(platform, load, bench.phase_s)
            goodput = report.accepted / report.lasted_s / capacity_per_s
            rows.append(figure(name, goodput, "of capacity", [goodput], _seen(report, capacity, tries)))
            if report.failed:
                raise RowFailed(
                    f"{name}: of {report.accepted} calls taken and {report.refused} refused "
                    f"{report.failed} were neither: {report.failures}\n{platform.complaints()}"
                )
        recovered_s = await _recovered_after_s(platform, before_ms)
    config = {
        "p95_before_ms": round(before_ms, 2),
        "counted": "from the end of the ten-fold load to the end of the first second "
        f"whose calls have a p95 of at most {RECOVERED} times that before, and {SLACK_MS:g} ms",
    }
    return [*rows, figure("overload.recovery_s", recovered_s, "s", [recovered_s], config)]


async def _storm(platform: Platform, load: orders.Storm, seconds: float) -> orders.Stormed:
    client = await platform.client("storm", load, orders.Stormed)
    client.go()
    await asyncio.sleep(seconds)
    client.stop()
    return await client.report()


async def _recovered_after_s(platform: Platform, before_ms: float) -> float:
    ended_at_s = time.monotonic()
    while time.monotonic() - ended_at_s < PATIENCE_S:
        if await _probed_p95_ms(platform, 1.0) <= before_ms * RECOVERED + SLACK_MS:
            return time.monotonic() - ended_at_s
    raise RowFailed(f"calls are still slow {PATIENCE_S:g} s after the load\n{platform.complaints()}")


async def _probed_p95_ms(platform: Platform, seconds: float) -> float:
    report = await _storm(platform, orders.Storm(1, calls_per_s=PROBES_PER_S), seconds)
    return percentile(report.accepted_after_ms, 0.95) if report.accepted_after_ms else float("inf")


def _seen(report: orders.Stormed, capacity: orders.Stormed, tries: int) -> dict[str, Any]:
    seen: dict[str, Any] = {
        "tasks_a_call": TASKS_EACH,
        "capacity_tasks_per_s": round(capacity.accepted * TASKS_EACH / capacity.lasted_s),
        "tries": tries,
        "calls_accepted": report.accepted,
        "calls_refused": report.refused,
        "calls_dropped_unread": report.dropped,
        "counted": "tasks acknowledged a second over those of callers that call again at once",
    }
    for name, samples in (("accepted", report.accepted_after_ms), ("refused", report.refused_after_ms)):
        if samples:
            seen[f"{name}_p99_ms"] = round(percentile(samples, 0.99), 1)
    if capacity.accepted_after_ms:
        seen["accepted_p99_ms_at_capacity"] = round(percentile(capacity.accepted_after_ms, 0.99), 1)
    return seen


OVERLOAD = Measurement(("overload.goodput_2x", "overload.goodput_10x", "overload.recovery_s"), measure)
