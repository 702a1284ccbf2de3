"""From a seed to a verdict."""

import asyncio
import gc
import logging
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from penstock.model.delivery import is_delivery
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT
from penstock.model.sweep import SweepStatus
from penstock.testing.world.checks import broken_rules
from penstock.testing.world.chronicle import Happening, now_s
from penstock.testing.world.nemesis import Nemesis
from penstock.testing.world.operator import Operator
from penstock.testing.world.orders import number_in
from penstock.testing.world.processes import WorldLoop
from penstock.testing.world.world import World

TASKS_A_CLIENT: Final = 26
TASKS_MIN: Final = 100
"""what faults keep clients from storing is asked for again until there are so many"""
TASKS_MORE: Final = 4
ORDERS_WITHIN_S: Final = 7.0
QUIET_WITHIN_S: Final = 150.0
"""after the faults were healed; a bound for liveness, generous because leases and backoffs add up"""


@dataclass(frozen=True)
class Verdict:
    """What one seed showed."""

    seed: int
    tasks: int
    bites: Counter[str]
    """faults that took effect"""
    effects: Counter[str]
    """what was felt of them"""
    provocations: Counter[str]
    broken: list[str]
    happenings: list[Happening]
    virtual_s: float

    @property
    def holds(self) -> bool:
        """Nothing was broken."""
        return not self.broken


def run_seed(seed: int) -> Verdict:
    """Run one seed to its end. The same seed gives the same happenings, in any process."""
    loop = WorldLoop(seed)
    collects = gc.isenabled()
    gc.disable()  # what is left of dead processes must not run finalizers at a time of the collector's choice
    try:
        world, verdict = loop.run_until_complete(_live(seed))
        _bury(loop, world)
        return verdict
    finally:
        loop.close()
        if collects:
            gc.enable()


async def _live(seed: int) -> tuple[World, Verdict]:
    world = World(seed)
    errors = _Errors(world)
    logging.getLogger("penstock").addHandler(errors)
    asyncio.get_running_loop().set_exception_handler(
        lambda _, about: world.chronicle.breach(f"an error that nobody took: {about.get('exception') or about}")
    )
    try:
        world.open()
        nemesis = Nemesis(world)
        clients = asyncio.gather(*(client.run(TASKS_A_CLIENT, ORDERS_WITHIN_S) for client in world.clients))
        faults = asyncio.create_task(nemesis.run())
        shift = asyncio.create_task(Operator(world).run())
        ticks = asyncio.create_task(world.timekeeper.run())
        gates = asyncio.create_task(world.gatekeeper.run(ORDERS_WITHIN_S))
        quotas = asyncio.create_task(world.quota_keeper.run(ORDERS_WITHIN_S))
        events = asyncio.create_task(world.publisher.run(ORDERS_WITHIN_S))
        families = asyncio.create_task(world.weaver.run(ORDERS_WITHIN_S))
        await clients
        while len(world.cluster.tasks) < TASKS_MIN:
            more = (client.run(len(client.orders) + TASKS_MORE, ORDERS_WITHIN_S / 10) for client in world.clients)
            await asyncio.gather(*more)
        await asyncio.gather(faults, shift, ticks, gates, quotas, families, events)
        world.chronicle.note("world", "all faults are healed")
        await world.timekeeper.stop()
        await _quiet(world)
    finally:
        logging.getLogger("penstock").removeHandler(errors)
    broken = [*world.chronicle.breaches, *broken_rules(world)]
    world.is_over = world.chronicle.is_closed = True
    verdict = Verdict(
        seed,
        len(world.cluster.tasks),
        nemesis.bites,
        world.chronicle.effects,
        world.chronicle.provocations,
        broken,
        world.chronicle.happenings,
        now_s(),
    )
    return world, verdict


async def _quiet(world: World) -> None:
    """Until every task has ended but those that must not start yet, and every event has been handed over."""
    until_s = now_s() + QUIET_WITHIN_S
    sleepers: set[int | None] = {order.n for order in world.orders if order.is_sleeper}
    while now_s() < until_s:
        tasks = [task for task in world.cluster.live if task in world.cluster.tasks]
        waiting = [task for task in tasks if number_in(world.cluster.tasks[task].payload) not in sleepers]
        waiting += [
            row.id for row in world.cluster.live.values() if is_delivery(row.id) and row.held_for != HELD_FOR_DEAD_EVENT
        ]
        sweeping = any(row.sweep.status is SweepStatus.RUNNING for row in world.cluster.sweeps.values())
        if not waiting and not sweeping and not world.publisher.is_behind:
            return
        await asyncio.sleep(0.5)


def _bury(loop: WorldLoop, world: World) -> None:
    """Bring every task to its end, those of dead processes too, so that nothing is left for the collector to judge."""
    loop.set_exception_handler(lambda *_: None)
    logging.disable(logging.CRITICAL)
    try:
        for _ in range(20):
            left = asyncio.all_tasks(loop)
            if not left:
                break
            for task in left:
                task.cancel()
            for process in world.processes:
                for domain in process.domains:
                    domain.haunt()
            loop.run_until_complete(_wait_for(left))
        loop.run_until_complete(loop.shutdown_asyncgens())
    finally:
        logging.disable(logging.NOTSET)


async def _wait_for(tasks: "set[asyncio.Task[Any]]") -> None:
    await asyncio.wait(tasks, timeout=20.0)


class _Errors(logging.Handler):
    """What a layer logs with a traceback is a mistake of its own."""

    def __init__(self, world: World) -> None:
        super().__init__(logging.ERROR)
        self._world = world

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self._world.chronicle.breach(f"{record.name}: {record.getMessage()}: {record.exc_info[1]!r}")
