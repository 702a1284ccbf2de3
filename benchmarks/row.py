"""One line of the table, and the arithmetic of samples."""

import itertools
import math
import statistics
from collections.abc import Sequence
from typing import Any

from msgspec import Struct


class Row(Struct, frozen=True):
    """A figure with all that is needed to judge it."""

    name: str
    value: float
    unit: str
    ratio: float | None
    """value / baseline"""
    baseline: float | None
    """the bare store's lifecycles/s in the same run; for a row that compares two figures, the second one"""
    runs: list[float]
    """what was measured: the windows, repetitions or parts of which `value` is the summary"""
    config: dict[str, Any]
    """how it was measured, and what else was seen"""


class RowFailed(Exception):
    """A measurement that may not be believed: something was lost, failed, early or late beyond sense."""


def figure(name: str, value: float, unit: str, runs: Sequence[float], config: dict[str, Any]) -> Row:
    """A row without a baseline."""
    return Row(name, _rounded(value), unit, None, None, [_rounded(run) for run in runs], config)


def over(row: Row, baseline: float) -> Row:
    """The row with its ratio to a baseline."""
    return Row(row.name, row.value, row.unit, round(row.value / baseline, 3), _rounded(baseline), row.runs, row.config)


def median(samples: Sequence[float]) -> float:
    """Of at least one sample."""
    return statistics.median(samples)


def percentile(samples: Sequence[float], share: float) -> float:
    """The smallest sample that `share` (over 0, to 1) of them do not exceed: the nearest rank, no interpolation."""
    return sorted(samples)[math.ceil(share * len(samples)) - 1]


def slices(samples: Sequence[float], count: int) -> list[Sequence[float]]:
    """The samples cut, in order, into `count` parts of about the same length; empty ones are left out."""
    edges = [len(samples) * at // count for at in range(count + 1)]
    return [samples[start:end] for start, end in itertools.pairwise(edges) if end > start]


def _rounded(value: float) -> float:
    """Four significant digits, more than any of this can be repeated to."""
    return float(f"{value:.4g}") if abs(value) < 1000 else round(value)
