"""Every row there is, in the order in which they are measured, and which of them some names mean."""

from collections.abc import Sequence

from benchmarks.bench import Measurement
from benchmarks.rows.conversion import CONVERSION
from benchmarks.rows.cost import COLD_START, IDLE
from benchmarks.rows.delayed import DELAYED
from benchmarks.rows.event_latency import EVENT_LATENCY
from benchmarks.rows.events import PER_SUBSCRIPTION, UNIFORM_SUBJECTS, UNIQUE_SUBJECTS
from benchmarks.rows.fairness import FAIRNESS
from benchmarks.rows.gates import IDLE_FEATURES, PAUSED_BESIDE
from benchmarks.rows.hot_subject import HOT_SUBJECT
from benchmarks.rows.http_publish import HTTP_PUBLISH
from benchmarks.rows.isolation import ISOLATION, PRIORITY_ISOLATION
from benchmarks.rows.latency import LATENCY
from benchmarks.rows.overload import OVERLOAD
from benchmarks.rows.periodic import PERIODIC
from benchmarks.rows.publish import BATCHED, SINGLE
from benchmarks.rows.push import PUSH_REQUESTS, PUSH_SHIFT
from benchmarks.rows.refresh import REFRESH
from benchmarks.rows.single_calls import EIGHT_CLIENTS, ONE_CLIENT
from benchmarks.rows.sleepers import SLEEPING
from benchmarks.rows.slow_subscriber import SLOW_SUBSCRIBER
from benchmarks.rows.throughput import DRAIN, END_TO_END

PATH = (
    END_TO_END,
    SLEEPING,  # right after what it is compared with
    DRAIN,
    ONE_CLIENT,
    EIGHT_CLIENTS,
    FAIRNESS,
    LATENCY,
    DELAYED,
    COLD_START,
    IDLE,
)
"""the path of a task: measured when nothing is named, in less than six minutes"""
FEATURES = (IDLE_FEATURES, PAUSED_BESIDE, PERIODIC, ISOLATION, PRIORITY_ISOLATION, OVERLOAD, CONVERSION)
"""what stands beside the path: measured when it is named, or `features`"""
EVENTS = (
    BATCHED,
    SINGLE,
    PER_SUBSCRIPTION,
    UNIFORM_SUBJECTS,
    UNIQUE_SUBJECTS,
    EVENT_LATENCY,
    HOT_SUBJECT,
    SLOW_SUBSCRIBER,
    REFRESH,
)
"""streams and their events: measured when it is named, or `events`"""
EDGES = (HTTP_PUBLISH, PUSH_REQUESTS, PUSH_SHIFT)
"""what comes in and goes out by other ways than gRPC: measured when it is named, or `edges`"""
MEASUREMENTS = (*PATH, *FEATURES, *EVENTS, *EDGES)
GROUPS = {"path": PATH, "features": FEATURES, "events": EVENTS, "edges": EDGES}
ROW_NAMES = tuple(name for measurement in MEASUREMENTS for name in measurement.names)


class UnknownNames(Exception):
    """None of the rows is called so."""


def chosen_rows(names: Sequence[str]) -> frozenset[str]:
    """The rows that are meant by their names or those of their groups; `path` without any. Raises `UnknownNames`."""
    meant = {name: [row for row in ROW_NAMES if _means(name, row)] for name in names or ("path",)}
    unknown = [name for name, rows in meant.items() if not rows]
    if unknown:
        raise UnknownNames(", ".join(unknown))
    return frozenset(row for rows in meant.values() for row in rows)


def measurements_for(rows: frozenset[str]) -> list[Measurement]:
    """What has to be measured for these rows."""
    return [measurement for measurement in MEASUREMENTS if rows.intersection(measurement.names)]


def _means(name: str, row: str) -> bool:
    in_group = any(row in measurement.names for measurement in GROUPS.get(name, ()))
    return in_group or row == name or row.startswith(f"{name}.")
