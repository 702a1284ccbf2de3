"""Somebody who carries the pager: now and then what died is redriven, and now and then that is stopped again."""

import asyncio
from typing import TYPE_CHECKING

from penstock.model.errors import Unavailable
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind
from penstock.testing.world.chronicle import now_s
from penstock.testing.world.clients import CALL_TIMEOUT_S

if TYPE_CHECKING:
    from penstock.testing.world.world import World

NAME = "operator"


class Operator:
    """Repeats what got no answer, with the same token."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._random = world.chance.stream(NAME)

    async def run(self) -> None:
        """One shift."""
        random = self._random
        for _ in range(random.choice((0, 1, 1, 2))):
            await asyncio.sleep(random.uniform(1.0, 6.0))
            sweep = await self._order(_redrive(random.randbytes(16), random.choice((2.0, 20.0, 1000.0))))
            if random.random() < 0.2:
                await asyncio.sleep(random.uniform(0.0, 2.0))
                await self._stop(sweep.id)

    async def _order(self, order: Sweep) -> Sweep:
        self._world.redrives[order.id] = now_s()
        while True:
            try:
                sweep = await self._world.places.ask_frontend(
                    NAME, lambda server: server.desks.sweeps.begin("", order), CALL_TIMEOUT_S, "redrive"
                )
            except Unavailable:
                await asyncio.sleep(0.1 + self._random.random())
            else:
                self._world.chronicle.note(NAME, "a redrive is ordered", detail=f"{sweep.rate_per_s:g}/s")
                return sweep

    async def _stop(self, sweep_id: bytes) -> None:
        while True:
            try:
                await self._world.places.ask_frontend(
                    NAME, lambda server: server.desks.sweeps.stop("", sweep_id, NAME), CALL_TIMEOUT_S, "stop a redrive"
                )
            except Unavailable:
                await asyncio.sleep(0.1 + self._random.random())
            else:
                self._world.chronicle.note(NAME, "a redrive is stopped")
                return


def _redrive(token: bytes, rate_per_s: float) -> Sweep:
    return Sweep(token, 0, SweepKind.REDRIVE, DeadLetterFilter(), rate_per_s, NAME)
