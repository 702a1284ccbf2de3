"""The checks of the run with operators, on histories made by hand: a good one passes, each bad one is caught."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from tests.processes.fault_run.features.checks import SECOND_US, STARTS_MAX, violations
from tests.processes.fault_run.features.history import Cancelled, Ended, FeatureHistory, Kin, Window
from tests.processes.fault_run.history import History
from tests.processes.fault_run.records import End, Start

PAUSED, DROPPED, LONG, BROKEN, AGAIN, TICK, NEXT, ROOT, CHILD, REFUSED, SPARED = (
    TaskId(bytes([number]) * 16) for number in range(1, 12)
)
T_US = 1_700_000_000_000_000


def start(task_id: TaskId, after_us: int, claim: int = 1) -> Start:
    return Start(task_id[0], task_id, claim, 1, 10, after_us, T_US + after_us, False)


def end(task_id: TaskId, after_us: int, claim: int = 1) -> End:
    return End(task_id, claim, 10, after_us, "ok")


GOOD = FeatureHistory(
    base=History(
        starts=[start(PAUSED, 900_000), start(BROKEN, 10), start(AGAIN, 50), start(ROOT, 70), start(CHILD, 90)],
        ends=[end(PAUSED, 900_100), end(BROKEN, 20), end(AGAIN, 60), end(ROOT, 80), end(CHILD, 95)],
    ),
    due=[(PAUSED, "gated", "paused"), (DROPPED, "gated", "dropped"), (LONG, "long", ""), (BROKEN, "broken", "")],
    windows=[Window("paused", False, T_US, T_US + 2 * SECOND_US), Window("dropped", True, T_US, T_US + 2 * SECOND_US)],
    cancels=[Cancelled(LONG, Status.CANCELLED, T_US)],
    ended=[
        Ended(PAUSED, "gated", "paused", Status.SUCCESS, None, None),
        Ended(DROPPED, "gated", "dropped", Status.DROPPED, None, None),
        Ended(LONG, "long", "", Status.CANCELLED, None, None),
        Ended(BROKEN, "broken", "", Status.DEAD, None, None),
        Ended(AGAIN, "broken", "", Status.SUCCESS, BROKEN, None),
        Ended(TICK, "clock", "", Status.SUCCESS, None, T_US),
        Ended(NEXT, "clock", "", Status.SUCCESS, None, T_US + SECOND_US),
        Ended(ROOT, "link", "", Status.SUCCESS, None, None),
        Ended(CHILD, "link", "", Status.SUCCESS, None, None),
        Ended(REFUSED, "refusing", "", Status.FATAL_FAILURE, None, None),
        Ended(SPARED, "link", "", Status.CANCELLED, None, None),
    ],
    kin=[
        Kin(ROOT, (), Status.SUCCESS),
        Kin(CHILD, (ROOT,), Status.SUCCESS),
        Kin(REFUSED, (), Status.FATAL_FAILURE),
        Kin(SPARED, (REFUSED,), Status.CANCELLED),
    ],
    dead_before_redrive=frozenset([BROKEN]),
)


def still_live(history: FeatureHistory) -> FeatureHistory:
    return replace(history, base=replace(history.base, live=1))


def overlapping(history: FeatureHistory) -> FeatureHistory:
    return replace(
        history, base=replace(history.base, starts=[start(AGAIN, 50), start(AGAIN, 55, 2)], ends=[end(AGAIN, 60)])
    )


def without(task_id: TaskId) -> Callable[[FeatureHistory], FeatureHistory]:
    def change(history: FeatureHistory) -> FeatureHistory:
        return replace(history, ended=[each for each in history.ended if each.id != task_id])

    return change


def ending(task_id: TaskId, status: Status) -> Callable[[FeatureHistory], FeatureHistory]:
    def change(history: FeatureHistory) -> FeatureHistory:
        return replace(
            history,
            ended=[replace(each, status=status) if each.id == task_id else each for each in history.ended],
        )

    return change


def started(task_id: TaskId, after_us: int) -> Callable[[FeatureHistory], FeatureHistory]:
    def change(history: FeatureHistory) -> FeatureHistory:
        return replace(
            history,
            base=replace(
                history.base,
                starts=[start(task_id, after_us)],
                ends=[end(task_id, after_us + 10)],
            ),
        )

    return change


def too_many(history: FeatureHistory) -> FeatureHistory:
    ids = [TaskId(number.to_bytes(16, "big")) for number in range(STARTS_MAX + 1)]
    starts = [start(task_id, at) for at, task_id in enumerate(ids)]
    return replace(
        history, due=[(task_id, "metered", "") for task_id in ids], base=replace(history.base, starts=starts)
    )


def made_twice(task_id: TaskId, as_id: bytes) -> Callable[[FeatureHistory], FeatureHistory]:
    def change(history: FeatureHistory) -> FeatureHistory:
        copy = next(replace(each, id=as_id) for each in history.ended if each.id == task_id)
        return replace(history, ended=[*history.ended, copy])

    return change


BAD: list[tuple[str, Callable[[FeatureHistory], FeatureHistory], str]] = [
    ("a task that lives on", still_live, "conservation"),
    ("two executions at once", overlapping, "overlap"),
    ("a task that never ended", without(LONG), "end: long"),
    ("a paused task that was dropped", ending(PAUSED, Status.DROPPED), "gate: gated of 'paused'"),
    ("a long one that nobody cancelled", ending(LONG, Status.SUCCESS), "end: long"),
    ("a start behind a gate", started(PAUSED, SECOND_US + 500_000), "gate: "),
    ("a start after a cancel", started(LONG, 1), "cancel: "),
    ("a tick with two tasks", made_twice(TICK, b"9" * 16), "tick: "),
    ("a tick that failed", ending(NEXT, Status.DEAD), "tick: "),
    ("a child that ran too early", started(CHILD, 75), "chain: "),
    ("a child that ran for a failed parent", started(SPARED, 75), "chain: "),
    ("a child that was cancelled for nothing", ending(CHILD, Status.CANCELLED), "chain: "),
    ("more starts than a quota lets", too_many, "quota: "),
    ("a letter that nobody redrove", without(AGAIN), "redrive: "),
    ("a letter that was redriven twice", made_twice(AGAIN, b"8" * 16), "redrive: "),
    ("a redrive that failed", ending(AGAIN, Status.DEAD), "redrive: "),
]


def test_a_good_history_has_no_violation() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(("change", "told"), [each[1:] for each in BAD], ids=[each[0] for each in BAD])
def test_a_bad_one_is_caught(change: Callable[[FeatureHistory], FeatureHistory], told: str) -> None:
    assert any(told in sentence for sentence in violations(change(GOOD)))


def test_a_second_is_what_a_gate_has() -> None:
    assert violations(started(PAUSED, SECOND_US - 1)(GOOD)) == []


def test_ticks_in_between_are_missed() -> None:
    gap = replace(GOOD, ended=[*GOOD.ended, Ended(b"7" * 16, "clock", "", Status.SUCCESS, None, T_US + 3 * SECOND_US)])
    assert violations(gap) == [f"tick: {T_US + 2 * SECOND_US} has 0 tasks"]
