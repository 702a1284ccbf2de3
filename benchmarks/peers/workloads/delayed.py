"""How late 1,000 tasks for now + 5 s start. Less than zero: too early."""

from benchmarks.peers.loads import Later
from benchmarks.peers.site import Site
from benchmarks.peers.workloads.workload import Phases, Workload, all_run
from benchmarks.row import percentile

TASKS = 1_000


async def measure(site: Site, phases: Phases) -> dict[str, float]:
    """Start less due time, which is the caller's time just before the call + 5 s; one host, one clock."""
    await site.start_workers()
    first = await site.warm_up()
    sent = await site.send(Later(first, TASKS, phases.delay_s))
    last = first + sent.tasks
    await all_run(site, first, last)
    starts = site.marks.started_since_1970_ns(first, last)
    late_ms = [(start - call) / 1e6 - phases.delay_s * 1000 for start, call in zip(starts, sent.called_ns, strict=True)]
    return {
        "late_min_ms": min(late_ms),
        "late_p50_ms": percentile(late_ms, 0.50),
        "late_p95_ms": percentile(late_ms, 0.95),
        "late_max_ms": max(late_ms),
    }


DELAYED = Workload("delayed", ("late_min_ms", "late_p50_ms", "late_p95_ms", "late_max_ms"), measure)
