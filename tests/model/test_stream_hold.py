"""Who a stream waits for, and what may go: pure rules."""

from __future__ import annotations

import pytest

from penstock.model.errors import InvalidInput
from penstock.model.event import StreamId
from penstock.model.lane import LambdaId
from penstock.model.stream_hold import (
    LATE_US,
    HeldStream,
    HoldChange,
    StreamHold,
    check_hold,
    compared_until_us,
    gone_until_us,
    holders_of,
)
from penstock.model.subscription import Subscription, SubscriptionSpec

HOUR_US = 3_600_000_000


def held(
    seen: dict[int, int], changed_us: int = 0, compared_us: int = 0, after: dict[int, int] | None = None
) -> HeldStream:
    subscriptions = tuple(
        Subscription(
            LambdaId(number),
            1,
            f"a.f{number}",
            StreamId(1),
            SubscriptionSpec("files"),
            (LambdaId((after or {})[number]),) if number in (after or {}) else (),
        )
        for number in sorted(seen)
    )
    at = {LambdaId(number): us for number, us in seen.items()}
    return HeldStream(StreamId(1), "files", 0.0, StreamHold(1.0), 0, subscriptions, at, changed_us, compared_us)


def numbers(stream: HeldStream, unseen_before_us: int) -> list[int]:
    return [each.lambda_id for each in holders_of(stream, unseen_before_us)]


def test_those_that_were_seen_hold_and_all_that_they_go_after() -> None:
    assert numbers(held({1: 5, 2: 10, 3: 9}), 10) == [2]
    assert numbers(held({1: 0, 2: 0, 3: 10}, after={3: 2, 2: 1}), 10) == [1, 2, 3]
    assert numbers(held({1: 10, 2: 0}, after={2: 1}), 10) == [1]
    assert numbers(held({1: 0}, after={1: 1}), 10) == []


def test_a_pass_proves_what_was_there_before_it_and_after_all_changes() -> None:
    assert compared_until_us(held({}, compared_us=0)) == 0
    assert compared_until_us(held({}, compared_us=HOUR_US)) == HOUR_US - LATE_US
    assert compared_until_us(held({}, HOUR_US - LATE_US, HOUR_US)) == 0
    assert compared_until_us(held({}, HOUR_US - LATE_US - 1, HOUR_US)) == HOUR_US - LATE_US


@pytest.mark.parametrize(
    ("kept", "longest", "compared", "needed", "until"),
    [
        (100, 10, 200, [150], 100),
        (100, 10, 200, [50], 50),
        (100, 10, 40, [50], 40),
        (100, 10, 200, [5], 10),
        (100, 10, 0, [200], 10),
        (100, 150, 200, [5], 100),
    ],
)
def test_nothing_goes_that_is_kept_or_needed_unless_it_is_too_old(
    kept: int, longest: int, compared: int, needed: list[int], until: int
) -> None:
    assert gone_until_us(kept, longest, compared, needed) == until


def test_what_is_not_said_and_zero_are_allowed() -> None:
    for change in (HoldChange(), HoldChange(0.0, 0.0, 0.0), HoldChange(3_600.0, 3_600.0, 86_400.0)):
        assert check_hold(change, 0.0) == change
    with pytest.raises(InvalidInput, match="hold_s: 7200 s are not longer than the 7200 s"):
        check_hold(HoldChange(7_200.0), 7_200.0)
