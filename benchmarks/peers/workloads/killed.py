"""kill -9 of all workers in the middle of 400 tasks of 20 ms; they are started again at once."""

import asyncio
import time

from benchmarks.peers.loads import Bulk
from benchmarks.peers.site import LOOK_EVERY_S, TASKS_MAX, Site
from benchmarks.peers.workloads.workload import Phases, Workload

TASKS, KILLED_AFTER = 400, 100


async def measure(site: Site, phases: Phases) -> dict[str, float]:
    """`running`: started and not ended when they were killed. `missing`: not run when the time was over. `twice`: run
    to the end more than once. Seconds from the kill."""
    await site.start_workers()
    first = await site.warm_up()
    last = first + TASKS
    # Workers run tasks from the first call on: the kill must not wait for the last answer.
    sending = asyncio.create_task(site.send(Bulk(first, phases.killed_s, TASKS, TASKS_MAX, task="slow")))
    doomed = site.worker_processes()
    await site.until(lambda: _is_amid(site, first, last), phases.killed_s, "waiting for the middle of them")
    site.kill_workers(doomed)
    killed_at_s, running = time.monotonic(), site.marks.running(first, last)
    await sending
    await site.start_workers()
    last_after_s = await _until_nothing_changes(site, range(first, last), phases)
    ended = site.marks.ended(first, last)
    return {
        "killed_running": running,
        "killed_missing": ended.count(0),
        "killed_twice": sum(runs > 1 for runs in ended),
        "killed_last_s": max(last_after_s - killed_at_s, 0.0),
    }


def _is_amid(site: Site, first: int, last: int) -> bool:
    """Many are done, and some run: what a kill between two batches would tell is little. Or it is too late for one."""
    if site.marks.executed < first + KILLED_AFTER:
        return False
    return site.marks.running(first, last) > 0 or 0 not in site.marks.ended(first, last)


async def _until_nothing_changes(site: Site, tasks: range, phases: Phases) -> float:
    """When the last first end was seen. What is run twice comes with the last ones: waits for those as well."""
    ends_at_s = time.monotonic() + phases.killed_s
    missing, executed, last_at_s, changed_at_s = -1, -1, 0.0, time.monotonic()
    while time.monotonic() < ends_at_s and (missing or time.monotonic() < changed_at_s + phases.settled_s):
        seen = site.marks.ended(tasks.start, tasks.stop)
        if seen.count(0) != missing:
            missing, last_at_s = seen.count(0), time.monotonic()
        if sum(seen) != executed:
            executed, changed_at_s = sum(seen), time.monotonic()
        await asyncio.sleep(LOOK_EVERY_S)
    return last_at_s


KILLED = Workload("killed", ("killed_running", "killed_missing", "killed_twice", "killed_last_s"), measure)
