"""The store's clock: it jumps, at the worst moments too, and drifts."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from penstock.testing.world.faults.shape import Fault, felt

if TYPE_CHECKING:
    from penstock.testing.world.world import World

CLOCK_POINTS: Final = (
    "clock.compare",
    "due_work.overdue",
    "due_work.overdue",
    "due_work.enqueue_due",
    "transitions.claim",
    "transitions.heartbeat",
    "transitions.apply",
    "membership.hold_buckets",
    "admission.admit",
    "ticks.due",
    "ticks.advance",
    "ticks.advance",
    "gates.order",
    "gates.unsettled",
)
TWO_HOURS_S: Final = 7200.0


async def clock_jumped(world: "World", random: Random) -> bool:
    """The store's clock, at any time."""
    small = random.choice((random.uniform(-3.0, 3.0), random.uniform(-0.9, 0.9)))
    return _jump(world, _far(world, random) if random.random() < 0.6 else small)


async def clock_jumped_at_a_call(world: "World", random: Random) -> bool:
    """Right before or after the effect of a call: between two looks at the clock."""
    operation, took = random.choice(CLOCK_POINTS), list[bool]()
    plan = (random.choice(("before", "after")), lambda _: took.append(_jump(world, _far(world, random))))
    world.weather.at_next_trip.setdefault(operation, []).append(plan)
    await asyncio.sleep(3.0)
    return any(took)


async def clock_drifted(world: "World", random: Random) -> bool:
    """The store's clock runs fast or slow for a while."""
    rate = random.choice((0.95, 0.99, 1.01, 1.05))
    world.store_time.run_at(rate)
    await asyncio.sleep(random.uniform(2.0, 8.0))
    world.store_time.run_at(1.0)
    return felt(world, True, "clock drifted", str(rate))


def _jump(world: "World", seconds: float) -> bool:
    world.store_time.jump(seconds)
    return felt(world, True, "clock jumped forwards" if seconds > 0 else "clock jumped backwards", f"{seconds:+g} s")


def _far(world: "World", random: Random) -> float:
    """Two hours off, or back to where it was: a clock is wrong by so much, not by ever more."""
    off_s = world.store_time.off_s
    if abs(off_s) > TWO_HOURS_S / 2:
        return -off_s
    return TWO_HOURS_S if world.seed % 2 else -TWO_HOURS_S


CLOCK: Final[dict[str, tuple[float, Fault]]] = {
    "clock jumped": (1.5, clock_jumped),
    "clock jumped at a call": (1.5, clock_jumped_at_a_call),
    "clock drifted": (0.5, clock_drifted),
}
"""name -> (weight, fault)"""
