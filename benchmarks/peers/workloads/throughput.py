"""No-ops enqueued in bulk while workers run them; and a backlog run by workers that have just started."""

from benchmarks.peers.loads import Bulk
from benchmarks.peers.site import TASKS_MAX, Site
from benchmarks.peers.workloads.workload import IN_FLIGHT, Phases, Workload, all_run

BACKLOG_SHARE = 0.5
"""of a bulk phase: how long the backlog is filled"""


async def measure_bulk(site: Site, phases: Phases) -> dict[str, float]:
    """Tasks over the time from the first call to the last start."""
    await site.start_workers()
    first = await site.warm_up()
    sent = await site.send(Bulk(first, phases.bulk_s, TASKS_MAX - first, IN_FLIGHT))
    last = first + sent.tasks
    await all_run(site, first, last)
    return {"bulk_per_s": sent.tasks * 1e9 / (max(site.marks.started_ns(first, last)) - sent.started_ns)}


async def measure_drain(site: Site, phases: Phases) -> dict[str, float]:
    """Tasks over the time from the first start to the last: workers' own start-up is not counted."""
    await site.start_workers()
    first = await site.warm_up()
    await site.stop_workers()
    sent = await site.send(Bulk(first, phases.bulk_s * BACKLOG_SHARE, TASKS_MAX - first, TASKS_MAX))
    last = first + sent.tasks
    await site.start_workers()
    await all_run(site, first, last)
    started_ns = site.marks.started_ns(first, last)
    return {"drain_per_s": sent.tasks * 1e9 / (max(started_ns) - min(started_ns))}


BULK = Workload("bulk", ("bulk_per_s",), measure_bulk)
DRAIN = Workload("drain", ("drain_per_s",), measure_drain)
