"""From a report to a change: over all endings, counters and cancel requests."""

from __future__ import annotations

from itertools import product

import pytest
from msgspec import structs

from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import ENDINGS, LIVE, MATRIX, OWNED, TERMINAL, Event, IllegalMove, Status, after
from penstock.model.policy import CRASHES_MAX, LAPSES_MAX, LambdaPolicy
from penstock.model.task import Failure, Report, Trigger
from penstock.model.verdict import WITHOUT_A_LOOK, cancel, decide, lapse, settle, tries

ID = TaskId(b"0123456789abcdef")
POLICY = LambdaPolicy(attempts_max=4, backoff_base_s=10.0, backoff_factor=3.0, backoff_max_s=50.0)
FAILURE = Failure("ValueError", "no", "line 1")
OWN_DOING = {Event.FAILED_RETRIABLY, Event.TIMED_OUT, Event.RAISED}
CASES = list(
    product(
        sorted(OWNED),
        sorted(ENDINGS),
        range(POLICY.attempts_max),
        range(CRASHES_MAX),
        (0, LAPSES_MAX - 2, LAPSES_MAX - 1),
        (False, True),
    )
)


def row_of(status: Status = Status.PROCESSING, **fields: object) -> Trigger:
    return structs.replace(Trigger(ID, LaneId(6), status, 1_000, claim=7), **fields)


def report_of(ending: Event, **fields: object) -> Report:
    report = Report(ID, 7, ending, run_us=1_500, failure=FAILURE, executor="host/1")
    return structs.replace(report, **fields)


def expected_end(ending: Event, attempts: int, crashes: int, lapses: int, asked: bool) -> tuple[Status, str] | None:
    """Where and why the task ends; None: it lives on. Written from the design, not from the code."""
    plain = {
        Event.SUCCEEDED: (Status.SUCCESS, ""),
        Event.FAILED_FATALLY: (Status.FATAL_FAILURE, ""),
        Event.UNDECODABLE: (Status.DEAD, "undecodable"),
    }
    if ending in plain:
        return plain[ending]
    if asked or ending is Event.STOPPED_FOR_CANCEL:
        return Status.CANCELLED, "cancelled on request"
    if ending in OWN_DOING and attempts + 1 >= 4:
        return Status.DEAD, "budget"
    if ending is Event.CRASHED_ALONE and crashes + 1 >= 3:
        return Status.DEAD, "poison"
    if ending is Event.LEASE_LOST and lapses + 1 >= 50:
        return Status.DEAD, "lapses"
    return None


@pytest.mark.parametrize("ending", sorted(ENDINGS), ids=lambda event: event.name.lower())
def test_every_case_is_decided_as_the_design_says(ending: Event) -> None:
    for status, event, attempts, crashes, lapses, asked in CASES:
        if event is not ending:
            continue
        row = row_of(status, attempts=attempts, crashes=crashes, lapses=lapses, cancel_requested=asked)
        change = decide(row, report_of(ending), POLICY, 0.5)
        end = expected_end(ending, attempts, crashes, lapses, asked)
        if end is None:
            assert isinstance(change, Move)
            assert change.status is after(status, ending)
            assert change.event is ending
        else:
            assert isinstance(change, Finish)
            assert (change.status, change.reason) == end
        assert not isinstance(change, AskToCancel)
        assert change.claim == 7
        assert MATRIX[status][change.event] is change.status, "a store would refuse it"
        assert change.add_attempts == (ending in OWN_DOING | {Event.SUCCEEDED, Event.FAILED_FATALLY})
        assert change.add_crashes == (ending is Event.CRASHED_ALONE)
        assert change.add_lapses == (ending is Event.LEASE_LOST)


def live_through(policy: LambdaPolicy, endings: list[Event]) -> tuple[Trigger, Finish | None]:
    """The row after these endings, or its end, with the store's part played by hand."""
    row = row_of()
    for number, ending in enumerate(endings):
        change = decide(row, report_of(ending, claim=row.claim), policy, 0.5)
        assert not isinstance(change, AskToCancel)
        row = structs.replace(
            row,
            attempts=row.attempts + change.add_attempts,
            crashes=row.crashes + change.add_crashes,
            lapses=row.lapses + change.add_lapses,
        )
        if isinstance(change, Finish):
            assert number == len(endings) - 1, f"it ended at its {number + 1}. ending: {change.reason}"
            return row, change
        row = structs.replace(
            row, claim=row.claim + 1, suspect=row.suspect if change.suspect is None else change.suspect
        )
    return row, None


@pytest.mark.parametrize("attempts_max", [1, 2, 3, 20])
@pytest.mark.parametrize("ending", sorted(OWN_DOING), ids=lambda event: event.name.lower())
def test_the_budget_is_exact(attempts_max: int, ending: Event) -> None:
    policy = LambdaPolicy(attempts_max=attempts_max)
    row, end = live_through(policy, [ending] * (attempts_max - 1))
    assert (row.attempts, end) == (attempts_max - 1, None)
    row, end = live_through(policy, [ending] * attempts_max)
    assert end is not None
    assert (row.attempts, end.status, end.reason) == (attempts_max, Status.DEAD, "budget")


def test_a_success_in_the_last_attempt_is_a_success() -> None:
    row, end = live_through(POLICY, [Event.RAISED] * 3 + [Event.SUCCEEDED])
    assert end is not None
    assert (row.attempts, end.status) == (POLICY.attempts_max, Status.SUCCESS)


def test_what_is_not_its_own_doing_costs_no_attempt() -> None:
    innocent = [Event.RELEASE, Event.LEASE_LOST, Event.CRASHED_IN_COMPANY] * 10
    row, end = live_through(LambdaPolicy(attempts_max=1), innocent)
    assert (row.attempts, row.crashes, row.lapses, end) == (0, 0, 10, None)


def test_three_crashes_while_alone_are_poison() -> None:
    row, end = live_through(POLICY, [Event.CRASHED_ALONE] * 2)
    assert (row.crashes, end) == (2, None)
    row, end = live_through(POLICY, [Event.CRASHED_ALONE] * 3)
    assert end is not None
    assert (row.crashes, row.attempts, end.status, end.reason) == (3, 0, Status.DEAD, "poison")


def test_crashes_in_company_never_kill() -> None:
    row, end = live_through(POLICY, [Event.CRASHED_IN_COMPANY] * 1_000)
    assert (row.crashes, end) == (0, None)


def test_fifty_lost_leases_are_given_up() -> None:
    row, end = live_through(POLICY, [Event.LEASE_LOST] * 49)
    assert (row.lapses, end) == (49, None)
    row, end = live_through(POLICY, [Event.LEASE_LOST] * 50)
    assert end is not None
    assert (row.lapses, end.status, end.reason) == (50, Status.DEAD, "lapses")


@pytest.mark.parametrize(
    ("ending", "suspect"),
    [
        (Event.CRASHED_IN_COMPANY, True),
        (Event.CRASHED_ALONE, True),
        (Event.RAISED, False),
        (Event.TIMED_OUT, False),
        (Event.FAILED_RETRIABLY, False),
        (Event.RELEASE, None),
        (Event.LEASE_LOST, None),
    ],
    ids=lambda value: value.name.lower() if isinstance(value, Event) else str(value),
)
def test_suspicion_is_set_by_crashes_and_cleared_by_an_end_of_its_own_doing(
    ending: Event, suspect: bool | None
) -> None:
    change = decide(row_of(suspect=True), report_of(ending), POLICY, 0.5)
    assert isinstance(change, Move)
    assert change.suspect is suspect


@pytest.mark.parametrize("ending", sorted(ENDINGS), ids=lambda event: event.name.lower())
def test_only_failures_of_its_own_and_crashes_alone_back_off(ending: Event) -> None:
    change = decide(row_of(), report_of(ending), POLICY, 1.0)
    backs_off = ending in OWN_DOING | {Event.CRASHED_ALONE}
    assert (isinstance(change, Move) and change.delay_us > 0) == backs_off


def test_the_backoff_grows_with_its_own_counter() -> None:
    for attempts, seconds in ((0, 10), (1, 30), (2, 50)):
        change = decide(row_of(attempts=attempts, crashes=2), report_of(Event.RAISED), POLICY, 1.0)
        assert isinstance(change, Move)
        assert change.delay_us == seconds * 1_000_000
    for crashes, seconds in ((0, 10), (1, 30)):
        change = decide(row_of(attempts=3, crashes=crashes), report_of(Event.CRASHED_ALONE), POLICY, 1.0)
        assert isinstance(change, Move)
        assert change.delay_us == seconds * 1_000_000


@pytest.mark.parametrize("delay_s", [0.0, 0.25, 7200.0])
def test_a_lambda_may_name_its_own_delay(delay_s: float) -> None:
    change = decide(row_of(), report_of(Event.FAILED_RETRIABLY, retry_delay_s=delay_s), POLICY, 0.5)
    assert isinstance(change, Move)
    assert change.delay_us == round(delay_s * 1_000_000)


@pytest.mark.parametrize("ending", sorted(WITHOUT_A_LOOK), ids=lambda event: event.name.lower())
def test_what_needs_no_look_is_decided_alike_with_one(ending: Event) -> None:
    report = report_of(ending, result=b"7", result_left_out=True)
    for asked, attempts in product((False, True), range(30)):
        row = row_of(attempts=attempts, cancel_requested=asked, suspect=True)
        assert decide(row, report, POLICY, 0.5) == settle(report)
    assert settle(report).status is after(Status.PROCESSING, ending)


@pytest.mark.parametrize("ending", sorted(ENDINGS), ids=lambda event: event.name.lower())
def test_every_execution_leaves_a_line_unless_it_succeeded_or_was_handed_back(ending: Event) -> None:
    change = decide(row_of(), report_of(ending), POLICY, 0.5)
    assert not isinstance(change, AskToCancel)
    if ending in {Event.SUCCEEDED, Event.RELEASE}:
        assert change.history is None
        return
    line = change.history
    assert line is not None
    assert (line.id, line.claim, line.ending, line.run_us) == (ID, 7, ending, 1_500)
    assert (line.executor, line.failure) == ("host/1", FAILURE)


def test_an_outcome_says_what_the_report_said() -> None:
    report = report_of(Event.SUCCEEDED, result=b"7", result_left_out=True)
    end = settle(report)
    assert (end.id, end.result, end.result_left_out, end.run_us) == (ID, b"7", True, 1_500)
    assert (end.failure, end.executor) == (FAILURE, "host/1")


@pytest.mark.parametrize("status", sorted(LIVE), ids=lambda status: status.name.lower())
def test_a_cancel_ends_what_waits_and_asks_what_is_owned(status: Status) -> None:
    change: Change = cancel(row_of(status))
    if status in OWNED:
        assert change == AskToCancel(ID)
        return
    assert isinstance(change, Finish)
    assert (change.status, change.event, change.claim) == (Status.CANCELLED, Event.CANCEL_REQUEST, None)
    assert change.add_attempts == change.add_crashes == change.add_lapses == 0


@pytest.mark.parametrize("status", sorted(TERMINAL), ids=lambda status: status.name.lower())
def test_what_has_ended_cannot_be_cancelled(status: Status) -> None:
    with pytest.raises(IllegalMove):
        cancel(row_of(status))


def test_a_lapse_is_a_lost_lease_that_holds_only_for_the_row_as_it_was_read() -> None:
    row = row_of(lapses=3)
    change = lapse(row, POLICY, 0.5)
    assert isinstance(change, Move)
    assert (change.event, change.status, change.claim) == (Event.LEASE_LOST, Status.NEW, 7)
    assert change.seen_trigger_at_us == row.trigger_at_us
    last = lapse(row_of(lapses=LAPSES_MAX - 1), POLICY, 0.5)
    assert isinstance(last, Finish)
    assert (last.status, last.seen_trigger_at_us) == (Status.DEAD, row.trigger_at_us)
    asked = lapse(row_of(cancel_requested=True), POLICY, 0.5)
    assert isinstance(asked, Finish)
    assert (asked.status, asked.seen_trigger_at_us) == (Status.CANCELLED, row.trigger_at_us)


def test_the_history_of_a_lost_lease_says_who_ran_it_for_how_long_if_anybody_told() -> None:
    row = row_of(trigger_at_us=30_000_000, executor="host/one", started_at_us=2_000_000)
    told = lapse(row, POLICY, 0.5)
    silent = lapse(row_of(trigger_at_us=30_000_000), POLICY, 0.5)
    assert isinstance(told, Move)
    assert isinstance(silent, Move)
    assert told.history is not None
    assert silent.history is not None
    assert (told.history.executor, told.history.run_us) == ("host/one", 28_000_000)
    assert (silent.history.executor, silent.history.run_us) == ("", 0)
    assert "not heard of" in silent.history.failure.message


@pytest.mark.parametrize(
    ("endings", "expected"),
    [
        ([], 0),
        ([Event.RAISED, Event.FAILED_RETRIABLY], 2),
        ([Event.CRASHED_ALONE, Event.CRASHED_ALONE], 2),
        ([Event.RAISED, Event.CRASHED_ALONE], 2),
        ([Event.CRASHED_IN_COMPANY], 1),
        ([Event.CRASHED_IN_COMPANY, Event.RAISED], 1),
        ([Event.RELEASE, Event.LEASE_LOST], 0),
    ],
)
def test_a_task_has_been_tried_as_often_as_its_code_ended_or_crashed(endings: list[Event], expected: int) -> None:
    row, _ = live_through(LambdaPolicy(attempts_max=9), endings)
    assert tries(row.attempts, row.crashes, row.suspect) == expected
