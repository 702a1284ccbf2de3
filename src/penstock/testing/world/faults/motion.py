"""The queue and the signals: everything in them may be lost, doubled, late."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from penstock.model.lane import lanes_of
from penstock.testing.world.faults.shape import Fault, bad_weather, felt

if TYPE_CHECKING:
    from penstock.testing.world.world import World


async def queue_wiped(world: "World", _random: Random) -> bool:
    """Its data are gone; it is there again at once."""
    took = _lanes_hold_something(world)
    world.lane_bus.wipe()
    return felt(world, took, "queue wiped")


async def queue_down(world: "World", random: Random) -> bool:
    """It is away for a while, and returns empty."""
    took, before = _lanes_hold_something(world), world.chronicle.effects["queue down"]
    if not world.lane_bus.is_up:
        return False
    world.lane_bus.go_down()
    await asyncio.sleep(random.uniform(0.2, 5.0))
    world.lane_bus.come_back()
    return felt(world, took, "queue down") or world.chronicle.effects["queue down"] > before


async def lane_emptied(world: "World", random: Random) -> bool:
    """What waits in some lanes is gone, and nobody is told."""
    took = False
    for lambda_id in world.cluster.lambdas:
        for lane in lanes_of(lambda_id):
            if random.random() < 0.7:
                took = took or world.lane_bus.oldest_us(lane) is not None
                world.lane_bus.lose(lane)
    return felt(world, took, "lane emptied")


def _lanes_hold_something(world: "World") -> bool:
    return any(
        world.lane_bus.oldest_us(lane) is not None
        for lambda_id in world.cluster.lambdas
        for lane in lanes_of(lambda_id)
    )


MOTION: Final[dict[str, tuple[float, Fault]]] = {
    "lane messages lost": (2, bad_weather("lane_messages_lost", "lane message lost", 0.2, 1.0, 4.0)),
    "lane messages doubled": (1, bad_weather("lane_messages_doubled", "lane message doubled", 0.2, 0.9, 4.0)),
    "lane messages late": (1, bad_weather("lane_messages_late", "lane message late", 0.2, 0.9, 4.0)),
    "lane acknowledgements lost": (1, bad_weather("lane_acks_lost", "lane acknowledgement lost", 0.2, 1.0, 4.0)),
    "signals lost": (1, bad_weather("signals_lost", "signal lost", 0.3, 1.0, 6.0)),
    "signals doubled": (0.5, bad_weather("signals_doubled", "signal doubled", 0.3, 1.0, 3.0)),
    "signals late": (0.5, bad_weather("signals_late", "signal late", 0.3, 1.0, 3.0)),
    "pings lost": (1, bad_weather("pings_lost", "pings lost", 0.3, 1.0, 5.0)),
    "pings doubled": (0.3, bad_weather("pings_doubled", "pings doubled", 0.3, 1.0, 3.0)),
    "pings late": (0.5, bad_weather("pings_late", "pings late", 0.3, 1.0, 3.0)),
    "pings absurd": (1, bad_weather("pings_absurd", "pings absurd", 0.3, 1.0, 4.0)),
    "queue wiped": (1, queue_wiped),
    "queue down": (1, queue_down),
    "lanes emptied": (1, lane_emptied),
}
"""name -> (weight, fault)"""
