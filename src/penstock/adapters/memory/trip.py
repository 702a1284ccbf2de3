"""The way to the store and back, as a place where a simulation can put delays and failures."""

import asyncio
from collections.abc import Callable
from typing import Protocol, TypeVar

Answer = TypeVar("Answer")


class Trip(Protocol):
    """Runs `effect`, which is the whole call as one atomic step, at a moment of its choice.

    It may raise `Unavailable` before it (nothing happened) or after it (it was committed and nobody knows).
    """

    async def __call__(self, operation: str, effect: Callable[[], Answer], /) -> Answer:
        """`operation` names the port's method, such as "admission.admit"."""


async def plain_trip(_operation: str, effect: Callable[[], Answer], /) -> Answer:
    """A healthy store: others run while the call is under way, the effect itself is one step."""
    await asyncio.sleep(0)
    return effect()
