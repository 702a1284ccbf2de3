"""What faults share: their shape, and how it is noted that one was felt."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from penstock.testing.world.world import World

Fault = Callable[["World", Random], Awaitable[bool]]
"""Answers, when it is over, whether it had anything to take hold of."""

SIGKILL_STATUS: Final = -9


def felt(world: "World", took: bool, fault: str, detail: str = "") -> bool:
    """Note it, if it had anything to take hold of; answers whether it had."""
    if took:
        world.chronicle.took_effect(fault, "nemesis", detail=detail)
    return took


def bad_weather(field: str, felt_as: str, low: float, high: float, longest_s: float) -> Fault:
    """One of the weather's shares is raised for a while."""

    async def fault(world: "World", random: Random) -> bool:
        before = world.chronicle.effects[felt_as]
        share = random.uniform(low, high)
        setattr(world.weather, field, share)
        await asyncio.sleep(random.uniform(0.3, longest_s))
        setattr(world.weather, field, 0.0)
        return world.chronicle.effects[felt_as] > before

    return fault
