"""Claims that wait in an executor for a slot: whose turn it is."""

from collections import Counter
from typing import cast

import pytest

from penstock.execution.buffer import Buffer
from penstock.execution.held import Held
from penstock.model.lane import TURNS, Priority


class Claim:
    """As much of one as a buffer looks at."""

    def __init__(self, priority: Priority) -> None:
        self.priority = priority


def held(priority: Priority) -> Held:
    return cast("Held", Claim(priority))


def taken(buffer: Buffer, count: int) -> list[Held]:
    return [buffer.popleft() for _ in range(count)]


def test_high_goes_before_what_came_earlier_and_nothing_starves() -> None:
    buffer = Buffer()
    for priority in (Priority.LOW, Priority.NORMAL, Priority.HIGH):
        buffer.extend([held(priority) for _ in range(100)])
    seen = Counter(each.priority for each in taken(buffer, 2 * len(TURNS)))
    assert seen == {Priority.HIGH: 28, Priority.NORMAL: 2, Priority.LOW: 2}


def test_within_a_priority_the_first_goes_first() -> None:
    buffer = Buffer()
    claims = [held(Priority.NORMAL) for _ in range(40)]
    buffer.extend(claims)
    assert taken(buffer, 40) == claims


def test_what_is_taken_back_is_gone() -> None:
    buffer = Buffer()
    claims = [held(priority) for priority in (Priority.LOW, Priority.HIGH, Priority.LOW)]
    buffer.extend(claims)
    buffer.remove(claims[0])
    with pytest.raises(ValueError, match="not in"):
        buffer.remove(claims[0])
    assert buffer
    assert buffer.take_all() == [claims[1], claims[2]]
    assert not buffer
    with pytest.raises(IndexError):
        buffer.popleft()
