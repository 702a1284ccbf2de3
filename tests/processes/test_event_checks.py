"""The checks of the run with events, on histories made by hand: a good one passes, each bad one is caught."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from penstock.model.identity import TaskId
from tests.processes.fault_run.events.checks import ALL, violations
from tests.processes.fault_run.events.given import Done, Given
from tests.processes.fault_run.events.history import EventHistory, Row, Sample, Subscribed, Truth
from tests.processes.fault_run.history import History
from tests.processes.fault_run.records import End, Start

AUDIT, REPORT, PAPER = (TaskId(bytes([number]) * 16) for number in (1, 2, 3))
POISON = 11
PID = 7


def given(of: str, delivery: TaskId, at_us: int, *events: tuple[int, int], claim: int = 1) -> Given:
    return Given(of, "a", delivery, claim, PID, at_us, events)


def run(delivery: TaskId, at_us: int, claim: int = 1) -> Start:
    return Start(delivery[0], delivery, claim, 1, PID, at_us, at_us, False)


GOOD = EventHistory(
    base=History(starts=[run(AUDIT, 10), run(REPORT, 30)], ends=[End(AUDIT, 1, PID, 20, "ok")], deaths={PID: 900}),
    subscribed={"audit": Subscribed("changes", "wanted"), "report": Subscribed("changes", after="audit")},
    acknowledged=[("changes", "a", 5, 1), ("changes", "a", 6, 2)],
    truth={("changes", "a"): [Truth(5, 1, "wanted"), Truth(6, 2, "other"), Truth(7, POISON, "wanted")]},
    given=[
        given("audit", AUDIT, 10, (5, 1), (7, POISON)),
        given("report", REPORT, 30, (5, 1), (6, 2)),
        Given("file_away", "paper", PAPER, 1, PID, 40, ((9, 3),)),
    ],
    done=[Done(AUDIT, 1, PID, 20, 7), Done(REPORT, 1, PID, 40, 7)],
    letters=frozenset({(AUDIT, 7)}),
    samples=[Sample(AUDIT, 0, 5), Sample(AUDIT, 7, 25), Sample(REPORT, 7, 45)],
    rows={
        AUDIT: Row("audit", "changes", "a", 7, False),
        REPORT: Row("report", "changes", "a", 7, False),
    },
    sizes={"paper": 3},
)
Change = Callable[[EventHistory], EventHistory]


def never_done(history: EventHistory) -> EventHistory:
    return replace(history, done=history.done[:1])


def done_again_in_the_wrong_order(history: EventHistory) -> EventHistory:
    """First with the second event, then with the first."""
    others = [given("report", REPORT, 30, (6, 2)), given("report", REPORT, 50, (5, 1), claim=2)]
    done = [*history.done, Done(REPORT, 2, PID, 60, 6)]
    return replace(history, given=[history.given[0], *others, history.given[2]], done=done)


def cursor_back(history: EventHistory) -> EventHistory:
    return replace(history, samples=[*history.samples, Sample(REPORT, 6, 50)])


def cursor_before_its_time(history: EventHistory) -> EventHistory:
    return replace(history, samples=[*history.samples[:2], Sample(REPORT, 7, 35)])


def acknowledged_and_gone(history: EventHistory) -> EventHistory:
    return replace(history, acknowledged=[*history.acknowledged, ("changes", "a", 8, 4)])


def acknowledged_twice(history: EventHistory) -> EventHistory:
    return replace(history, acknowledged=[*history.acknowledged, ("changes", "a", 6, 1)])


def given_what_never_was(history: EventHistory) -> EventHistory:
    return replace(history, given=[*history.given, given("audit", AUDIT, 70, (5, 2), claim=2)])


def given_too_early(history: EventHistory) -> EventHistory:
    return replace(history, given=[history.given[0], replace(history.given[1], at_us=15), history.given[2]])


def given_what_was_given_up(history: EventHistory) -> EventHistory:
    return replace(history, given=[*history.given, given("report", REPORT, 80, (7, POISON), claim=2)])


def an_innocent_one_died(history: EventHistory) -> EventHistory:
    return replace(history, letters=history.letters | {(AUDIT, 5)})


def somebody_elses_poison(history: EventHistory) -> EventHistory:
    return replace(history, letters=history.letters | {(REPORT, 7)})


def an_old_size(history: EventHistory) -> EventHistory:
    return replace(history, sizes={"paper": 4})


def one_still_waits(history: EventHistory) -> EventHistory:
    return replace(history, rows={**history.rows, REPORT: replace(history.rows[REPORT], waits=True)})


def two_at_once(history: EventHistory) -> EventHistory:
    starts = [*history.base.starts, run(AUDIT, 15, claim=2)]
    return replace(history, base=replace(history.base, starts=starts))


BAD: list[tuple[Change, str]] = [
    (two_at_once, "base_holds"),
    (never_done, "every_event_is_done"),
    (done_again_in_the_wrong_order, "first_times_are_in_order"),
    (cursor_back, "cursors_pass_only_what_is_done"),
    (cursor_before_its_time, "cursors_pass_only_what_is_done"),
    (acknowledged_and_gone, "what_is_acknowledged_stands"),
    (acknowledged_twice, "what_is_acknowledged_stands"),
    (given_what_never_was, "what_is_acknowledged_stands"),
    (given_too_early, "nobody_is_before_those_that_go_first"),
    (given_what_was_given_up, "nobody_is_before_those_that_go_first"),
    (an_innocent_one_died, "only_the_guilty_die"),
    (somebody_elses_poison, "only_the_guilty_die"),
    (an_old_size, "files_are_known_as_they_are"),
    (one_still_waits, "nothing_waits"),
]


def test_a_good_history_has_no_violation() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(("spoil", "check"), BAD, ids=lambda each: getattr(each, "__name__", None))
def test_a_bad_one_is_caught(spoil: Change, check: str) -> None:
    assert list(ALL[check](spoil(GOOD)))


def test_every_check_has_a_history_that_fails_it() -> None:
    assert {check for _, check in BAD} == set(ALL)
