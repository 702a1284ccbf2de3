"""Every (status, event) pair against a table that was written apart from the code's."""

from __future__ import annotations

import json

import pytest

from penstock.model.lane import Priority
from penstock.model.lifecycle import (
    ENDINGS,
    LIVE,
    MATRIX,
    OF_TASKS,
    OWNED,
    REPORTABLE,
    TERMINAL,
    WAITING,
    Ending,
    Event,
    IllegalMove,
    Status,
    after,
    sources,
    waits_for_time,
)

# Columns: new, held, enqueued, claimed, processing, retriable_failure; "." is illegal.
# Letters: N new, H held, E enqueued, C claimed, P processing, R retriable_failure,
# s success, f fatal_failure, d dead, c cancelled, x dropped. Terminal statuses allow nothing.
TABLE = """
DUE                 E H E . . E
HOLD                H H H . . H
FREE                . N . . . .
CLAIM               . . C . . .
START               . . . P P .
HEARTBEAT           . . . C P .
RELEASE             . . . N N .
CANCEL_REQUEST      c c c C P c
DROP                x x x . . x
SUCCEEDED           . . . s s .
FAILED_FATALLY      . . . f f .
FAILED_RETRIABLY    . . . R R .
TIMED_OUT           . . . R R .
RAISED              . . . R R .
UNDECODABLE         . . . d d .
CRASHED_ALONE       . . . R R .
CRASHED_IN_COMPANY  . . . N N .
LEASE_LOST          . . . N N .
STOPPED_FOR_CANCEL  . . . c c .
EXHAUSTED           . . . d d .
"""
COLUMNS = ("NEW", "HELD", "ENQUEUED", "CLAIMED", "PROCESSING", "RETRIABLE_FAILURE")
LETTERS = {
    "N": "NEW",
    "H": "HELD",
    "E": "ENQUEUED",
    "C": "CLAIMED",
    "P": "PROCESSING",
    "R": "RETRIABLE_FAILURE",
    "s": "SUCCESS",
    "f": "FATAL_FAILURE",
    "d": "DEAD",
    "c": "CANCELLED",
    "x": "DROPPED",
}
EXPECTED: dict[tuple[str, str], str] = {}
for _line in TABLE.strip().splitlines():
    _event, *_targets = _line.split()
    for _column, _letter in zip(COLUMNS, _targets, strict=True):
        if _letter != ".":
            EXPECTED[_column, _event] = LETTERS[_letter]

PAIRS = [(status, event) for status in Status for event in Event]


def test_the_table_names_every_event_that_tasks_have() -> None:
    of_deliveries = {"BEHIND", "CAUGHT_UP", "WENT_ON", "BLOCKED", "PARKED", "SKIPPED", "SKIPPED_LAST"}
    of_deliveries |= {"LENT", "GIVEN_BACK", "GIVEN_BACK_LAST"}
    assert {line.split()[0] for line in TABLE.strip().splitlines()} == {event.name for event in Event} - of_deliveries


@pytest.mark.parametrize(("status", "event"), PAIRS, ids=lambda value: value.name.lower())
def test_a_status_moves_by_an_event_as_the_table_says_or_not_at_all(status: Status, event: Event) -> None:
    target = EXPECTED.get((status.name, event.name))
    if target is None:
        with pytest.raises(IllegalMove, match=f"{event.name.lower()} is not possible from {status.name.lower()}"):
            after(status, event)
        assert status not in sources(event)
    else:
        assert after(status, event).name == target
        assert status in sources(event)


def test_the_matrix_holds_nothing_beyond_the_table() -> None:
    legal = {(status.name, event.name) for status, moves in MATRIX.items() for event in moves}
    assert legal == set(EXPECTED)


def test_the_numbers_are_stored_and_never_change() -> None:
    assert {status.name: status.value for status in Status} == {
        "NEW": 1,
        "HELD": 2,
        "ENQUEUED": 3,
        "CLAIMED": 4,
        "PROCESSING": 5,
        "RETRIABLE_FAILURE": 6,
        "SUCCESS": 7,
        "FATAL_FAILURE": 8,
        "DEAD": 9,
        "CANCELLED": 10,
        "DROPPED": 11,
        "IDLE": 12,
    }
    assert {event.name: event.value for event in Event} == {
        "DUE": 1,
        "HOLD": 2,
        "FREE": 3,
        "CLAIM": 4,
        "START": 5,
        "HEARTBEAT": 6,
        "RELEASE": 7,
        "CANCEL_REQUEST": 8,
        "DROP": 9,
        "SUCCEEDED": 10,
        "FAILED_FATALLY": 11,
        "FAILED_RETRIABLY": 12,
        "TIMED_OUT": 13,
        "RAISED": 14,
        "UNDECODABLE": 15,
        "CRASHED_ALONE": 16,
        "CRASHED_IN_COMPANY": 17,
        "LEASE_LOST": 18,
        "STOPPED_FOR_CANCEL": 19,
        "EXHAUSTED": 20,
        "BEHIND": 21,
        "CAUGHT_UP": 22,
        "WENT_ON": 23,
        "BLOCKED": 24,
        "PARKED": 25,
        "SKIPPED": 26,
        "SKIPPED_LAST": 27,
        "LENT": 28,
        "GIVEN_BACK": 29,
        "GIVEN_BACK_LAST": 30,
    }


def test_terminal_means_terminal() -> None:
    names = {"SUCCESS", "FATAL_FAILURE", "DEAD", "CANCELLED", "DROPPED"}
    assert {status.name for status in TERMINAL} == names
    assert all(MATRIX[status] == {} for status in TERMINAL)


def test_every_status_is_waiting_owned_or_terminal() -> None:
    assert {status.name for status in OWNED} == {"CLAIMED", "PROCESSING"}
    assert frozenset(Status) == LIVE | TERMINAL | {Status.IDLE}
    assert LIVE | TERMINAL == OF_TASKS
    assert not LIVE & TERMINAL
    assert WAITING | OWNED == LIVE
    assert not WAITING & OWNED


def test_every_live_status_can_be_left_and_leads_to_an_end() -> None:
    for start in LIVE:
        reached, edge = {start}, {start}
        while edge:
            edge = {target for status in edge for target in MATRIX[status].values()} - reached
            reached |= edge
        assert Status.SUCCESS in reached, start


def test_only_a_claim_makes_a_holder_and_only_from_the_lane() -> None:
    into_owned = {
        (status.name, event.name)
        for status, moves in MATRIX.items()
        for event, target in moves.items()
        if target in OWNED and status not in OWNED
    }
    assert into_owned == {("ENQUEUED", "CLAIM")}


@pytest.mark.parametrize("event", sorted(ENDINGS), ids=lambda event: event.name.lower())
def test_an_ending_leads_to_the_same_place_from_both_owned_statuses_and_from_no_other(event: Event) -> None:
    assert set(sources(event)) == set(OWNED)
    assert after(Status.CLAIMED, event) is after(Status.PROCESSING, event)
    assert after(Status.PROCESSING, event) not in OWNED


# costs an attempt, counts as crash, counts as lapse, backs off, makes a suspect
COSTS = {
    "SUCCEEDED": "A....",
    "FAILED_FATALLY": "A....",
    "FAILED_RETRIABLY": "A..B.",
    "TIMED_OUT": "A..B.",
    "RAISED": "A..B.",
    "UNDECODABLE": ".....",
    "CRASHED_ALONE": ".C.BS",
    "CRASHED_IN_COMPANY": "....S",
    "LEASE_LOST": "..L..",
    "STOPPED_FOR_CANCEL": ".....",
    "RELEASE": ".....",
}


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.name.lower())
def test_an_ending_costs_what_the_table_says(event: Event) -> None:
    letters = COSTS.get(event.name)
    if letters is None:
        assert event not in ENDINGS
        return
    assert ENDINGS[event] == Ending(*(letter != "." for letter in letters))


def test_what_a_holder_may_say_is_what_ends_an_execution() -> None:
    assert {event.name for event in REPORTABLE} == set(COSTS)


def test_the_store_consumer_enqueues_new_tasks_and_retries() -> None:
    assert {status.name for status in Status if waits_for_time(status)} == {"NEW", "RETRIABLE_FAILURE"}


def test_statuses_and_priorities_print_as_their_names_and_are_stored_as_numbers() -> None:
    assert f"{Status.SUCCESS} {Status.RETRIABLE_FAILURE!s} {Priority.HIGH:>6}" == "success retriable_failure   high"
    assert (int(Status.SUCCESS), json.dumps([Status.SUCCESS, Priority.HIGH])) == (7, "[7, 1]")
