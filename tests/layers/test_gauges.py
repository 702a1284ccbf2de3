"""Lane gauges: what is told, what is heard, and how the window follows the drain."""

import asyncio

from penstock.adapters.memory import MemorySignals, SignalBus
from penstock.flow.gauges import WINDOW_MIN, Gauges
from penstock.model.lane import LaneId
from penstock.ports.signals import Topic
from penstock.testing.virtual_loop import run_virtual

LANE = LaneId(6)


def test_a_lane_nobody_has_spoken_of_has_the_smallest_window() -> None:
    async def body() -> None:
        gauges = Gauges(MemorySignals(SignalBus()), "one")
        assert gauges.room(LANE) == WINDOW_MIN
        gauges.published(LANE, 150)
        assert gauges.room(LANE) == WINDOW_MIN - 150
        gauges.published(LANE, 150)
        assert gauges.room(LANE) == 0

    run_virtual(body())


def test_the_window_is_two_seconds_of_the_drain_told_by_another_process() -> None:
    async def body() -> None:
        bus = SignalBus()
        server, frontend = Gauges(MemorySignals(bus), "server"), Gauges(MemorySignals(bus), "frontend")
        telling = asyncio.ensure_future(server.run())
        for _ in range(30):
            server.drained(LANE, 500, waiting=40)  # 5,000 a second
            await asyncio.sleep(0.1)
        assert 9_000 < frontend.room(LANE) < 11_000
        assert frontend.references_per_message(LANE) == 100
        telling.cancel()

    run_virtual(body())


def test_what_was_published_counts_until_the_next_gauge_says_better() -> None:
    async def body() -> None:
        bus = SignalBus()
        server, frontend = Gauges(MemorySignals(bus), "server"), Gauges(MemorySignals(bus), "frontend")
        frontend.published(LANE, 200)
        assert frontend.room(LANE) == 0
        server.drained(LANE, 1, waiting=0)
        server.tell()
        await asyncio.sleep(0.01)
        assert frontend.room(LANE) >= WINDOW_MIN

    run_virtual(body())


def test_a_drain_nobody_speaks_of_any_more_is_forgotten() -> None:
    async def body() -> None:
        bus = SignalBus()
        server, frontend = Gauges(MemorySignals(bus), "server"), Gauges(MemorySignals(bus), "frontend")
        server._told_at = asyncio.get_running_loop().time() - 0.1
        server.drained(LANE, 5_000, waiting=0)
        server.tell()
        await asyncio.sleep(0.01)
        assert frontend.room(LANE) > 10 * WINDOW_MIN
        await asyncio.sleep(5)
        assert frontend.room(LANE) == WINDOW_MIN

    run_virtual(body())


def test_a_loss_empties_the_estimates() -> None:
    async def body() -> None:
        gauges = Gauges(MemorySignals(SignalBus()), "one")
        gauges.published(LANE, 500)
        gauges.forget()
        assert gauges.room(LANE) == WINDOW_MIN

    run_virtual(body())


def test_a_gauge_from_a_stranger_changes_nothing() -> None:
    async def body() -> None:
        signals = MemorySignals(SignalBus())
        gauges = Gauges(signals, "one")
        for body_ in (b"", b"\xc1", b"not msgpack", b"\x93\x01\x02\x03"):
            signals.send(Topic.GAUGE, body_)
        await asyncio.sleep(0.01)
        assert gauges.room(LANE) == WINDOW_MIN

    run_virtual(body())


def test_an_idle_process_tells_nothing() -> None:
    async def body() -> None:
        signals = MemorySignals(SignalBus())
        heard: list[bytes] = []
        signals.listen(Topic.GAUGE, heard.append)
        gauges = Gauges(signals, "one")
        telling = asyncio.ensure_future(gauges.run())
        await asyncio.sleep(10)
        assert heard == []
        gauges.drained(LANE, 10, waiting=0)
        await asyncio.sleep(60)
        assert 0 < len(heard) < 60
        telling.cancel()

    run_virtual(body())
