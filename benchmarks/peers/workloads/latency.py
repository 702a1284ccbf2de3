"""How soon a task starts at 200 single calls a second."""

from benchmarks.peers.loads import OpenLoop
from benchmarks.peers.site import Site
from benchmarks.peers.workloads.workload import Phases, Workload, all_run
from benchmarks.row import percentile

PER_S = 200.0
NOT_COUNTED_S = 1.0
"""callers connect by their first calls"""
SHARES = {"start_p50_ms": 0.50, "start_p95_ms": 0.95, "start_p99_ms": 0.99}


async def measure(site: Site, phases: Phases) -> dict[str, float]:
    """From just before the call to the first line of the task, one clock for both."""
    await site.start_workers()
    first = await site.warm_up()
    sent = await site.send(OpenLoop(first, int(PER_S * (NOT_COUNTED_S + phases.latency_s)), PER_S))
    last = first + sent.tasks
    await all_run(site, first, last)
    starts = site.marks.started_ns(first, last)
    waits_ms = [(start - call) / 1e6 for start, call in zip(starts, sent.called_ns, strict=True)]
    counted = waits_ms[int(PER_S * NOT_COUNTED_S) :]
    return {name: percentile(counted, share) for name, share in SHARES.items()}


LATENCY = Workload("latency", tuple(SHARES), measure)
