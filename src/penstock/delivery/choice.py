"""Which lane goes next: within a lambda high, normal, low with a floor; across lambdas by weight."""

from collections.abc import Iterator, Mapping
from typing import Final
from weakref import WeakValueDictionary

from penstock.delivery.lane import LaneInHand
from penstock.delivery.session import Session
from penstock.model.lane import LambdaId, LaneId, lambda_of, lanes_of
from penstock.ports.quotas import StartQuotas

ROUND: Final = 16
"""in so many picks of a lambda, one goes to low first and one to normal first: nothing starves"""


class Pool:
    """The executors that share the same lambdas. Each lambda has a tag: its tasks so far by its weight, never behind
    the last that was served, so that who had nothing to do saves nothing up. The lowest goes next.
    """

    __slots__ = ("__weakref__", "_now", "_tags", "_weights")

    def __init__(self, lambdas: tuple[LambdaId, ...], weights: StartQuotas) -> None:
        self._tags = dict.fromkeys(lambdas, 0.0)
        self._weights = weights
        self._now = 0.0

    def in_turn(self) -> Iterator[LambdaId]:
        """Who goes next, who if that one has nothing, and so on. Among equals who waits longer."""
        if len(self._tags) == 1:
            yield from self._tags
        else:
            yield from sorted(self._tags, key=lambda each: max(self._tags[each], self._now))

    def served(self, lambda_id: LambdaId, tasks: int) -> None:
        """So many tasks of it were taken."""
        self._now = max(self._tags.pop(lambda_id), self._now)
        self._tags[lambda_id] = self._now + tasks / self._weights.weight(lambda_id)


class Choice:
    """Remembers whose turn it is."""

    def __init__(self, lanes: Mapping[LaneId, LaneInHand], quotas: StartQuotas) -> None:
        self._lanes = lanes
        self._quotas = quotas
        self._picks: dict[LambdaId, int] = {}
        self._pools: WeakValueDictionary[tuple[LambdaId, ...], Pool] = WeakValueDictionary()

    def enter(self, session: Session) -> Pool:
        """The pool of a new session; it is forgotten with the last of its sessions."""
        lambdas = tuple(sorted(session.lambdas))
        pool = self._pools.get(lambdas)
        if pool is None:
            pool = self._pools[lambdas] = Pool(lambdas, self._quotas)
        return pool

    def next_lane(self, session: Session, pool: Pool, wanted: int) -> tuple[LaneInHand, int] | None:
        """The lane that the session's next chunk comes from, and how many of it may start now, up to `wanted`.

        They count as started. None: no lane has anything for it.
        """
        alone = session.hello.quarantine
        for lambda_id in pool.in_turn():
            pick = self._picks.get(lambda_id, 0)
            for lane_id in _order(lanes_of(lambda_id), pick):
                lane = self._lanes.get(lane_id)
                waiting = 0 if lane is None else lane.takable(wanted, alone)
                if lane is not None and waiting and (startable := self._quotas.startable(lane_id, waiting)):
                    self._picks[lambda_id] = (pick + 1) % ROUND
                    return lane, startable
        return None

    def served(self, pool: Pool, lane: LaneId, tasks: int) -> None:
        """So many of the lane were taken."""
        pool.served(lambda_of(lane), tasks)


def _order(lanes: tuple[LaneId, LaneId, LaneId], pick: int) -> tuple[LaneId, LaneId, LaneId]:
    high, normal, low = lanes
    if pick == ROUND - 1:
        return low, normal, high
    if pick == ROUND // 2 - 1:
        return normal, high, low
    return lanes
