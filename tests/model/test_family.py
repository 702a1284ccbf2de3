"""Where a child begins and what a failed parent means, over every end and policy."""

from itertools import product

import pytest

from penstock.model.errors import NotPossible
from penstock.model.family import NO_CHILDREN, ChildrenMoved, Condemned, Family, Place, place, refuse_condemned
from penstock.model.identity import make_ids, text_of
from penstock.model.lane import LaneId
from penstock.model.lifecycle import (
    HELD_FOR,
    HELD_FOR_FAILED_PARENT,
    HELD_FOR_PARENTS,
    LIVE,
    OF_TASKS,
    TERMINAL,
    Event,
    ParentFailure,
    Status,
    condemns,
)
from penstock.model.verdict import cancel_child

FIRST, SECOND, CHILD = make_ids(1, b"family", 3)


def test_only_success_is_good_enough_unless_the_child_goes_on() -> None:
    for ended, policy in product(TERMINAL, ParentFailure):
        assert condemns(ended, policy) is (policy is ParentFailure.CANCEL and ended is not Status.SUCCESS)


def test_a_child_begins_by_all_of_its_parents() -> None:
    """Every pair of what two parents may be; None: nothing is known of it."""
    for one, two, policy in product((*OF_TASKS, None), (*OF_TASKS, None), ParentFailure):
        stands = {FIRST: one, SECOND: two}
        live = {each for each, status in stands.items() if status in LIVE}
        ended = {each: status for each, status in stands.items() if status in TERMINAL and status is not None}
        begins = place(Family((FIRST, SECOND), policy), live, ended)
        has_failed = any(status is None or (status in TERMINAL - {Status.SUCCESS}) for status in stands.values())
        if has_failed and policy is ParentFailure.CANCEL:
            assert begins == Place(HELD_FOR_FAILED_PARENT, len(live))
        else:
            assert begins == Place(HELD_FOR_PARENTS if live else "", len(live))
        assert begins.held_for in {"", *HELD_FOR}


def test_a_retry_that_would_be_condemned_is_refused_naming_the_parent() -> None:
    begins = place(Family((FIRST,)), set(), {FIRST: Status.DEAD})
    with pytest.raises(NotPossible, match=f"parent {text_of(FIRST)} ended as dead; retry that one first"):
        refuse_condemned(CHILD, begins, {FIRST: Status.DEAD})
    with pytest.raises(NotPossible, match="a parent of it failed"):
        refuse_condemned(CHILD, begins, {})
    refuse_condemned(CHILD, place(Family((FIRST,)), {FIRST}, {}), {})


def test_the_reason_of_a_cancelled_child_names_its_parent() -> None:
    change = cancel_child(Condemned(CHILD, FIRST, Status.DROPPED))
    assert (change.event, change.status, change.claim) == (Event.CANCEL_REQUEST, Status.CANCELLED, None)
    assert change.reason == f"parent {text_of(FIRST)} ended as dropped"
    assert cancel_child(Condemned(CHILD, None, None)).reason == "a parent failed"


def test_what_two_ends_did_is_told_together() -> None:
    one, two = ChildrenMoved(frozenset({LaneId(1)})), ChildrenMoved(frozenset({LaneId(2)}), condemned=True)
    assert one | two == ChildrenMoved(frozenset({LaneId(1), LaneId(2)}), condemned=True)
    assert not NO_CHILDREN
    assert one
    assert ChildrenMoved(condemned=True)
