"""Every row there is, in the order in which they are measured, and which of them some names mean."""

from collections.abc import Sequence

from benchmarks.bench import Measurement
from benchmarks.rows.cost import COLD_START, IDLE
from benchmarks.rows.delayed import DELAYED
from benchmarks.rows.fairness import FAIRNESS
from benchmarks.rows.gates import IDLE_FEATURES, PAUSED_BESIDE
from benchmarks.rows.latency import LATENCY
from benchmarks.rows.periodic import PERIODIC
from benchmarks.rows.single_calls import EIGHT_CLIENTS, ONE_CLIENT
from benchmarks.rows.sleepers import SLEEPING
from benchmarks.rows.throughput import DRAIN, END_TO_END

MEASUREMENTS = (
    COLD_START,
    IDLE,
    END_TO_END,
    SLEEPING,  # right after what it is compared with, like the two that follow
    IDLE_FEATURES,
    PAUSED_BESIDE,
    DRAIN,
    FAIRNESS,
    ONE_CLIENT,
    EIGHT_CLIENTS,
    LATENCY,
    DELAYED,
    PERIODIC,
)
ROW_NAMES = tuple(name for measurement in MEASUREMENTS for name in measurement.names)


class UnknownNames(Exception):
    """None of the rows is called so."""


def chosen_rows(names: Sequence[str]) -> frozenset[str]:
    """The rows that are meant by their names or those of their groups; all without any. Raises `UnknownNames`."""
    unknown = [name for name in names if not any(_means(name, row) for row in ROW_NAMES)]
    if unknown:
        raise UnknownNames(", ".join(unknown))
    return frozenset(row for row in ROW_NAMES if not names or any(_means(name, row) for name in names))


def measurements_for(rows: frozenset[str]) -> list[Measurement]:
    """What has to be measured for these rows."""
    return [measurement for measurement in MEASUREMENTS if rows.intersection(measurement.names)]


def _means(name: str, row: str) -> bool:
    return row == name or row.startswith(f"{name}.")
