"""Which lane goes next: within a lambda high, normal, low with a floor; across lambdas by weight."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final
from weakref import WeakValueDictionary

from penstock.delivery.lane import LaneInHand
from penstock.delivery.session import Session
from penstock.model.lane import TURNS, LambdaId, LaneId, Priority, lambda_of, lane_of, priority_of
from penstock.ports.quotas import StartQuotas

RESERVE_PART: Final = 1 / 8
"""of what an executor can hold, for high priority, so that a flood of others leaves no high task waiting for credit"""
RESERVE_MAX: Final = 16
RESERVED_S: Final = 5.0
"""for so long after the last task of high priority"""


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

    def __init__(self, lanes: Mapping[LaneId, LaneInHand], quotas: StartQuotas, now_s: Callable[[], float]) -> None:
        self._lanes = lanes
        self._now_s = now_s
        self._high_at_s: dict[LambdaId, float] = {}
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
        spare = session.credit - self._reserve(session)
        for lambda_id in pool.in_turn():
            pick = self._picks.get(lambda_id, 0)
            for priority in TURNS[pick]:
                lane_id = lane_of(lambda_id, priority)
                lane = self._lanes.get(lane_id)
                most = wanted if priority is Priority.HIGH else min(wanted, spare)
                waiting = 0 if lane is None or most <= 0 else lane.takable(most, alone)
                if lane is not None and waiting and (startable := self._quotas.startable(lane_id, waiting)):
                    self._picks[lambda_id] = (pick + 1) % len(TURNS)
                    return lane, startable
        return None

    def served(self, pool: Pool, lane: LaneId, tasks: int) -> None:
        """So many of the lane were taken."""
        pool.served(lambda_of(lane), tasks)
        if priority_of(lane) is Priority.HIGH:
            self._high_at_s[lambda_of(lane)] = self._now_s()

    def _reserve(self, session: Session) -> int:
        """How much of its credit is kept for high priority now."""
        if not self._high_at_s or session.hello.quarantine:
            return 0
        since_s = self._now_s() - RESERVED_S
        if not any(self._high_at_s.get(lambda_id, 0.0) > since_s for lambda_id in session.lambdas):
            return 0
        return min(RESERVE_MAX, int(session.credit_most * RESERVE_PART))
