"""Frontends and orchestrators: killed at any step, stopped in order, paused."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from penstock.testing.world.faults.pausing import pause
from penstock.testing.world.faults.shape import Fault, felt

if TYPE_CHECKING:
    from penstock.testing.world.world import World

CRASH_POINTS: Final = (
    "admission.admit",
    "admission.retry",
    "transitions.claim",
    "transitions.claim",
    "transitions.apply",
    "transitions.apply",
    "transitions.heartbeat",
    "transitions.read",
    "due_work.enqueue_due",
    "due_work.enqueue_due",
    "due_work.overdue",
    "gates.order",
    "gates.settle",
    "gates.drop_held",
    "due_work.look_later",
    "membership.hold_buckets",
    "results.ended",
    "deliveries.raise_heads",
    "deliveries.make",
    "deliveries.claim",
    "deliveries.apply",
    "deliveries.lower",
    "source.read",
    "journal.append",
)


async def server_killed(world: "World", random: Random) -> bool:
    """SIGKILL, at any time."""
    name = random.choice([*world.places.frontends, *world.places.orchestrators])
    return felt(world, world.places.kill(name), f"{name.partition('-')[0]} killed", name)


async def server_killed_at_a_call(world: "World", random: Random) -> bool:
    """SIGKILL right before or after the commit of one of its calls to the store."""
    operation = random.choice(CRASH_POINTS)
    took: list[bool] = []

    def kill(process: str) -> None:
        name = process.partition(".")[0]
        kind = name.partition("-")[0]
        took.append(felt(world, world.places.kill(name), f"{kind} killed at a call of the store", operation))

    plan = (random.choice(("before", "after")), kill)
    world.weather.at_next_trip.setdefault(operation, []).append(plan)
    await asyncio.sleep(3.0)
    return any(took)


async def server_stopped_in_order(world: "World", random: Random) -> bool:
    """SIGTERM."""
    name = random.choice([*world.places.frontends, *world.places.orchestrators])
    return felt(world, world.places.stop_in_order(name), f"{name.partition('-')[0]} stopped in order", name)


async def server_paused(world: "World", random: Random) -> bool:
    """SIGSTOP, also for longer than any lease, and SIGCONT."""
    server = world.places.server(random.choice([*world.places.frontends, *world.places.orchestrators]))
    if server is None:
        return False
    kind = server.host.partition("-")[0]
    return await pause(world, [server.process], random.choice((0.3, 2.0, world.terms.lease_s + 1.0)), f"{kind} paused")


SERVERS: Final[dict[str, tuple[float, Fault]]] = {
    "server killed": (2, server_killed),
    "server killed at a call": (4, server_killed_at_a_call),
    "server stopped in order": (1, server_stopped_in_order),
    "server paused": (1.5, server_paused),
}
"""name -> (weight, fault)"""
