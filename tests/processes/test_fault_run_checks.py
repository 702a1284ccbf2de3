"""The checks of the fault run on histories made by hand: a good one passes, every kind of bad one is caught."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from penstock.model.identity import TaskId
from penstock.model.lifecycle import Event, Status
from tests.processes.fault_run.checks import ALL, RESTARTED_WITHIN_US, violations
from tests.processes.fault_run.forger import stale_claims
from tests.processes.fault_run.history import Accepted, Asked, History, Outcome, Stored, Tried
from tests.processes.fault_run.logs import shape
from tests.processes.fault_run.records import End, Start

A, B, C = (TaskId(bytes([number]) * 16) for number in (1, 2, 3))
QUICK, FLAKY, CRASHING = 0, 1, 2
WALL_US = 1_700_000_000_000_000


def start(task_id: TaskId, number: int, claim: int, pid: int, at_us: int, held: bool = False) -> Start:
    return Start(number, task_id, claim, 1, pid, at_us, WALL_US + at_us, held)


def crash(claim: int, at_us: int) -> Tried:
    return Tried(C, claim, Event.CRASHED_ALONE, WALL_US + at_us)


GOOD = History(
    asked=[Asked(QUICK, "quick", (A, A), "key"), Asked(FLAKY, "flaky", (B,)), Asked(CRASHING, "crashing", (C,))],
    stored=[
        Stored(A, "quick", QUICK, WALL_US),
        Stored(B, "flaky", FLAKY, WALL_US),
        Stored(C, "crashing", CRASHING, WALL_US),
    ],
    outcomes=[
        Outcome(A, Status.SUCCESS, 2, 1, 0, 1, "", b"0"),
        Outcome(B, Status.SUCCESS, 2, 2, 0, 0, "", b"1"),
        Outcome(C, Status.DEAD, 3, 0, 3, 0, "poison", b""),
    ],
    tried=[
        Tried(A, 1, Event.LEASE_LOST, WALL_US + 500),
        Tried(B, 1, Event.FAILED_RETRIABLY, WALL_US + 300),
        crash(1, 1_000_000),
        crash(2, 2_000_000),
        crash(3, 3_000_000),
    ],
    starts=[
        start(A, QUICK, 1, 10, 100),
        start(A, QUICK, 2, 11, 600),
        start(B, FLAKY, 1, 11, 200),
        start(B, FLAKY, 2, 11, 900_000),
        *(start(C, CRASHING, claim, 11 + claim, claim * 1_000_000 - 100) for claim in (1, 2, 3)),
    ],
    ends=[
        End(A, 2, 11, 700, "ok"),
        End(B, 1, 11, 250, "failed"),
        End(B, 2, 11, 900_100, "ok"),
    ],
    deaths={10: 400, 12: 999_990, 13: 1_999_990, 14: 2_999_990},
    seen=[(A, Status.PROCESSING), (A, Status.SUCCESS), (A, Status.SUCCESS)],
    accepted=[Accepted(B, 1, Event.FAILED_RETRIABLY)],
    listed={A: Status.SUCCESS, B: Status.SUCCESS, C: Status.DEAD},
)


def without_outcome(history: History) -> History:
    return replace(history, outcomes=history.outcomes[1:])


def never_stored(history: History) -> History:
    return replace(history, stored=history.stored[1:], outcomes=history.outcomes[1:], listed={B: Status.SUCCESS})


def nobody_asked(history: History) -> History:
    return replace(history, asked=history.asked[:2])


def stored_twice(history: History) -> History:
    asked = replace(history.asked[1], unknown=True)
    copy = replace(history.stored[1], id=TaskId(b"4" * 16))
    return replace(history, asked=[history.asked[0], asked, history.asked[2]], stored=[*history.stored, copy])


def refused_and_stored(history: History) -> History:
    """A call that was told another id, or none."""
    return replace(history, asked=[replace(history.asked[0], ids=()), *history.asked[1:]])


def two_ids_for_a_key(history: History) -> History:
    return replace(history, asked=[replace(history.asked[0], ids=(A, B)), *history.asked[1:]])


def claims_fall(history: History) -> History:
    return replace(history, starts=[*history.starts, start(A, QUICK, 1, 11, 2_000)])


def claim_twice(history: History) -> History:
    return replace(history, starts=[*history.starts, start(A, QUICK, 2, 15, 2_000)])


def began_before_the_death(history: History) -> History:
    return replace(history, deaths={**history.deaths, 10: 650})


def nobody_saw_it_die(history: History) -> History:
    return replace(history, deaths={pid: at for pid, at in history.deaths.items() if pid != 10})


def began_before_the_end(history: History) -> History:
    return replace(history, ends=[*history.ends, End(A, 1, 10, 601, "stopped")])


def long_one_before_short_one(history: History) -> History:
    """Claim 2 lies within claim 1, and claim 3 too, though after the end of 2."""
    third = start(A, QUICK, 3, 12, 1_500)
    ends = [*history.ends, End(A, 1, 10, 2_000, "ok"), End(A, 3, 12, 1_600, "ok")]
    outcome = replace(history.outcomes[0], claim=3)
    return replace(history, starts=[*history.starts, third], ends=ends, outcomes=[outcome, *history.outcomes[1:]])


def found_a_lock(history: History) -> History:
    return replace(history, starts=[replace(history.starts[1], held=True), *history.starts[:1], *history.starts[2:]])


def forged_success(history: History) -> History:
    return replace(history, outcomes=[replace(history.outcomes[0], result=b'"forged"'), *history.outcomes[1:]])


def stale_report_accepted(history: History) -> History:
    return replace(history, accepted=[Accepted(B, 1, Event.SUCCEEDED)])


def stale_heartbeat_accepted(history: History) -> History:
    return replace(history, accepted=[Accepted(A, 1, Event.HEARTBEAT)])


def two_outcomes(history: History) -> History:
    return replace(history, outcomes=[*history.outcomes, history.outcomes[0]])


def ended_and_lived_again(history: History) -> History:
    return replace(history, seen=[*history.seen, (A, Status.ENQUEUED)])


def success_of_nobody(history: History) -> History:
    return replace(history, ends=history.ends[1:])


def success_of_another_claim(history: History) -> History:
    return replace(history, outcomes=[replace(history.outcomes[0], claim=1), *history.outcomes[1:]])


def anothers_result(history: History) -> History:
    return replace(history, outcomes=[replace(history.outcomes[0], result=b"1"), *history.outcomes[1:]])


def before_its_time(history: History) -> History:
    return replace(history, stored=[replace(history.stored[0], scheduled_at_us=WALL_US + 101), *history.stored[1:]])


def within_its_backoff(history: History) -> History:
    starts = [replace(each, wall_us=WALL_US + 300 + 60_000) if each.task_id == B else each for each in history.starts]
    return replace(history, starts=starts)


def over_the_budget(history: History) -> History:
    failures = [Tried(B, claim, Event.RAISED, WALL_US) for claim in range(1, 8)]
    return replace(history, tried=[*history.tried, *failures])


def four_crashes(history: History) -> History:
    return replace(history, outcomes=[*history.outcomes[:2], replace(history.outcomes[2], crashes=4)])


def restarted_a_minute_too_late(history: History) -> History:
    second = replace(history.starts[1], at_us=400 + RESTARTED_WITHIN_US + 1)
    return replace(history, starts=[history.starts[0], second, *history.starts[2:]])


def innocent_poisoned(history: History) -> History:
    dead = replace(history.outcomes[0], status=Status.DEAD, reason="poison")
    return replace(history, outcomes=[dead, *history.outcomes[1:]], listed={**history.listed, A: Status.DEAD})


def crashing_one_gave_up_too_early(history: History) -> History:
    dead = replace(history.outcomes[2], reason="lapses")
    return replace(history, outcomes=[*history.outcomes[:2], dead])


def one_still_lives(history: History) -> History:
    return replace(history, live=1)


def api_and_store_differ(history: History) -> History:
    return replace(history, listed={**history.listed, A: Status.ENQUEUED})


def not_listed(history: History) -> History:
    return replace(history, listed={B: Status.SUCCESS, C: Status.DEAD})


BAD: list[tuple[Callable[[History], History], str]] = [
    (without_outcome, "no_loss"),
    (never_stored, "no_loss"),
    (nobody_asked, "no_phantom"),
    (stored_twice, "no_phantom"),
    (refused_and_stored, "no_phantom"),
    (two_ids_for_a_key, "one_task_per_call"),
    (claims_fall, "claims_rise"),
    (claim_twice, "claims_rise"),
    (began_before_the_death, "no_overlap"),
    (nobody_saw_it_die, "no_overlap"),
    (began_before_the_end, "no_overlap"),
    (long_one_before_short_one, "no_overlap"),
    (found_a_lock, "no_overlap"),
    (forged_success, "stale_reports_refused"),
    (stale_report_accepted, "stale_reports_refused"),
    (stale_heartbeat_accepted, "stale_reports_refused"),
    (two_outcomes, "one_verdict"),
    (ended_and_lived_again, "one_verdict"),
    (success_of_nobody, "success_is_real"),
    (success_of_another_claim, "success_is_real"),
    (anothers_result, "success_is_real"),
    (before_its_time, "not_early"),
    (within_its_backoff, "not_early"),
    (over_the_budget, "bounded_tries"),
    (four_crashes, "bounded_tries"),
    (restarted_a_minute_too_late, "restarted_in_time"),
    (innocent_poisoned, "ended_as_expected"),
    (crashing_one_gave_up_too_early, "ended_as_expected"),
    (one_still_lives, "conservation"),
    (api_and_store_differ, "conservation"),
    (not_listed, "conservation"),
]


def test_a_good_history_has_no_violations() -> None:
    assert violations(GOOD) == []


@pytest.mark.parametrize(("spoil", "check"), BAD, ids=lambda each: getattr(each, "__name__", None))
def test_a_bad_history_is_caught(spoil: Callable[[History], History], check: str) -> None:
    assert list(ALL[check](spoil(GOOD)))


def test_every_check_has_a_history_that_fails_it() -> None:
    assert {check for _, check in BAD} == set(ALL)


def test_three_at_once_are_seen_past_the_short_one_in_the_middle() -> None:
    assert len(list(ALL["no_overlap"](long_one_before_short_one(GOOD)))) == 2


def test_stale_is_what_was_started_again_since() -> None:
    assert {(each.task_id, each.claim) for each in stale_claims(list(GOOD.starts))} == {(A, 1), (B, 1), (C, 2)}


def test_lines_of_one_shape_are_counted_together() -> None:
    one = "2026-01-02 03:04:05,678 WARNING penstock: host/12/shared-3: 17 reports wait"
    other = "2026-01-02 03:04:06,000 WARNING penstock: host/13/shared-4: 2 reports wait"
    assert shape(one) == shape(other)
    assert shape(one) != shape("2026-01-02 03:04:06,000 WARNING penstock: host/13/shared-4: 2 reports lost")
