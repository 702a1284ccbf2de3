"""Which lane goes next: within a lambda high, normal, low with a floor; across lambdas in turn."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from penstock.delivery.lane import LaneInHand
from penstock.delivery.session import Session
from penstock.model.lane import LambdaId, LaneId, lanes_of

ROUND: Final = 16
"""in so many picks of a lambda, one goes to low first and one to normal first: nothing starves"""


class Choice:
    """Remembers whose turn it is."""

    def __init__(self, lanes: Mapping[LaneId, LaneInHand]) -> None:
        self._lanes = lanes
        self._picks: dict[LambdaId, int] = {}

    def next_lane(self, session: Session) -> LaneInHand | None:
        """The lane that the session's next chunk comes from, or None when none has anything for it."""
        alone = session.hello.quarantine
        for lambda_id in _in_turn(tuple(session.lambdas), session.turn):
            pick = self._picks.get(lambda_id, 0)
            for lane_id in _order(lanes_of(lambda_id), pick):
                lane = self._lanes.get(lane_id)
                if lane is not None and (lane.suspects if alone else lane.ready):
                    self._picks[lambda_id] = (pick + 1) % ROUND
                    session.turn = (session.turn + 1) % max(1, len(session.lambdas))
                    return lane
        return None


def _in_turn(lambdas: Sequence[LambdaId], turn: int) -> Iterator[LambdaId]:
    yield from lambdas[turn:]
    yield from lambdas[:turn]


def _order(lanes: tuple[LaneId, LaneId, LaneId], pick: int) -> tuple[LaneId, LaneId, LaneId]:
    high, normal, low = lanes
    if pick == ROUND - 1:
        return low, normal, high
    if pick == ROUND // 2 - 1:
        return normal, high, low
    return lanes
