"""Whether the oldest goes first when more arrives than can be done."""

import asyncio
import time
from typing import Any

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.lambdas.layout import cells_for, started_since_1970_ns
from benchmarks.platform import START_TIMEOUT_S
from benchmarks.row import Row, figure, over

BACKLOG = 50_000
FACTOR = 1.2
LEAD = 1_000
OVERLOAD_S = 10.0
"""several times as long as the backlog takes"""
TASKS_PER_S_MAX = 80_000
"""room for stamps: more than this machine can do"""


async def measure(bench: Bench) -> list[Row]:
    """A backlog drains while new tasks arrive at 1.2 times the rate at which it drains."""
    tasks_max = BACKLOG + int(TASKS_PER_S_MAX * FACTOR * OVERLOAD_S)
    async with bench.platform(cells_for(tasks_max)) as platform, platform.store() as store:
        filler = await platform.client("bulk", orders.Bulk(orders.Total(BACKLOG), "stamp"), orders.Sent)
        load = orders.Bulk(orders.Factor(FACTOR, LEAD), "stamp", first=BACKLOG)
        arrivals = await platform.client("bulk", load, orders.Sent)
        filler.go()
        await filler.report()
        await platform.start_worker("stamp")
        arrivals.go()
        await platform.executed(1, START_TIMEOUT_S)
        started_at_s = time.time()
        await asyncio.sleep(OVERLOAD_S)
        ended_at_s = time.time()
        arrivals.stop()
        tasks = BACKLOG + (await arrivals.report()).tasks
        due = await store.due_at_ns(tasks)
        started = started_since_1970_ns(platform.cells.values, tasks)
    took_s = ended_at_s - started_at_s
    ages = ages_s(due, started, int(ended_at_s * 1e9))
    done = sum(1 for at in started if 0 < at <= ended_at_s * 1e9)
    in_order_s = oldest_in_order_s(due, started, int(ended_at_s * 1e9))
    config: dict[str, Any] = {
        "backlog": BACKLOG,
        "arrivals": f"{FACTOR} times what is executed",
        "arrived": tasks - BACKLOG,
        "drained_per_s": round(done / took_s),
        "overload_s": OVERLOAD_S,
        "oldest_age_in_perfect_order_s": round(in_order_s, 3),
        "backlog_started_after_s": round(max(ages[:BACKLOG]) if ages else 0.0, 2),
        "counted": "the age of the oldest task at its start, or at the end of the phase if it has not started; "
        "baseline: the same starts given to the oldest tasks first",
    }
    return [over(figure("fairness.oldest_age_s", max(ages), "s", [max(ages)], config), in_order_s)]


def ages_s(due_ns: list[int], started_ns: list[int], end_ns: int) -> list[float]:
    """How long each task that was due before the end waited until its start, or the end."""
    return [
        ((start if 0 < start < end_ns else end_ns) - due) / 1e9
        for due, start in zip(due_ns, started_ns, strict=True)
        if 0 < due < end_ns
    ]


def oldest_in_order_s(due_ns: list[int], started_ns: list[int], end_ns: int) -> float:
    """The oldest age if the k-th start had been of the k-th task by age."""
    due = sorted(at for at in due_ns if 0 < at < end_ns)
    starts = sorted(at for at in started_ns if 0 < at < end_ns)
    starts += [end_ns] * (len(due) - len(starts))
    return max((start - at) / 1e9 for start, at in zip(starts, due, strict=False))


FAIRNESS = Measurement(("fairness.oldest_age_s",), measure)
