"""What a simulation can make go wrong with the memory twins, and that the suites notice a broken adapter."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, TypeVar

import pytest

from penstock.adapters.memory import (
    LaneBus,
    LoopStoreTime,
    MemoryCluster,
    MemorySignals,
    MemoryStore,
    MemoryWorkQueue,
    SignalBus,
)
from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.signals import Topic
from penstock.testing.contracts import (
    ContractBroken,
    StoreUnderTest,
    exercise_admission,
    exercise_clock,
    exercise_due_work,
    exercise_membership,
    exercise_registry,
    exercise_results,
    exercise_signals,
    exercise_transitions,
    exercise_work_queue,
)
from penstock.testing.virtual_loop import run_virtual
from tests.contracts.memory_store import MemoryStoreUnderTest, fresh_memory_store
from tests.contracts.test_memory_queue import fresh_queue, fresh_signals

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from penstock.ports.work_queue import LaneMessage

Answer = TypeVar("Answer")
LANE = LaneId(6)
REFERENCE = Reference(TaskId(b"0123456789abcdef"))


class Weather:
    """Faults that a test sets as it goes."""

    def __init__(self) -> None:
        self.delays: Sequence[float] = (0.0,)
        self.acks_are_lost = False

    def arrivals(self, _lane: LaneId, _references: Sequence[Reference], /) -> Sequence[float]:
        return self.delays

    def loses_ack(self, _lane: LaneId, /) -> bool:
        return self.acks_are_lost


def received(weather: Weather, seconds: float, acknowledge: bool) -> list[float]:
    """When copies of one published message arrived within the first so many seconds."""

    async def program() -> list[float]:
        loop = asyncio.get_running_loop()
        queue = MemoryWorkQueue(LaneBus(weather, ack_wait_s=5.0))
        await queue.start()
        times: list[float] = []

        def take(message: LaneMessage) -> None:
            times.append(round(loop.time(), 3))
            if acknowledge:
                acknowledging.append(asyncio.ensure_future(message.done()))

        acknowledging: list[asyncio.Future[None]] = []
        queue.reader(LANE, take).want(100)
        queue.publish(LANE, [REFERENCE], 0)
        await asyncio.sleep(seconds)
        return times

    return run_virtual(program())


@pytest.mark.parametrize(
    ("delays", "acks_are_lost", "acknowledge", "expected"),
    [
        ((0.0,), False, True, [0.0]),
        ((), False, True, []),
        ((0.0, 0.0), False, True, [0.0, 0.0]),
        ((3.0,), False, True, [3.0]),
        ((0.0, 7.0), False, True, [0.0, 7.0]),
        ((0.0,), True, True, [0.0, 5.0, 10.0]),
        ((0.0,), False, False, [0.0, 5.0, 10.0]),
    ],
    ids=["healthy", "lost", "doubled", "late", "doubled and late", "acknowledgement lost", "not acknowledged"],
)
def test_messages_fare_as_the_faults_say(
    delays: Sequence[float], acks_are_lost: bool, acknowledge: bool, expected: list[float]
) -> None:
    weather = Weather()
    weather.delays, weather.acks_are_lost = delays, acks_are_lost
    assert received(weather, 12.0, acknowledge) == expected


def test_a_client_whose_process_died_gives_back_what_it_held() -> None:
    async def program() -> tuple[int, int]:
        bus = LaneBus(ack_wait_s=5.0)
        dead, heir = MemoryWorkQueue(bus), MemoryWorkQueue(bus)
        await dead.start()
        await heir.start()
        held: list[LaneMessage] = []
        inherited: list[LaneMessage] = []
        dead.reader(LANE, held.append).want(1)
        dead.publish(LANE, [REFERENCE], 0)
        await asyncio.sleep(1)
        dead.vanish()
        dead.publish(LANE, [REFERENCE], 0)
        heir.reader(LANE, inherited.append).want(9)
        await asyncio.sleep(5)
        assert dead.dropped == 1
        return len(held), len(inherited)

    assert run_virtual(program()) == (1, 1)


def test_signals_fare_as_the_faults_say() -> None:
    class EverySecondIsLostTheOthersLate:
        count = 0

        def arrivals(self, _topic: Topic, _body: bytes, /) -> Sequence[float]:
            self.count += 1
            return (2.0,) if self.count % 2 else ()

    async def program() -> list[bytes]:
        signals = MemorySignals(SignalBus(EverySecondIsLostTheOthersLate()))
        heard: list[bytes] = []
        signals.listen(Topic.DUE, heard.append)
        for number in range(4):
            signals.send(Topic.DUE, b"%d" % number)
        await asyncio.sleep(1)
        assert heard == []
        await asyncio.sleep(2)
        return heard

    assert sorted(run_virtual(program())) == [b"0", b"2"]


def test_healthy_signals_of_one_sender_keep_their_order() -> None:
    async def program() -> list[bytes]:
        signals = MemorySignals(SignalBus())
        heard: list[bytes] = []
        signals.listen(Topic.DUE, heard.append)
        for number in range(50):
            signals.send(Topic.DUE, bytes([number]))
        await asyncio.sleep(1)
        return heard

    assert run_virtual(program(), seed=1) == [bytes([number]) for number in range(50)]


def test_a_signal_on_its_way_is_not_heard_by_who_has_stopped() -> None:
    async def program() -> list[bytes]:
        signals = MemorySignals(SignalBus())
        heard: list[bytes] = []
        stop = signals.listen(Topic.DUE, heard.append)
        signals.send(Topic.DUE, b"too late")
        stop()
        await asyncio.sleep(1)
        return heard

    assert run_virtual(program()) == []


@pytest.mark.parametrize("commits", [False, True], ids=["before the commit", "after it"])
def test_a_trip_may_fail_before_or_after_its_effect(commits: bool) -> None:
    async def failing(operation: str, effect: Callable[[], Answer], /) -> Answer:
        assert operation == "registry.namespace"
        if commits:
            effect()
        raise Unavailable("nobody knows")

    async def program() -> bool:
        cluster = MemoryCluster(LoopStoreTime())
        with pytest.raises(Unavailable):
            await MemoryStore(cluster, failing).registry.namespace("blue")
        return "blue" in cluster.namespaces

    assert run_virtual(program()) is commits


def test_two_processes_see_one_store_and_its_clock_can_jump() -> None:
    async def program() -> None:
        time = LoopStoreTime()
        cluster = MemoryCluster(time)
        one, other = MemoryStore(cluster), MemoryStore(cluster)
        assert await one.registry.namespace("blue") == await other.registry.namespace("blue")
        await one.clock.compare()
        before_us = one.clock.now_us()
        time.jump(-3600)
        assert abs(one.clock.now_us() - before_us) < 1_000_000
        assert (await one.clock.compare()).drift_us == pytest.approx(-3_600_000_000, abs=1_000_000)
        assert one.clock.now_us() < before_us

    run_virtual(program())


def test_every_suite_can_be_exercised_whole() -> None:
    async def program() -> None:
        for exercise in (
            exercise_admission,
            exercise_due_work,
            exercise_transitions,
            exercise_results,
            exercise_registry,
            exercise_membership,
            exercise_clock,
        ):
            await exercise(fresh_memory_store)
        await exercise_work_queue(fresh_queue)
        await exercise_signals(fresh_signals)

    run_virtual(program(), seed=2)


def test_a_broken_adapter_is_told_every_duty_that_it_breaks() -> None:
    class DeafClock(MemoryStoreUnderTest):
        async def advance(self, seconds: float) -> None:
            """The store's clock never moves."""

    @asynccontextmanager
    async def fresh() -> AsyncIterator[StoreUnderTest]:
        yield DeafClock()

    with pytest.raises(ContractBroken, match=r"clock: 2 of 4 duties broken") as broken:
        run_virtual(exercise_clock(fresh))
    notes = {note for failure in broken.value.exceptions for note in failure.__notes__}
    assert {"clock: drift_is_told_once", "clock: a_jump_is_unknown_until_the_next_comparison"} <= notes
