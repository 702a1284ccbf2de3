"""Every lambda's policy, kept at hand: a verdict must not wait for a look-up."""

import asyncio
import logging

from penstock.model.errors import PenstockError
from penstock.model.lane import LambdaId, LaneId, lambda_of
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.ports.registry import Registry
from penstock.ports.signals import Signals, Topic

log = logging.getLogger(__name__)

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
            while True:
                try:
                    await self.refresh()
                except PenstockError as error:
                    log.warning("policies could not be read and stay as they were: %s", error)
                try:
                    await asyncio.wait_for(self._changed.wait(), REFRESH_S)
                except TimeoutError:
                    continue
                self._changed.clear()
        finally:
            self._unlisten()
