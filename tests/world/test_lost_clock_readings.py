"""A comparison of clocks whose answer is lost teaches nothing: the next one must still see the jump."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from penstock.adapters.memory import LoopStoreTime, MemoryCluster, MemoryStore
from penstock.model.errors import Unavailable
from penstock.testing.virtual_loop import run_virtual

Answer = TypeVar("Answer")


class LossyTrip:
    """The store answers; whether the answer arrives is set from outside."""

    loses = False

    async def __call__(self, _operation: str, effect: Callable[[], Answer], /) -> Answer:
        answer = effect()
        if self.loses:
            raise Unavailable("the answer was lost")
        return answer


def test_a_jump_is_seen_after_a_comparison_that_was_lost() -> None:
    async def body() -> int:
        time, trip = LoopStoreTime(), LossyTrip()
        clock = MemoryStore(MemoryCluster(time), trip).clock
        await clock.compare()
        time.jump(7_200)
        trip.loses = True
        with pytest.raises(Unavailable):
            await clock.compare()
        trip.loses = False
        return (await clock.compare()).drift_us

    assert run_virtual(body()) == 7_200_000_000
