"""Somebody who carries the pager: now and then what died is redriven, and now and then that is stopped again; now and
then a bad release is cancelled, or what failed of it is tried again.
"""

import asyncio
from typing import TYPE_CHECKING

from penstock.model.errors import NotFound, Unavailable
from penstock.model.selection import TaskSelection
from penstock.model.sweep import DeadLetterFilter, Sweep, SweepKind, selected
from penstock.testing.world.chance import weighted
from penstock.testing.world.chronicle import now_s
from penstock.testing.world.clients import CALL_TIMEOUT_S
from penstock.testing.world.gatekeeper import COLLECTIONS

if TYPE_CHECKING:
    from penstock.testing.world.world import World

NAME = "operator"
BAD_RELEASES = {"quick": 5.0, "slow": 3.0, "plain": 1.0, "blocking": 1.0, "stubborn": 1.0, "raising": 1.0, "fatal": 1.0}


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
            redrive = _redrive(random.randbytes(16), random.choice((2.0, 20.0, 1000.0)))
            sweep = await self._order(redrive)
            if random.random() < 0.2:
                await asyncio.sleep(random.uniform(0.0, 2.0))
                await self._stop(sweep.id)
        for _ in range(random.choice((1, 1, 2))):
            await asyncio.sleep(random.uniform(0.0, 3.0))
            await self._order(self._bad_release(random.choice((SweepKind.CANCEL, SweepKind.CANCEL, SweepKind.RETRY))))

    def _bad_release(self, kind: SweepKind) -> Sweep:
        random = self._random
        name = f"sim.{weighted(random, BAD_RELEASES)}"
        wanted = selected(TaskSelection(name, random.choice(COLLECTIONS)), kind)
        if kind is SweepKind.CANCEL:
            self._world.cancels.append(wanted)
        return Sweep(random.randbytes(16), 0, kind, wanted, random.choice((5.0, 50.0, 1000.0)), NAME)

    async def _order(self, order: Sweep) -> Sweep:
        self._world.sweeps_ordered[order.id] = now_s()
        while True:
            try:
                sweep = await self._world.places.ask_frontend(
                    NAME, lambda server: server.desks.sweeps.begin("", order), CALL_TIMEOUT_S, f"order a {order.kind}"
                )
            except Unavailable:
                await asyncio.sleep(0.1 + self._random.random())
            except NotFound:  # nothing of this lambda was ever scheduled
                return order
            else:
                self._world.chronicle.note(NAME, f"a {sweep.kind} is ordered", detail=f"{sweep.rate_per_s:g}/s")
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
