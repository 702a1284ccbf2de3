"""What must hold of gates, ticks, cancels and redrives whatever was killed. Pure; the names are the invariants'."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from penstock.model.lifecycle import Status
from tests.processes.fault_run.checks import claims_rise, no_overlap
from tests.processes.fault_run.features.history import FeatureHistory
from tests.processes.fault_run.features.lambdas import METERED_PER_S

if TYPE_CHECKING:
    from tests.processes.fault_run.records import Start

Check = Callable[[FeatureHistory], Iterable[str]]
SECOND_US: Final = 1_000_000
QUOTA_WINDOW_S: Final = 5.0
STARTS_MAX: Final = round(METERED_PER_S * (1.1 * QUOTA_WINDOW_S + 2)) + 24
"""in a window, what two bursts let pass, and what two executors had taken and not yet started included"""


def base_holds(history: FeatureHistory) -> Iterator[str]:
    """T4, T5, T18 as in the great run."""
    yield from claims_rise(history.base)
    yield from no_overlap(history.base)
    if history.base.live:
        yield f"conservation: {history.base.live} tasks still live"


def all_ended_as_they_may(history: FeatureHistory) -> Iterator[str]:
    """T1: everything that was answered has ended, as its kind and what was done to it allow."""
    ended = {each.id: each for each in history.ended}
    for task_id, kind, collection in history.due:
        end = ended.get(task_id)
        allowed = _allowed(kind, collection)
        if end is None or end.status not in allowed:
            how = "not at all" if end is None else end.status.name
            yield f"end: {kind} of {collection!r} {task_id.hex()} ended {how}"


def _allowed(kind: str, collection: str) -> tuple[Status, ...]:
    if kind == "metered":
        return (Status.SUCCESS,)
    if kind == "gated":
        return (Status.SUCCESS, Status.DROPPED) if collection == "dropped" else (Status.SUCCESS,)
    return (Status.CANCELLED,) if kind == "long" else (Status.DEAD, Status.SUCCESS)


def gates_stop_starts(history: FeatureHistory) -> Iterator[str]:
    """T11: from a second after the answer nothing in a gate's scope starts until somebody opens it."""
    scope = {task_id: collection for task_id, kind, collection in history.due if kind == "gated"}
    for window in history.windows:
        for start in history.base.starts:
            shut = window.answered_us + SECOND_US < start.wall_us < window.opening_us
            if shut and scope.get(start.task_id) == window.collection:
                late_us = start.wall_us - window.answered_us
                yield f"gate: {start.task_id.hex()} started {late_us} us after {window.collection} was shut"


def only_gates_drop(history: FeatureHistory) -> Iterator[str]:
    """T11: nothing is dropped but in the scope of a gate that drops."""
    for end in history.ended:
        if end.status is Status.DROPPED and (end.kind, end.collection) != ("gated", "dropped"):
            yield f"gate: {end.kind} of {end.collection!r} {end.id.hex()} was dropped"


def cancelled_is_not_started(history: FeatureHistory) -> Iterator[str]:
    """T12: once a cancel was answered with "cancelled", nothing of the task starts."""
    answered_us = {each.id: each.answered_us for each in history.cancels if each.told is Status.CANCELLED}
    for start in history.base.starts:
        if start.task_id in answered_us and start.wall_us > answered_us[start.task_id]:
            yield f"cancel: {start.task_id.hex()} started {start.wall_us - answered_us[start.task_id]} us after it"


def each_tick_once(history: FeatureHistory) -> Iterator[str]:
    """T15: from the first tick to the last each has exactly one task, and it went well."""
    ticks = Counter(end.tick_us for end in history.ended if end.tick_us is not None)
    for tick_us in range(min(ticks), max(ticks) + 1, SECOND_US):
        if ticks[tick_us] != 1:
            yield f"tick: {tick_us} has {ticks[tick_us]} tasks"
    for end in history.ended:
        if end.tick_us is not None and end.status is not Status.SUCCESS:
            yield f"tick: {end.tick_us} ended as {end.status.name}"


def children_follow_their_parents(history: FeatureHistory) -> Iterator[str]:
    """T16: a child starts after each of its parents has gone well, or had its end; and each ends as it must."""
    ended = {each.id: each.status for each in history.ended}
    intervals = history.base.intervals()[::-1]
    went_well_us: dict[bytes, int] = {each.start.task_id: each.end_us for each in intervals if each.how == "ok"}
    starts: dict[bytes, Start] = {start.task_id: start for start in history.base.starts[::-1]}
    for kin in history.kin:
        if ended.get(kin.id) is not kin.ends_as:
            yield f"chain: {kin.id.hex()} ended {ended.get(kin.id)} and not {kin.ends_as.name}"
        start = starts.get(kin.id)
        for parent in kin.parents if start is not None else ():
            if ended.get(parent) is Status.SUCCESS and start and start.at_us < went_well_us.get(parent, 2**63):
                yield f"chain: {kin.id.hex()} started before its parent {parent.hex()} had gone well"
        if start is not None and kin.ends_as is Status.CANCELLED:
            yield f"chain: {kin.id.hex()} started although its parent failed"


def starts_keep_their_quota(history: FeatureHistory) -> Iterator[str]:
    """T14: of a lambda with a quota no more start than it lets; a killed store has forgotten one burst."""
    metered = {task_id for task_id, kind, _ in history.due if kind == "metered"}
    at_us = sorted(start.at_us for start in history.base.starts if start.task_id in metered)
    for first, last in zip(at_us, at_us[STARTS_MAX:], strict=False):
        if last - first <= QUOTA_WINDOW_S * SECOND_US:
            yield f"quota: {STARTS_MAX + 1} starts in {(last - first) / SECOND_US:g} s"


def each_letter_redriven_once(history: FeatureHistory) -> Iterator[str]:
    """T17: what was dead when the order was given has exactly one retry, and it went well; nothing else has one."""
    retries = Counter(end.retry_of for end in history.ended if end.retry_of is not None)
    for task_id in history.dead_before_redrive:
        if retries[task_id] != 1:
            yield f"redrive: {task_id.hex()} was made {retries[task_id]} times"
    dead = {end.id for end in history.ended if end.status is Status.DEAD}
    for end in history.ended:
        if end.retry_of is not None and (end.retry_of not in dead or end.status is not Status.SUCCESS):
            yield f"redrive: {end.id.hex()} of {end.retry_of.hex()} ended as {end.status.name}"


ALL: Final[dict[str, Check]] = {
    check.__name__: check
    for check in (
        base_holds,
        all_ended_as_they_may,
        gates_stop_starts,
        only_gates_drop,
        cancelled_is_not_started,
        each_tick_once,
        children_follow_their_parents,
        starts_keep_their_quota,
        each_letter_redriven_once,
    )
}


def violations(history: FeatureHistory) -> list[str]:
    """Of all checks."""
    return [sentence for check in ALL.values() for sentence in check(history)]
