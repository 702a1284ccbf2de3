"""A policy's limits, and the bounds of its backoff."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from penstock.model.errors import InvalidInput
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy

LIMITS = {
    "attempts_max": (1, 10_000),
    "timeout_s": (0.001, 604_800.0),
    "backoff_base_s": (0.0, 604_800.0),
    "backoff_factor": (1.0, 100.0),
    "backoff_max_s": (0.0, 604_800.0),
}


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert DEFAULT_POLICY.check() == LambdaPolicy(20, 600.0, 1.0, 2.0, 3600.0)


@pytest.mark.parametrize("field", sorted(LIMITS))
def test_each_field_may_be_at_its_limits_and_not_beyond(field: str) -> None:
    low, high = LIMITS[field]
    for fine in (low, high):
        structs.replace(DEFAULT_POLICY, **{field: fine}).check()
    for wrong in (low - 0.001, high + 1, -1, math.nan, math.inf, -math.inf):
        with pytest.raises(InvalidInput, match=f"^{field}: "):
            structs.replace(DEFAULT_POLICY, **{field: wrong}).check()


def test_the_backoff_doubles_up_to_its_limit() -> None:
    waits = [DEFAULT_POLICY.backoff_s(failures, 1.0) for failures in range(1, 16)]
    assert waits == [min(2.0**exponent, 3600.0) for exponent in range(15)]


def test_jitter_takes_away_up_to_half() -> None:
    assert [DEFAULT_POLICY.backoff_s(4, chance) for chance in (0.0, 0.5, 1.0)] == [4.0, 6.0, 8.0]


POLICIES = st.builds(
    LambdaPolicy,
    backoff_base_s=st.floats(0, 604_800),
    backoff_factor=st.floats(1, 100),
    backoff_max_s=st.floats(0, 604_800),
)


@given(policy=POLICIES, failures=st.integers(-5, 100_000), chance=st.floats(0, 1))
def test_no_wait_is_negative_endless_or_over_the_limit(policy: LambdaPolicy, failures: int, chance: float) -> None:
    wait_s = policy.check().backoff_s(failures, chance)
    assert 0 <= wait_s <= policy.backoff_max_s


@given(policy=POLICIES, failures=st.integers(1, 1_000), chance=st.floats(0, 1))
def test_waits_never_shrink_as_failures_grow(policy: LambdaPolicy, failures: int, chance: float) -> None:
    assert policy.backoff_s(failures, chance) <= policy.backoff_s(failures + 1, chance)
