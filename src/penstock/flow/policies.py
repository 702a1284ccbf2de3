"""Every lambda's policy, kept at hand: a verdict must not wait for a look-up."""

import asyncio

from penstock.flow.fresh import keep_fresh
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.ports.registry import Registry
from penstock.ports.signals import Signals, Topic

REFRESH_S = 5.0
"""the signal of a new registration may be lost"""


class PolicyBook:
    """`policy_of` answers from memory; `run` keeps the memory fresh."""

    def __init__(self, registry: Registry, signals: Signals) -> None:
        self._registry = registry
        self._policies: dict[LambdaId, LambdaPolicy] = {}
        self._changed = asyncio.Event()
        self._unlisten = signals.listen(Topic.LAMBDAS, lambda _: self._changed.set())

    def policy_of(self, lane: LaneId) -> LambdaPolicy:
        """The default one for a lambda that nobody has registered yet."""
        return self._policies.get(lambda_of(lane), DEFAULT_POLICY)

    async def refresh(self) -> None:
        """Read all of them; raises `Unavailable`."""
        self._policies = {record.id: record.policy for record in await self._registry.all()}

    async def run(self) -> None:
        """Refresh when something was registered, and now and then; until cancelled."""
        try:
            await keep_fresh("policies", self.refresh, self._changed, REFRESH_S)
        finally:
            self._unlisten()
