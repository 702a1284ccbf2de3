"""The lambdas as the scheduler needs them: their lanes, their policies, whether anybody serves them."""

import asyncio
from collections.abc import Iterable
from typing import Final

from penstock.model.lane import LambdaId, LaneId, lambda_of, lanes_of
from penstock.model.policy import DEFAULT_POLICY, LambdaPolicy
from penstock.ports.registry import LambdaRecord, Registry
from penstock.ports.signals import Signals, Topic

FRESH_S: Final = 5.0


class LambdaList:
    """Read again when somebody has registered lambdas, and every `FRESH_S` for signals that were lost."""

    def __init__(self, registry: Registry, signals: Signals) -> None:
        self._registry = registry
        self._records: dict[LambdaId, LambdaRecord] = {}
        self._fresh_until_s = float("-inf")
        self._edition = 0
        self._unlisten = signals.listen(Topic.LAMBDAS, lambda _: self._outdate())

    def stop(self) -> None:
        """Listen no more."""
        self._unlisten()

    async def refresh(self) -> None:
        """Read it if what is known may be old; raises `Unavailable`."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._fresh_until_s:
            return
        edition, until_s = self._edition, loop.time() + FRESH_S
        records = await self._registry.all()
        self._records = {record.id: record for record in records}
        if edition == self._edition:
            self._fresh_until_s = until_s

    def lanes(self) -> list[LaneId]:
        """Of all lambdas."""
        return [lane for lambda_id in self._records for lane in lanes_of(lambda_id)]

    def policy(self, lane: LaneId) -> LambdaPolicy:
        """Of the lane's lambda."""
        record = self._records.get(lambda_of(lane))
        return record.policy if record is not None else DEFAULT_POLICY

    def registered(self, lambda_ids: Iterable[LambdaId]) -> list[LambdaId]:
        """Those among them that some worker has registered."""
        return [each for each in lambda_ids if each in self._records and self._records[each].registered]

    def _outdate(self) -> None:
        self._edition += 1
        self._fresh_until_s = float("-inf")
