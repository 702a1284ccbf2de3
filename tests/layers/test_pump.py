"""Shared trips: who goes aboard which, and that nobody is left behind."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps

import pytest

from penstock.flow.pump import Pump
from penstock.model.errors import Unavailable
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of
from penstock.testing.virtual_loop import run_virtual

BULK = lane_of(LambdaId(1), Priority.NORMAL)
MAIL = lane_of(LambdaId(2), Priority.NORMAL)
ROW_S = 0.000_1


class Store:
    """Answers each item with itself. A trip takes as long as it has rows, and longer the more are under way."""

    def __init__(self) -> None:
        self.trips: list[list[int]] = []
        self.under_way = self.most_under_way = 0
        self.fails = False

    async def trip(self, items: list[int]) -> list[int]:
        self.trips.append(items)
        self.under_way += 1
        self.most_under_way = max(self.under_way, self.most_under_way)
        await asyncio.sleep(len(items) * ROW_S * self.under_way**2)
        self.under_way -= 1
        if self.fails:
            raise Unavailable("the store did not answer")
        return items


def virtually(scene: Callable[[], Coroutine[None, None, None]]) -> Callable[[], None]:
    @wraps(scene)
    def run() -> None:
        run_virtual(scene())

    return run


def pump_to(store: Store) -> Pump[int, int]:
    return Pump(store.trip, rows_max=1_000, in_flight_max=2)


async def flood(pump: Pump[int, int], lane: LaneId, callers: int, lasting_s: float) -> int:
    """So many callers, each of whom comes again at once; answers how many rows were carried."""
    until_s = asyncio.get_running_loop().time() + lasting_s
    carried = 0

    async def call() -> None:
        nonlocal carried
        while asyncio.get_running_loop().time() < until_s:
            answers = await pump.carry(list(range(1_000)), lane)
            carried += len(answers)

    await asyncio.gather(*[call() for _ in range(callers)])
    return carried


async def trickle(pump: Pump[int, int], lane: LaneId, lasting_s: float, rows: int = 10) -> list[float]:
    """A few rows every hundredth of a second; answers how long each call took, in seconds."""
    loop = asyncio.get_running_loop()
    took_s = []

    async def call() -> None:
        at_s = loop.time()
        assert await pump.carry(list(range(rows)), lane) == list(range(rows))
        took_s.append(loop.time() - at_s)

    calls = []
    until_s = loop.time() + lasting_s
    while loop.time() < until_s:
        calls.append(asyncio.ensure_future(call()))
        await asyncio.sleep(0.01)
    await asyncio.gather(*calls)
    return took_s


@virtually
async def test_a_lone_caller_goes_at_once_and_those_who_wait_share_a_trip() -> None:
    store = Store()
    pump = pump_to(store)
    calls = [asyncio.ensure_future(pump.carry([number])) for number in range(20)]
    assert await asyncio.gather(*calls) == [[number] for number in range(20)]
    assert [len(trip) for trip in store.trips] == [1, 1, 18]
    assert await pump.carry([]) == []


@virtually
async def test_an_error_goes_to_all_aboard_and_the_next_trip_goes() -> None:
    store = Store()
    pump = pump_to(store)
    store.fails = True
    calls = [asyncio.ensure_future(pump.carry([number])) for number in range(5)]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert all(isinstance(answer, Unavailable) for answer in answers)
    store.fails = False
    assert await pump.carry([7]) == [7]


@virtually
async def test_one_lane_alone_has_all_trips_and_never_rests() -> None:
    store = Store()
    carried = await flood(pump_to(store), BULK, callers=8, lasting_s=10.0)
    assert store.most_under_way == 2
    assert carried * ROW_S == pytest.approx(10.0 / 2, rel=0.2), "two at a time, each a quarter as fast"


@virtually
async def test_a_flood_of_one_lane_keeps_no_other_waiting() -> None:
    store = Store()
    pump = pump_to(store)
    flooding = asyncio.ensure_future(flood(pump, BULK, callers=8, lasting_s=20.0))
    took_s = sorted(await trickle(pump, MAIL, lasting_s=20.0, rows=5))
    assert took_s[len(took_s) * 95 // 100] < 0.02, "a trip of the flood takes 0.1 s"
    carried = await flooding
    assert carried * ROW_S > 20.0 / 8, "of what it has alone, its even share"


@virtually
async def test_what_rests_goes_on_when_nothing_else_ever_comes() -> None:
    store = Store()
    pump = pump_to(store)
    flooding = asyncio.ensure_future(flood(pump, BULK, callers=8, lasting_s=5.0))
    await trickle(pump, MAIL, lasting_s=4.9)
    await asyncio.wait([flooding], timeout=10.0)
    assert flooding.done()


@virtually
async def test_two_floods_share_and_a_trickle_passes_both() -> None:
    store = Store()
    pump = pump_to(store)
    other = lane_of(LambdaId(3), Priority.NORMAL)
    more = [lane_of(LambdaId(number), Priority.NORMAL) for number in range(4, 12)]
    floods = [asyncio.ensure_future(flood(pump, lane, callers=4, lasting_s=20.0)) for lane in (BULK, other)]
    quiet = [asyncio.ensure_future(trickle(pump, lane, lasting_s=20.0, rows=1)) for lane in (MAIL, *more)]
    took_s = sorted(each for took in await asyncio.gather(*quiet) for each in took)
    assert took_s[len(took_s) * 95 // 100] < 0.05
    one, two = await asyncio.gather(*floods)
    assert one == pytest.approx(two, rel=0.2)
