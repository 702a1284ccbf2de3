"""Lanes: one queue and one bandwidth for each <lambda, priority>."""

from enum import Enum, IntEnum, unique
from typing import Final, NewType

LambdaId = NewType("LambdaId", int)
"""The store's number for a lambda of a namespace."""
LaneId = NewType("LaneId", int)
"""`lambda id * 4 + priority`: so that one integer column and one queue name hold a lane."""


@unique
class Priority(IntEnum):
    """Within a lambda; a lower number goes first. The numbers are stored."""

    HIGH = 1
    NORMAL = 2
    LOW = 3

    def __str__(self) -> str:
        """Its name as people read it; the number is the store's."""
        return self.name.lower()

    __format__ = Enum.__format__


_IN_ORDER: Final = tuple(Priority)
_ROUND: Final = 16
TURNS: Final[tuple[tuple[Priority, ...], ...]] = (
    *[_IN_ORDER] * (_ROUND // 2 - 1),
    (Priority.NORMAL, Priority.HIGH, Priority.LOW),
    *[_IN_ORDER] * (_ROUND // 2 - 1),
    _IN_ORDER[::-1],
)
"""for each pick of a round, who is asked first, second and third: one is normal's and one low's, so nothing starves"""
_PRIORITIES: Final = {int(priority): priority for priority in Priority}
"""looked up for each task: calling the enumeration costs five times as much"""


def lane_of(lambda_id: LambdaId, priority: Priority) -> LaneId:
    """The lane of a lambda and a priority."""
    return LaneId(lambda_id * 4 + priority)


def lambda_of(lane: LaneId) -> LambdaId:
    """The lambda whose lane it is."""
    return LambdaId(lane // 4)


def priority_of(lane: LaneId) -> Priority:
    """The priority whose lane it is."""
    return _PRIORITIES[lane % 4]


def lanes_of(lambda_id: LambdaId) -> tuple[LaneId, LaneId, LaneId]:
    """All lanes of a lambda, the high one first."""
    return (
        lane_of(lambda_id, Priority.HIGH),
        lane_of(lambda_id, Priority.NORMAL),
        lane_of(lambda_id, Priority.LOW),
    )


def normal_of(lane: LaneId) -> LaneId:
    """The lane of the same lambda that is neither above nor below."""
    return lane_of(lambda_of(lane), Priority.NORMAL)
