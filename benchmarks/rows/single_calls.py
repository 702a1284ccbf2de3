"""Tasks scheduled one by one, by 500 concurrent calls in all."""

import asyncio
from functools import partial

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.row import Row, figure

CALLS = 500


async def measure(name: str, clients_count: int, bench: Bench) -> list[Row]:
    """From the first call to the last task ended, as a peer's user would count."""
    shares = [CALLS * (at + 1) // clients_count - CALLS * at // clients_count for at in range(clients_count)]
    async with bench.platform() as platform, platform.store() as store:
        await platform.start_worker("noop")
        load = [orders.Single(callers) for callers in shares]
        clients = await asyncio.gather(*(platform.client("single", order, orders.Sent) for order in load))
        warm = await platform.warm_up("noop")
        for client in clients:
            client.go()
        await asyncio.sleep(bench.phase_s)
        for client in clients:
            client.stop()
        reports = [await client.report() for client in clients]
        tasks = sum(report.tasks for report in reports)
        await platform.drained(store, warm + tasks, 4 * bench.phase_s)
        from_s = min(report.started_at_s for report in reports)
        took_s = await store.last_finished_at_s() - from_s
        windows = await store.finished_per_s(from_s, from_s + took_s, bench.window_s)
    config = {
        "payload_bytes": 100,
        "client_processes": clients_count,
        "concurrent_calls": CALLS,
        "tasks": tasks,
        "took_s": round(took_s, 1),
        "calls_answered_after_s": round(max(report.ended_at_s for report in reports) - from_s, 1),
        "window_s": bench.window_s,
        "counted": "tasks over the time from the first call to the last outcome; runs are windows",
    }
    return [figure(name, tasks / took_s, "tasks/s", windows, config)]


def _measurement(name: str, clients_count: int) -> Measurement:
    return Measurement((name,), partial(measure, name, clients_count), over_bare_store=(name,))


ONE_CLIENT = _measurement("single_calls.one_client", 1)
EIGHT_CLIENTS = _measurement("single_calls.eight_clients", 8)
