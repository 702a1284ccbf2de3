"""A gatekeeper: shuts lambdas and collections while all else goes on, turns pauses into drops, opens them again."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from penstock.frontend.calls import GateCall
from penstock.model.gate import WHOLE, Gate
from penstock.model.lifecycle import GateState
from penstock.testing.world.chance import weighted
from penstock.testing.world.chronicle import now_s

if TYPE_CHECKING:
    from penstock.testing.world.clients import Client
    from penstock.testing.world.world import World

COLLECTIONS = ("", "", "letters", "bills")
LAMBDAS = {
    "quick": 5.0,
    "slow": 1.0,
    "flaky": 2.0,
    "plain": 1.0,
    "raising": 1.0,
    "crashing": 0.5,
    "blocking": 0.5,
    "index": 1.0,
}
SPELLS_MAX = 5
SHUT_S_MAX = 4.0


@dataclass(slots=True, eq=False)
class Spell:
    """One order that shuts a gate, from when it was asked to the moment at which another one was."""

    lambda_name: str
    collection: str
    state: GateState
    asked_at_s: float
    acknowledged_at_s: float | None = None
    acknowledged_at_us: int = 0
    until_us: int = 0
    """by the store's clock; 0: until another order"""
    ends_at_s: float | None = None
    """another order about the same gate is asked for"""
    ended_at_s: float | None = None
    """and acknowledged"""

    def covers(self, lambda_name: str, collection: str) -> bool:
        """Whether a task is in its scope."""
        return self.lambda_name == lambda_name and self.collection in {WHOLE, collection}


class Gatekeeper:
    """Uses a client's way to the frontends, with its patience."""

    def __init__(self, world: "World", client: "Client") -> None:
        self.spells: list[Spell] = []
        self._world, self._client = world, client
        self._random = world.chance.stream("gatekeeper")
        self._busy: set[tuple[str, str]] = set()

    async def run(self, within_s: float) -> None:
        """Some gates, some of them at the same time; returns when all were opened, or have an end of their own."""
        async with asyncio.TaskGroup() as errands:
            for _ in range(self._random.randint(0, SPELLS_MAX)):
                errands.create_task(self._keep(self._random.uniform(0.2, within_s)))

    async def _keep(self, after_s: float) -> None:
        random = self._random
        await asyncio.sleep(after_s)
        place = f"sim.{weighted(random, LAMBDAS)}", random.choice(COLLECTIONS)
        if place in self._busy:
            return
        self._busy.add(place)
        for spell in self._plan(*place):
            self.spells.append(spell)
            await self._order(spell.state, spell, for_us=random.choice((0, 0, 2_500_000)))
            if spell.until_us or spell.ended_at_s is not None:
                return  # it opens by itself, and nobody else touches it
            await asyncio.sleep(random.uniform(0.2, SHUT_S_MAX))
            spell.ends_at_s = now_s()
        await self._order(GateState.OPEN, spell)
        self._busy.discard(place)

    def _plan(self, lambda_name: str, collection: str) -> Iterator[Spell]:
        states = self._random.choice(
            (
                [GateState.PAUSE],
                [GateState.PAUSE],
                [GateState.DROP],
                [GateState.PAUSE, GateState.DROP],
                [GateState.DROP, GateState.PAUSE],
            )
        )
        for state in states:
            yield Spell(lambda_name, collection, state, now_s())

    async def _order(self, state: GateState, spell: Spell, for_us: int = 0) -> None:
        token = self._random.randbytes(16)
        call = GateCall("", spell.lambda_name, state, spell.collection, for_us=for_us, request_token=token)
        gate = await self._client.until_answered("gate", lambda server: server.desks.gates.order(call))
        assert gate is not None
        self._note(state, spell, gate)

    def _note(self, state: GateState, spell: Spell, gate: Gate) -> None:
        scope = f"{spell.lambda_name}/{spell.collection or '*'}"
        self._world.chronicle.note("gatekeeper", f"{state} of {scope} is acknowledged", detail=gate.version)
        for earlier in self.spells:
            if earlier is not spell and (earlier.lambda_name, earlier.collection) == (
                spell.lambda_name,
                spell.collection,
            ):
                earlier.ended_at_s = earlier.ended_at_s or now_s()
        if gate.state is GateState.OPEN:  # as asked, or its time was over before the answer came through
            spell.ended_at_s = now_s()
            spell.ends_at_s = spell.ends_at_s or spell.ended_at_s
        else:
            spell.acknowledged_at_s, spell.acknowledged_at_us = now_s(), self._world.store_time()
            spell.until_us = gate.until_us
