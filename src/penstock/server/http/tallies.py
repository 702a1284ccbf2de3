"""Calls by outcome and by duration, in plain numbers: under a microsecond a call, summed up when somebody asks."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Final

from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily, Metric

BUCKETS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
_MARKS: Final = [*(f"{each:g}" for each in BUCKETS_S), "+Inf"]


class Tally:
    """Calls of one kind."""

    __slots__ = ("buckets", "outcomes", "sum_s")

    def __init__(self) -> None:
        self.outcomes: dict[str, int] = {}
        self.buckets = [0] * len(_MARKS)
        self.sum_s = 0.0

    def add(self, outcome: str, took_s: float) -> None:
        """One that has ended."""
        self.outcomes[outcome] = self.outcomes.get(outcome, 0) + 1
        self.buckets[bisect_left(BUCKETS_S, took_s)] += 1
        self.sum_s += took_s


class Tallies:
    """One family of calls: `name`_requests_total and `name`_request_duration_seconds.

    `labels`: those of the duration; the counter has `outcome` besides. Values are few and known, never what
    callers make up.
    """

    def __init__(self, name: str, what: str, labels: Sequence[str], outcome: str) -> None:
        self._name, self._what = name, what
        self._labels, self._outcome = list(labels), outcome
        self._tallies: dict[tuple[str, ...], Tally] = {}

    def of(self, labels: tuple[str, ...]) -> Tally:
        """The tally of one kind; the same for ever."""
        tally = self._tallies.get(labels)
        if tally is None:
            tally = self._tallies[labels] = Tally()
        return tally

    def families(self) -> Iterator[Metric]:
        """For an exposition."""
        counter = CounterMetricFamily(
            f"{self._name}_requests", f"{self._what} that have been answered.", labels=[*self._labels, self._outcome]
        )
        histogram = HistogramMetricFamily(
            f"{self._name}_request_duration_seconds", f"How long {self._what} took.", labels=self._labels
        )
        for labels, tally in sorted(self._tallies.items(), key=lambda each: each[0]):
            if not tally.outcomes:
                continue
            for outcome, count in sorted(tally.outcomes.items()):
                counter.add_metric([*labels, outcome], count)
            histogram.add_metric(labels, _cumulated(tally.buckets), tally.sum_s)
        yield counter
        yield histogram


def _cumulated(counts: Sequence[int]) -> list[tuple[str, float]]:
    total, buckets = 0, []
    for mark, count in zip(_MARKS, counts, strict=True):
        total += count
        buckets.append((mark, float(total)))
    return buckets
