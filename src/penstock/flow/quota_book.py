"""The quotas that are in force, kept at hand: nothing on the path of work asks the store for them."""

import asyncio

from penstock.flow.fresh import keep_fresh
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of
from penstock.model.quota import UNLIMITED, WHOLE_LAMBDA, Quota, QuotaKind, in_force
from penstock.model.token_bucket import Limit
from penstock.ports.quotas import Quotas
from penstock.ports.signals import Signals, Topic

REFRESH_S = 5.0
"""the signal of a change may be lost"""


class QuotaBook:
    """`run` keeps it fresh; where no lambda has a quota, every look is one into an empty dictionary."""

    def __init__(self, quotas: Quotas, signals: Signals) -> None:
        self._quotas = quotas
        self._schedule: dict[LambdaId, Limit] = {}
        self._start: dict[LaneId, tuple[Limit, ...]] = {}
        self._weights: dict[LambdaId, float] = {}
        self._changed = asyncio.Event()
        self._stop_listening = [
            signals.listen(topic, lambda _: self._changed.set()) for topic in (Topic.QUOTAS, Topic.LAMBDAS)
        ]

    def schedule_limit(self, lambda_id: LambdaId) -> Limit | None:
        """None: as many as come."""
        return self._schedule.get(lambda_id)

    def start_limits(self, lane: LaneId) -> tuple[Limit, ...]:
        """What the whole lambda may start, and what this lane of it may; () for neither limited."""
        return self._start.get(lane, ())

    def weight(self, lambda_id: LambdaId) -> float:
        """1 unless somebody said otherwise."""
        return self._weights.get(lambda_id, 1.0)

    async def refresh(self) -> None:
        """Read all of them; raises `Unavailable`."""
        self._take_in([quota for quota in in_force(await self._quotas.all()) if quota.amount != UNLIMITED])

    async def run(self) -> None:
        """Refresh when one was changed, and now and then; until cancelled."""
        try:
            await keep_fresh("quotas", self.refresh, self._changed, REFRESH_S)
        finally:
            for stop in self._stop_listening:
                stop()

    def _take_in(self, quotas: list[Quota]) -> None:
        self._weights = {quota.lambda_id: quota.amount for quota in quotas if quota.kind is QuotaKind.WEIGHT}
        self._schedule = {quota.lambda_id: _limit(quota) for quota in quotas if quota.kind is QuotaKind.SCHEDULE}
        start: dict[LaneId, tuple[Limit, ...]] = {}
        for quota in quotas:
            if quota.kind is QuotaKind.START:
                wanted = list(Priority) if quota.priority == WHOLE_LAMBDA else [Priority(quota.priority)]
                for priority in wanted:
                    lane = lane_of(quota.lambda_id, priority)
                    start[lane] = (*start.get(lane, ()), _limit(quota))
        self._start = start


def _limit(quota: Quota) -> Limit:
    return Limit((quota.lambda_id, quota.kind, quota.priority), quota.amount, quota.burst_in_force)
