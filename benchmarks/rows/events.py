"""Events to each of two subscriptions, over the bare store for events of the same shape before and after."""

import asyncio
import itertools
import time
from functools import partial
from typing import Any

from benchmarks import orders
from benchmarks.bench import Bench, Measurement
from benchmarks.event_base import measure_bare_events
from benchmarks.lambdas.event_layout import Given, cells_for
from benchmarks.platform import Platform
from benchmarks.row import Row, figure, median, over
from benchmarks.rows.event_load import event_load, of_both, places
from benchmarks.shapes import Shape

ZIPF = Shape(10_000, zipf=1.0)
UNIFORM = Shape(10_000)
UNIQUE = Shape(0)


async def measure(name: str, shape: Shape, bench: Bench) -> list[Row]:
    """Publish, ping, dispatch, deliver in order, move cursors: all at the same time."""
    before = await measure_bare_events(bench, shape)
    async with bench.platform(cells_for(places(shape))) as platform:
        async with event_load(platform, shape):
            usage = platform.usage()
            looks = [_look(platform)]
            while len(looks) * bench.window_s <= bench.phase_s:
                await asyncio.sleep(bench.window_s)
                looks.append(_look(platform))
            cpu_s = platform.usage().cpu_since(usage)
        repeated = sum(each.repeated for each in of_both(platform))
    after = await measure_bare_events(bench, shape)
    windows = [_slower_per_s(*pair) for pair in itertools.pairwise(looks)]
    events = [looks[-1][1][n].events - each.events for n, each in enumerate(looks[0][1])]
    deliveries = [looks[-1][1][n].deliveries - each.deliveries for n, each in enumerate(looks[0][1])]
    config = _config(shape) | {
        "events_per_delivery": round(sum(events) / sum(deliveries), 2),
        "repeated": repeated,
        "cpu_s_per_1000": {role: round(1000 * spent / min(events), 4) for role, spent in cpu_s.items()},
        "bare_events.both": {
            side: round(median([each.both for each in rates])) for side, rates in (("before", before), ("after", after))
        },
        "bare_events.events_per_delivery": before[0].events_per_delivery,
        "phase_s": bench.phase_s,
        "counted": "events given to the slower of the two; runs are windows, and the value is their median",
    }
    return [over(figure(name, median(windows), "events/s", windows, config), _both(before, after))]


def _look(platform: Platform) -> tuple[float, list[Given]]:
    return time.monotonic(), of_both(platform)


def _slower_per_s(earlier: tuple[float, list[Given]], later: tuple[float, list[Given]]) -> float:
    counts = [b.events - a.events for a, b in zip(earlier[1], later[1], strict=True)]
    return min(counts) / (later[0] - earlier[0])


def _both(before: list[Any], after: list[Any]) -> float:
    """A machine that is faster in one half fits more runs into it, and yet both count the same."""
    return sum(median([each.both for each in rates]) for rates in (before, after)) / 2


def _config(shape: Shape) -> dict[str, Any]:
    load = orders.EventStream(shape)
    return {
        "event_bytes": 200,
        "subjects": shape.subjects or "one for each event",
        "zipf": shape.zipf,
        "calls": f"publish_many of {load.events_each}, {load.senders} under way, one client process",
        "in_flight": load.in_flight,
    }


PER_SUBSCRIPTION = Measurement(("events.per_subscription",), partial(measure, "events.per_subscription", ZIPF))
UNIFORM_SUBJECTS = Measurement(("events.uniform",), partial(measure, "events.uniform", UNIFORM))
UNIQUE_SUBJECTS = Measurement(("events.unique",), partial(measure, "events.unique", UNIQUE))
