"""What the history adds up to: rates, lags and times, for the screen and the report."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from .history import Run
from .proof import SUBSCRIPTIONS


@dataclass
class Pipe:
    """One subscription so far."""

    name: str
    done: int
    """events completed"""
    behind: int
    """paths of which another lambda knows more"""
    p95_ms: int
    per_second: list[int]
    """events completed in each second since the first run, the current one included"""
    again: int
    """runs that were not the first of their event"""


def pipes(runs: Sequence[Run], now_us: int, live_from_us: int) -> list[Pipe]:
    """All of them, in the order in which they are shown; `live_from_us`: events of before count for no p95."""
    of_events = [run for run in runs if run.sequence]
    heads: dict[str, int] = {}
    upto: dict[str, dict[str, int]] = defaultdict(dict)
    by_name: dict[str, list[Run]] = defaultdict(list)
    for run in of_events:
        by_name[run.lambda_name].append(run)
        heads[run.subject] = max(run.sequence, heads.get(run.subject, 0))
        if run.ended_us:
            mine = upto[run.lambda_name]
            mine[run.subject] = max(run.sequence, mine.get(run.subject, 0))
    start_us = of_events[0].began_us if of_events else now_us
    return [
        Pipe(
            name,
            done=len({(run.subject, run.sequence) for run in by_name[name] if run.ended_us}),
            behind=sum(upto[name].get(subject, 0) < head for subject, head in heads.items()),
            p95_ms=percentile_ms(first_latenesses(by_name[name], live_from_us), 95),
            per_second=seconds(by_name[name], start_us, now_us),
            again=len(by_name[name]) - len({(run.subject, run.sequence) for run in by_name[name]}),
        )
        for name in SUBSCRIPTIONS
    ]


def seconds(runs: Sequence[Run], start_us: int, until_us: int) -> list[int]:
    """How many ended in each second."""
    counted = Counter((run.ended_us - start_us) // 1_000_000 for run in runs if run.ended_us)
    return [counted[second] for second in range(max(0, until_us - start_us) // 1_000_000 + 1)]


def first_latenesses(runs: Sequence[Run], live_from_us: int) -> list[int]:
    """Of each event since then and each lambda, how long it took to the first line that ran for it."""
    first: dict[tuple[str, str, int], int] = {}
    for run in runs:
        if run.event_us < live_from_us:
            continue  # it was there before anybody was
        first.setdefault((run.lambda_name, run.subject, run.sequence), run.late_us)
    return list(first.values())


def percentile_ms(values_us: Sequence[int], percent: int) -> int:
    """The nearest-rank percentile in whole milliseconds; 0 for no values."""
    if not values_us:
        return 0
    rank = math.ceil(percent / 100 * len(values_us))
    return round(sorted(values_us)[rank - 1] / 1000)


def span_s(runs: Sequence[Run]) -> float:
    """From the first line to the last."""
    if not runs:
        return 0.0
    return (max(max(run.ended_us, run.began_us) for run in runs) - min(run.began_us for run in runs)) / 1e6
