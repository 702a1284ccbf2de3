"""What deliveries do, against a table that was written apart from the code's."""

from __future__ import annotations

import pytest

from penstock.model.lifecycle import (
    DELIVERY_MATRIX,
    LIVE,
    MATRIX,
    OWNED,
    Event,
    IllegalMove,
    Status,
    after_delivery,
    delivery_sources,
    given_back,
    handed_over,
    skipped,
    waits_for_time,
)

# Columns: idle, new, held, enqueued, claimed, processing, retriable_failure; "." is illegal.
TABLE = """
BEHIND              N . . . . . .
DUE                 . E H E . . E
HOLD                . H H H . . H
FREE                . . N . . . .
DROP                . . I . . . .
CLAIM               . . . C . . .
START               . . . . P P .
HEARTBEAT           . . . . C P .
RELEASE             . . . . N N .
FAILED_FATALLY      . . . . R R .
FAILED_RETRIABLY    . . . . R R .
TIMED_OUT           . . . . R R .
RAISED              . . . . R R .
UNDECODABLE         . . . . R R .
CRASHED_ALONE       . . . . R R .
CRASHED_IN_COMPANY  . . . . N N .
LEASE_LOST          . . . . N N .
CAUGHT_UP           . . . . I I .
WENT_ON             . . . . N N .
BLOCKED             . . . . H H .
PARKED              . . . . I I .
SKIPPED             . N N N . . N
SKIPPED_LAST        . I I I . . I
LENT                H H . H . . .
GIVEN_BACK          . . N . . . .
GIVEN_BACK_LAST     . . I . . . .
"""
COLUMNS = ("IDLE", "NEW", "HELD", "ENQUEUED", "CLAIMED", "PROCESSING", "RETRIABLE_FAILURE")
LETTERS = {name[0]: name for name in COLUMNS}
EXPECTED = {
    (column, line.split()[0]): LETTERS[letter]
    for line in TABLE.strip().splitlines()
    for column, letter in zip(COLUMNS, line.split()[1:], strict=True)
    if letter != "."
}
SHARED = (Event.DUE, Event.HOLD, Event.FREE, Event.CLAIM, Event.START, Event.HEARTBEAT, Event.RELEASE)


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.name.lower())
def test_a_delivery_moves_by_an_event_as_the_table_says_or_not_at_all(event: Event) -> None:
    for status in Status:
        target = EXPECTED.get((status.name, event.name))
        if target is None:
            with pytest.raises(IllegalMove):
                after_delivery(status, event)
            assert status not in delivery_sources(event)
        else:
            assert after_delivery(status, event).name == target
            assert status in delivery_sources(event)


def test_a_delivery_never_ends() -> None:
    reached = {target for moves in DELIVERY_MATRIX.values() for target in moves.values()}
    assert reached == LIVE | {Status.IDLE}
    assert set(DELIVERY_MATRIX) == LIVE | {Status.IDLE}


def test_what_one_statement_moves_moves_tasks_and_deliveries_alike() -> None:
    for event in SHARED:
        for status in LIVE:
            assert DELIVERY_MATRIX[status].get(event) is MATRIX[status].get(event), (event, status)


def test_no_event_of_a_task_touches_an_idle_row() -> None:
    assert MATRIX[Status.IDLE] == {}
    assert not waits_for_time(Status.IDLE)


def test_ends_leave_owned_rows_only() -> None:
    for event in Event:
        if (
            event not in SHARED
            and event not in {Event.BEHIND, Event.DROP, Event.SKIPPED, Event.SKIPPED_LAST}
            and event not in {Event.LENT, Event.GIVEN_BACK, Event.GIVEN_BACK_LAST}
            and delivery_sources(event)
        ):
            assert set(delivery_sources(event)) == set(OWNED)


@pytest.mark.parametrize(
    ("cursor", "head", "event"), [(5, 5, Event.CAUGHT_UP), (6, 5, Event.CAUGHT_UP), (5, 6, Event.WENT_ON)]
)
def test_what_follows_depends_on_the_head(cursor: int, head: int, event: Event) -> None:
    assert handed_over(cursor, head) is event


@pytest.mark.parametrize(
    ("cursor", "head", "event"), [(5, 5, Event.SKIPPED_LAST), (6, 5, Event.SKIPPED_LAST), (5, 6, Event.SKIPPED)]
)
def test_a_skipped_event_leaves_more_or_nothing(cursor: int, head: int, event: Event) -> None:
    assert skipped(cursor, head) is event
    assert set(delivery_sources(event)) == {Status.NEW, Status.HELD, Status.ENQUEUED, Status.RETRIABLE_FAILURE}


@pytest.mark.parametrize(
    ("cursor", "head", "event"),
    [(5, 5, Event.GIVEN_BACK_LAST), (6, 5, Event.GIVEN_BACK_LAST), (5, 6, Event.GIVEN_BACK)],
)
def test_after_a_replay_there_is_more_or_nothing(cursor: int, head: int, event: Event) -> None:
    assert given_back(cursor, head) is event
