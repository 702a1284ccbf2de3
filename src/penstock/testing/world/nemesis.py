"""Brings the faults of a seed, and heals them all at the end."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING, Final

from penstock.testing.world.chance import weighted
from penstock.testing.world.faults import FAMILIES, Family

if TYPE_CHECKING:
    from penstock.testing.world.world import World

FAULTS_MIN: Final = 10
"""that took effect; a world that saw fewer proves too little"""
WITHIN_S: Final = 9.0
TRIES_MAX: Final = 60


class Nemesis:
    """`bites`: how many faults of each name took effect."""

    def __init__(self, world: "World") -> None:
        self.bites: Counter[str] = Counter()
        self._world = world
        self._random = world.chance.stream("nemesis")
        self._faults = self._favourites()

    async def run(self) -> None:
        """All faults, many at the same time; returns when they are healed."""
        random = self._random
        planned = random.randint(14, 20)
        async with asyncio.TaskGroup() as faults:
            for _ in range(planned):
                faults.create_task(self._bring(random.uniform(0.2, WITHIN_S)))
        async with asyncio.TaskGroup() as more_work:
            for attempt in range(TRIES_MAX):
                if self.bites.total() >= FAULTS_MIN:
                    break
                client = self._world.clients[attempt % len(self._world.clients)]
                more_work.create_task(client.run(len(client.orders) + 2, 0.1))  # nothing bites where nothing moves
                await self._bring(0.1)
            self._heal()

    async def _bring(self, after_s: float) -> None:
        await asyncio.sleep(after_s)
        name = weighted(self._random, {name: weight for name, (weight, _) in self._faults.items()})
        self._world.chronicle.note("nemesis", f"brings {name}")
        if await self._faults[name][1](self._world, self._random):
            self.bites[name] += 1

    def _favourites(self) -> Family:
        """Each seed leaves families and single faults out, and prefers others: faults hide each other's effects."""
        random = self._random
        known = [family for share, family in FAMILIES if random.random() < share]
        chosen = {
            name: (weight * random.choice((1.0, 3.0)), fault)
            for family in known
            for name, (weight, fault) in family.items()
            if random.random() < 0.6
        }
        return chosen if len(chosen) > 1 else {name: each for _, family in FAMILIES for name, each in family.items()}

    def _heal(self) -> None:
        world = self._world
        world.weather.clear()
        for process in world.processes:
            process.go_on()
        if not world.lane_bus.is_up:
            world.lane_bus.come_back()
        world.store_time.heal()
