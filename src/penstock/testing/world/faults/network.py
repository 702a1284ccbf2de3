"""Between processes: calls, answers, streams, whole hosts."""

import asyncio
from random import Random
from typing import TYPE_CHECKING, Final

from penstock.testing.world.faults.shape import Fault, bad_weather, felt

if TYPE_CHECKING:
    from penstock.testing.world.world import World


async def host_cut_off(world: "World", random: Random) -> bool:
    """No packet in or out."""
    name = random.choice([*(host.name for host in world.hosts), *world.places.orchestrators])
    before = world.chronicle.effects["host cut off"]
    world.weather.cut_off.add(name)
    await asyncio.sleep(random.choice((0.3, 2.0, world.terms.lease_s * 1.3)))
    world.weather.cut_off.discard(name)
    return world.chronicle.effects["host cut off"] > before


async def heartbeats_lost(world: "World", random: Random) -> bool:
    """Only the heartbeats, of all executors that one host has now."""
    before = world.chronicle.effects["heartbeat lost"]
    names = {each.spec.name for each in random.choice(world.hosts).living}
    world.weather.heartbeats_lost |= names
    await asyncio.sleep(random.uniform(1.0, world.terms.lease_s))
    world.weather.heartbeats_lost -= names
    return world.chronicle.effects["heartbeat lost"] > before


async def streams_cut(world: "World", random: Random) -> bool:
    """Each end hears of it in its own time."""
    streams = [stream for _, _, stream in world.places.streams if not stream.is_over]
    chosen = streams if random.random() < 0.3 else streams[:1] if random.random() < 0.5 else streams[-1:]
    for stream in chosen:
        stream.cut(random.choice((0.001, 1.0, 5.0)), random.choice((0.001, 1.0, 5.0)))
    return felt(world, bool(chosen), "stream cut", str(len(chosen)))


NETWORK: Final[dict[str, tuple[float, Fault]]] = {
    "host cut off": (1, host_cut_off),
    "heartbeats lost": (1, heartbeats_lost),
    "streams cut": (2, streams_cut),
    "calls lost": (1, bad_weather("calls_lost", "call lost", 0.1, 0.6, 3.0)),
    "answers lost": (2, bad_weather("answers_lost", "answer lost", 0.1, 0.6, 3.0)),
    "calls slow": (1, bad_weather("calls_slow", "call slow", 0.1, 0.6, 3.0)),
}
"""name -> (weight, fault)"""
