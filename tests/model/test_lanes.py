"""Lanes: one number for a lambda and a priority."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from penstock.model.lane import LambdaId, LaneId, Priority, lambda_of, lane_of, lanes_of, priority_of


@given(number=st.integers(1, 2**29 - 1), priority=st.sampled_from(Priority))
def test_a_lane_tells_its_lambda_and_its_priority(number: int, priority: Priority) -> None:
    lane = lane_of(LambdaId(number), priority)
    assert (lambda_of(lane), priority_of(lane)) == (number, priority)
    assert lane < 2**31, "it is stored in four bytes"


def test_the_numbers_are_stored_and_never_change() -> None:
    assert {priority.name: priority.value for priority in Priority} == {"HIGH": 1, "NORMAL": 2, "LOW": 3}
    assert lanes_of(LambdaId(7)) == (LaneId(29), LaneId(30), LaneId(31))


def test_no_two_lambdas_share_a_lane() -> None:
    lanes = [lane for number in range(1, 500) for lane in lanes_of(LambdaId(number))]
    assert len(set(lanes)) == len(lanes)
    assert lanes == sorted(lanes), "a lambda's lanes stand together, the high one first"
