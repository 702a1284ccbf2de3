"""Somebody who bounds lambdas for a while: their starts, their schedules, their weights; and lifts it all again."""

import asyncio
from typing import TYPE_CHECKING

from msgspec import structs

from penstock.frontend.quota_calls import QuotaCall
from penstock.model.quota import QuotaKind
from penstock.testing.world.chance import weighted
from penstock.testing.world.gatekeeper import LAMBDAS

if TYPE_CHECKING:
    from penstock.testing.world.clients import Client
    from penstock.testing.world.world import World

QUOTAS_MAX = 4
LASTS_S_MAX = 5.0
BURST = 8
"""as many tasks as a call of a client holds: fewer, and it could never pass"""
AMOUNTS = {
    QuotaKind.SCHEDULE: (0.5, 3.0, 500.0),
    QuotaKind.START: (0.3, 1.0, 10.0),
    QuotaKind.WEIGHT: (0.1, 5.0, 100.0),
}


class QuotaKeeper:
    """Uses a client's way to the frontends, with its patience."""

    def __init__(self, world: "World", client: "Client") -> None:
        self._world, self._client = world, client
        self._random = world.chance.stream("quota keeper")

    async def run(self, within_s: float) -> None:
        """Some quotas, some of them at the same time; returns when all were cleared."""
        async with asyncio.TaskGroup() as errands:
            for _ in range(self._random.randint(0, QUOTAS_MAX)):
                errands.create_task(self._keep(self._random.uniform(0.2, within_s)))

    async def _keep(self, after_s: float) -> None:
        random = self._random
        await asyncio.sleep(after_s)
        kind = random.choice(list(QuotaKind))
        priority = random.choice((0, 1, 2, 3)) if kind is QuotaKind.START else 0
        burst = BURST if kind is QuotaKind.SCHEDULE else 0
        name = f"sim.{weighted(random, LAMBDAS)}"
        await self._order(QuotaCall("", name, kind, priority, random.choice(AMOUNTS[kind]), burst))
        await asyncio.sleep(random.uniform(0.2, LASTS_S_MAX))
        await self._order(QuotaCall("", name, kind, priority))

    async def _order(self, call: QuotaCall) -> None:
        token = self._random.randbytes(16)
        asked = structs.replace(call, request_token=token)
        await self._client.until_answered("quota", lambda server: server.desks.quotas.order(asked))
        what = "is cleared" if call.amount is None else f"of {call.amount:g} is set"
        kind = QuotaKind(call.kind)
        self._world.chronicle.note("quota keeper", f"a {kind} quota of {call.lambda_name} {what}", detail=call.priority)
