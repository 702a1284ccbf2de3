"""Who makes periodic schedules in this world, plays with them while all goes wrong, and stops them at the end."""

import asyncio
from typing import TYPE_CHECKING, Any, Final, TypeVar

from penstock.model.errors import PenstockError, Unavailable
from penstock.model.periodic import Definition, Misfire, Overlap, Schedule
from penstock.model.rhythm import Rhythm
from penstock.testing.world.chronicle import now_s
from penstock.testing.world.orders import payload_of

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from penstock.testing.world.frontends import FrontendServer
    from penstock.testing.world.world import World

Answer = TypeVar("Answer")

CALL_TIMEOUT_S: Final = 4.0
WITHIN_S: Final = 9.0
CAUGHT_UP_WITHIN_S: Final = 60.0
SECOND_US: Final = 1_000_000
NUMBER: Final = 0
"""the order that all tasks of ticks name: nobody's"""


def _definition(name: str, rhythm: Rhythm, run_s: float = 0.02, **fields: Any) -> Definition:
    return Definition(name, "sim.quick", rhythm, payload_of(NUMBER, run_s, 0), **fields)


DEFINITIONS: Final = (
    _definition("beat", Rhythm(interval_us=4 * SECOND_US)),
    _definition("every-tick", Rhythm(interval_us=1200 * SECOND_US, anchor_us=3 * SECOND_US), misfire=Misfire.ALL),
    _definition("jittered", Rhythm(interval_us=3 * SECOND_US), misfire=Misfire.SKIP, jitter_us=SECOND_US),
    _definition("alone", Rhythm(interval_us=2 * SECOND_US), 3.0, misfire=Misfire.SKIP, overlap=Overlap.SKIP),
    _definition("queue", Rhythm(interval_us=1800 * SECOND_US), 0.5, misfire=Misfire.ALL, overlap=Overlap.QUEUE),
    _definition("wall", Rhythm(cron="*/20 * * * *", zone="Europe/Berlin"), misfire=Misfire.ALL),
)
"""Rare ones are due when the clock jumps, and then many times; frequent ones all the while."""
NEVER_PAUSED: Final = frozenset({"every-tick", "queue", "wall"})


class Timekeeper:
    """`made`: the schedules as they were first answered."""

    def __init__(self, world: "World") -> None:
        self.world = world
        self.made: dict[str, Schedule] = {}
        self.stopped_us = 0
        """the store's clock when it began to stop them"""
        self._random = world.chance.stream("timekeeper")

    async def run(self) -> None:
        """Make some schedules, then pause, resume and backfill them."""
        random = self._random
        for definition in random.sample(DEFINITIONS, 3):
            await self._make(definition)
        until_s = now_s() + WITHIN_S
        while now_s() < until_s:
            await asyncio.sleep(random.uniform(0.2, 2.0))
            await self._play(random.choice(sorted(self.made)) if self.made else "")

    async def stop(self) -> None:
        """When the schedules have caught up, no more ticks: else this world never came to rest."""
        until_s = now_s() + CAUGHT_UP_WITHIN_S
        while not self._have_caught_up():
            if now_s() >= until_s:
                break
            await asyncio.sleep(0.2)
        self.stopped_us = self.world.store_time()
        for name in self.made:
            await self._pause(name)

    def _have_caught_up(self) -> bool:
        rows = self.world.cluster.schedules.values()
        now_us = self.world.store_time()
        return all(row.schedule.next_tick_us > now_us for row in rows if row.is_active)

    async def _make(self, definition: Definition) -> None:
        created = await self._until_answered("create", lambda server: server.desks.periodic.create("", definition))
        if created is not None:
            self.made[definition.name] = created.schedule

    async def _pause(self, name: str) -> None:
        await self._until_answered("pause", lambda server: server.desks.periodic.pause("", name))

    async def _play(self, name: str) -> None:
        draw = self._random.random()
        if name and name not in NEVER_PAUSED and draw < 0.4:
            await self._pause(name)
            await asyncio.sleep(self._random.uniform(0.0, 1.0))
            await self._until_answered("resume", lambda server: server.desks.periodic.resume("", name))
        elif name and draw < 0.7:
            period_us = self.made[name].definition.rhythm.interval_us or 1200 * SECOND_US
            until_us = self.world.store_time() + self._random.randint(-period_us, period_us // 2)
            from_us = until_us - 3 * period_us
            await self._until_answered(
                "backfill", lambda server: server.desks.periodic.backfill("", name, from_us, until_us)
            )

    async def _until_answered(
        self, what: str, handle: "Callable[[FrontendServer], Coroutine[Any, Any, Answer]]"
    ) -> Answer | None:
        """Repeats what got no answer; None: refused, for a range that is still to come."""
        for attempt in range(1000):
            try:
                return await self.world.places.ask_frontend("timekeeper", handle, CALL_TIMEOUT_S, what)
            except Unavailable:
                await asyncio.sleep(0.05 + self._random.random() * min(2.0, 0.2 * 2.0 ** min(attempt, 6)))
            except PenstockError as error:
                if what != "backfill":
                    self.world.chronicle.breach(f"timekeeper: {what} failed with {error!r}")
                return None
        return None
