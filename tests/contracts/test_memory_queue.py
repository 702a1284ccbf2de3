"""The memory queue and the memory signals keep the contracts, in virtual time."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.memory import LaneBus, MemorySignals, MemoryWorkQueue, SignalBus
from penstock.testing.contracts import (
    QUEUE_IDEAS,
    SIGNALS_IDEAS,
    Idea,
    QueueScene,
    QueueUnderTest,
    SignalsUnderTest,
)
from penstock.testing.virtual_loop import run_virtual

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.lane import LaneId


class MemoryQueueUnderTest(QueueUnderTest):
    ack_wait_s = 5.0

    def __init__(self) -> None:
        self._bus = LaneBus(ack_wait_s=self.ack_wait_s)

    async def client(self) -> MemoryWorkQueue:
        queue = MemoryWorkQueue(self._bus)
        await queue.start()
        return queue

    async def lose(self, lane: LaneId) -> None:
        self._bus.lose(lane)

    async def wipe(self) -> None:
        self._bus.wipe()

    async def stop_engine(self) -> None:
        self._bus.go_down()

    async def start_engine(self) -> None:
        self._bus.come_back()


class MemorySignalsUnderTest(SignalsUnderTest):
    def __init__(self) -> None:
        self._bus = SignalBus()

    async def client(self) -> MemorySignals:
        return MemorySignals(self._bus)

    async def stop_engine(self) -> None:
        self._bus.is_up = False

    async def start_engine(self) -> None:
        self._bus.is_up = True


@asynccontextmanager
async def fresh_queue() -> AsyncIterator[QueueUnderTest]:
    yield MemoryQueueUnderTest()


@asynccontextmanager
async def fresh_signals() -> AsyncIterator[SignalsUnderTest]:
    yield MemorySignalsUnderTest()


@pytest.mark.parametrize("idea", QUEUE_IDEAS, ids=str)
def test_the_memory_queue_keeps_the_contract(idea: Idea[QueueUnderTest, QueueScene]) -> None:
    run_virtual(idea.check(fresh_queue), seed=1)


@pytest.mark.parametrize("idea", SIGNALS_IDEAS, ids=str)
def test_the_memory_signals_keep_the_contract(idea: Idea[SignalsUnderTest, SignalsUnderTest]) -> None:
    run_virtual(idea.check(fresh_signals), seed=1)
