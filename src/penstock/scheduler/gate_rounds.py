"""What gates held is moved on: freed in due order when they open, ended when they drop."""

import logging
from collections.abc import Callable
from typing import Final

from penstock.model.gate import Gate
from penstock.model.lane import LaneId
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.ports.gates import Gates
from penstock.ports.signals import Signals, Topic
from penstock.scheduler.lost_deliveries import LostDeliveries

BATCHES_MAX: Final = 50
"""of one gate in one round: nobody waits for the end of a great heap"""

log = logging.getLogger(__name__)


class GateRounds:
    """`hear` is told of lanes in which tasks were freed. Every round starts from what the store says: whoever ordered
    may have died right after it.
    """

    def __init__(
        self, gates: Gates, signals: Signals, hear: Callable[[LaneId, int], None], deliveries: LostDeliveries
    ) -> None:
        self._deliveries = deliveries
        self._gates = gates
        self._signals = signals
        self._hear = hear

    async def look(self) -> None:
        """One round; raises `Unavailable`."""
        for gate in await self._gates.unsettled():
            await self._settle(gate)
        await self._drop()
        await self._deliveries.drop_held()

    async def _settle(self, gate: Gate) -> None:
        freed = 0
        for _ in range(BATCHES_MAX):
            batch = await self._gates.settle(gate, BATCH_ROWS_MAX)
            freed += sum(batch.freed.values())
            for lane in batch.freed:
                self._hear(lane, 0)
            if not batch.moved:
                await self._gates.settled(gate)
                break
        if freed:
            log.info("%d tasks of %s are free: its gate is open", freed, _name(gate))

    async def _drop(self) -> None:
        for _ in range(BATCHES_MAX):
            ended = await self._gates.drop_held(BATCH_ROWS_MAX)
            if ended:
                self._signals.send(Topic.ENDED, b"".join(ended))
            if len(ended) < BATCH_ROWS_MAX:
                break


def _name(gate: Gate) -> str:
    return f"{gate.lambda_name}, collection {gate.collection!r}," if gate.collection else gate.lambda_name
