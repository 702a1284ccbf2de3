"""One task a call: by one caller, and by a hundred at the same time."""

from benchmarks.peers.loads import Single
from benchmarks.peers.site import TASKS_MAX, Site
from benchmarks.peers.workloads.workload import Phases, Workload, all_run

CALLERS = {"single_1_per_s": 1, "single_100_per_s": 100}


async def measure(site: Site, phases: Phases) -> dict[str, float]:
    """Tasks over the time from the first call to the last start."""
    await site.start_workers()
    first = await site.warm_up()
    figures = {}
    for name, callers in CALLERS.items():
        sent = await site.send(Single(first, phases.single_s, TASKS_MAX - first, callers))
        last = first + sent.tasks
        await all_run(site, first, last)
        figures[name] = sent.tasks * 1e9 / (max(site.marks.started_ns(first, last)) - sent.started_ns)
        first = last
    return figures


SINGLE = Workload("single", tuple(CALLERS), measure)
