"""What a frontend refuses when more comes in than it can store, in which order, and how it comes back."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence

import pytest

from penstock.frontend.admission_control import HELD_S_MAX, LOOK_EVERY_S, AdmissionControl
from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.calls import ScheduleCall, TaskGroup
from penstock.frontend.overload import CALM_S, NEXT_S, STAYS_S, WAIT_S, Overload, Stage, fits
from penstock.frontend.schedule import ScheduleDesk
from penstock.model.errors import Overloaded
from penstock.model.lane import LaneId
from penstock.ports.admission import AdmitRequest, Admitted
from tests.layers.frontend_bench import FrontendBench, on_bench

TICK_S = 0.05


class Rules:
    """`Overload` with a clock that goes on by itself."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.rules = Overload(self.now_s)

    def go(self, lasting_s: float, wait_s: float = 0.0, late_s: float = 0.0, expected_s: float = 0.0) -> Stage:
        for _ in range(round(lasting_s / TICK_S)):
            self.now_s += TICK_S
            self.rules.look(wait_s, expected_s, late_s, self.now_s)
        return self.rules.stage


def test_a_short_wait_or_a_short_burst_refuses_nothing() -> None:
    rules = Rules()
    assert rules.go(60, WAIT_S) is Stage.NOTHING
    for _ in range(20):
        assert rules.go(STAYS_S - TICK_S, 5.0) is Stage.NOTHING
        rules.go(TICK_S, 0.0)


def test_lists_go_first_then_low_priority_then_schedules() -> None:
    rules = Rules()
    stages = [rules.go(TICK_S, 2 * WAIT_S) for _ in range(60)]
    assert [stages.index(stage) * TICK_S for stage in Stage] == pytest.approx(
        [0, STAYS_S, STAYS_S + NEXT_S, STAYS_S + 2 * NEXT_S], abs=4 * TICK_S
    )


def test_a_queue_that_cannot_be_served_in_a_second_is_stopped_at_once() -> None:
    rules = Rules()
    assert rules.go(5, wait_s=WAIT_S / 2, expected_s=9.0) is Stage.NOTHING, "as long as nobody waits for long"
    assert rules.go(TICK_S, wait_s=2 * WAIT_S, expected_s=0.9) is Stage.NOTHING
    assert rules.go(TICK_S, wait_s=2 * WAIT_S, expected_s=1.1) is Stage.SCHEDULES


def test_a_process_that_is_late_is_overloaded_too() -> None:
    rules = Rules()
    assert rules.go(3, late_s=2 * WAIT_S) is Stage.SCHEDULES
    rules.go(10, late_s=2 * WAIT_S)
    refused = sum(rules.rules.takes_its_part() for _ in range(1000))
    assert refused == pytest.approx(900, abs=2)
    rules.go(2)
    assert sum(rules.rules.takes_its_part() for _ in range(1000)) < 900, "fewer once it is in time"


def test_it_comes_back_stage_by_stage_once_nothing_waits_and_nothing_is_refused() -> None:
    rules = Rules()
    rules.go(3, 2 * WAIT_S)
    assert rules.go(CALM_S - 2 * TICK_S) is Stage.SCHEDULES
    rules.rules.refused(rules.now_s)
    assert rules.go(CALM_S - 2 * TICK_S) is Stage.SCHEDULES, "somebody was refused: it is not over"
    assert rules.go(4 * TICK_S) is Stage.LOW
    assert rules.go(CALM_S + TICK_S) is Stage.LISTS
    assert rules.go(CALM_S + TICK_S) is Stage.NOTHING
    assert not rules.rules.part_refused


def test_one_lambdas_flood_refuses_no_other_lambda() -> None:
    assert fits(waiting=90, own=90, lanes=1, more=10, bound=100)
    assert not fits(waiting=100, own=100, lanes=1, more=1, bound=100)
    assert fits(waiting=100, own=0, lanes=1, more=1, bound=100), "who has nothing waiting"
    assert fits(waiting=100, own=20, lanes=2, more=10, bound=100), "up to its even part"
    assert not fits(waiting=100, own=30, lanes=2, more=10, bound=100)


class SlowStore:
    """Stores so many tasks a second, one trip after the other."""

    def __init__(self, bench: FrontendBench, tasks_per_s: float) -> None:
        self._admission, self.tasks_per_s = bench.store.admission, tasks_per_s
        self.retry = self._admission.retry
        self._turn = asyncio.Lock()

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        async with self._turn:
            await asyncio.sleep(sum(len(request.tasks) for request in requests) / self.tasks_per_s)
            return await self._admission.admit(requests, room)


class Place:
    """A frontend before a slow store, and clients that come at a steady rate whatever they are answered."""

    def __init__(self, bench: FrontendBench, tasks_per_s: float) -> None:
        self.bench, self.loop = bench, asyncio.get_running_loop()
        self.store = SlowStore(bench, tasks_per_s)
        limits = PumpLimits(trip_rows_max=20)
        self.pump = AdmissionPump(self.store, bench.window, lambda *_: None, limits)
        self.control = AdmissionControl(self.pump, limits, self.loop.time)
        self.desk = ScheduleDesk(
            self.pump, bench.book, bench.store.clock, bench.new_token, bench.store.chains, control=self.control
        )
        self.taken: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.delays_s: list[float] = []
        self.accept_s: list[float] = []
        self.refuse_s: list[float] = []
        self._runs = asyncio.ensure_future(self.control.run())
        self._calls: set[asyncio.Task[None]] = set()

    async def call(self, name: str, priority: int) -> None:
        asked_s, label = self.loop.time(), f"{name}/{priority}"
        try:
            await self.desk.schedule(ScheduleCall("", [TaskGroup(name, [b"{}"], priority=priority)]))
        except Overloaded as refusal:
            self.delays_s.append(refusal.retry_after_s)
            self.refused[label] += 1
            self.refuse_s.append(self.loop.time() - asked_s)
        else:
            self.taken[label] += 1
            self.accept_s.append(self.loop.time() - asked_s)

    async def come(self, per_s: float, lasting_s: float, name: str = "mail.send", priority: int = 0) -> None:
        for _ in range(round(per_s * lasting_s)):
            call = asyncio.ensure_future(self.call(name, priority))
            self._calls.add(call)
            call.add_done_callback(self._calls.discard)
            await asyncio.sleep(1 / per_s)

    async def close(self) -> None:
        self._runs.cancel()
        await asyncio.gather(*self._calls)

    def forget(self) -> None:
        self.taken.clear()
        self.refused.clear()
        self.accept_s, self.refuse_s = [], []


@on_bench
async def test_twice_the_capacity_leaves_goodput_and_short_waits(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=200)
    await place.come(400, 5)
    place.forget()
    await place.come(400, 20)
    assert place.taken.total() >= 0.95 * 200 * 20
    assert max(place.accept_s) < 0.5
    assert max(place.refuse_s) < 0.05
    assert 0 < min(place.delays_s) <= max(place.delays_s) <= 5
    await place.close()


@on_bench
async def test_ten_times_the_capacity_leaves_goodput_and_it_recovers_by_itself(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=100)
    await place.come(1000, 5)
    place.forget()
    await place.come(1000, 10)
    assert place.taken.total() >= 0.8 * 100 * 10
    await place.come(50, 3 * CALM_S + 2)
    assert place.control.stage is Stage.NOTHING
    place.forget()
    await place.come(50, 5)
    assert not place.refused
    assert max(place.accept_s) < 0.15
    await place.close()


@on_bench
async def test_a_process_that_is_late_takes_its_time_to_refuse(bench: FrontendBench) -> None:
    """Its answers cost it as much as calls that it serves."""
    place = Place(bench, tasks_per_s=100)
    await place.come(1000, 1)
    for _ in range(60):
        place.control.look(10 * WAIT_S)
    place.forget()
    await place.come(1000, 0.1)
    await place.close()
    assert place.refuse_s
    assert min(place.refuse_s) > HELD_S_MAX / 2
    assert max(place.refuse_s) <= HELD_S_MAX


@on_bench
async def test_low_priority_and_lists_go_before_schedules(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=100)
    place.control.check_list()
    await asyncio.gather(place.come(120, 10), place.come(60, 10, priority=3))
    assert place.control.stage >= Stage.LOW
    with pytest.raises(Overloaded, match="lists are answered again"):
        place.control.check_list()
    low, normal = place.taken["mail.send/3"] / 600, place.taken["mail.send/0"] / 1200
    assert low < 0.4
    assert normal > 0.7
    await place.close()


@on_bench
async def test_a_flood_of_one_lambda_refuses_no_call_of_a_quiet_one(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=200)
    await asyncio.gather(place.come(1000, 15, "mail.flood"), place.come(10, 15, "mail.quiet"))
    assert place.refused["mail.flood/0"]
    assert not place.refused["mail.quiet/0"]
    await place.close()


@on_bench
async def test_one_lane_has_half_of_all_places_at_most(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=0.01)
    group = TaskGroup("mail.send", [b"{}"] * 10_000)
    calls = [asyncio.ensure_future(place.desk.schedule(ScheduleCall("", [group]))) for _ in range(3)]
    await asyncio.sleep(0.2)
    assert [call.done() for call in calls] == [False, False, True]
    with pytest.raises(Overloaded, match=r"20000 tasks of mail\.send are waiting"):
        calls[2].result()
    other = asyncio.ensure_future(place.desk.schedule(ScheduleCall("", [TaskGroup("mail.other", [b"{}"])])))
    await asyncio.sleep(0.2)
    assert not other.done(), "it waits for the store"
    for call in (*calls[:2], other):
        call.cancel()
    await asyncio.gather(*calls, other, return_exceptions=True)
    assert not place.control._rows, "who leaves gives its place back"


@on_bench
async def test_what_its_caller_waits_for_no_longer_is_not_stored(bench: FrontendBench) -> None:
    """A deadline that has passed ends the call on the server: before its work is done, not after it."""
    place = Place(bench, tasks_per_s=1)
    first = [asyncio.ensure_future(place.call("mail.send", 0)) for _ in range(60)]
    await asyncio.sleep(0.1)
    late = asyncio.ensure_future(place.call("mail.late", 0))
    await asyncio.sleep(0.1)
    late.cancel()
    await asyncio.gather(*first, late, return_exceptions=True)
    names = Counter(bench.cluster.lambdas[task.lane // 4].name for task in bench.cluster.tasks.values())  # type: ignore[index]
    assert names == {"mail.send": 60}
    assert place.pump.waiting == 0
    await place.close()


@on_bench
async def test_an_idle_frontend_looks_and_refuses_nothing(bench: FrontendBench) -> None:
    place = Place(bench, tasks_per_s=100)
    await asyncio.sleep(100 * LOOK_EVERY_S)
    assert place.control.stage is Stage.NOTHING
    await place.call("mail.send", 3)
    assert place.taken.total() == 1
    await place.close()


@on_bench
async def test_calls_of_other_lanes_wait_for_no_flood_at_the_door(bench: FrontendBench) -> None:
    """Neither of another lambda nor of another priority: they have their turn."""
    place = Place(bench, tasks_per_s=50)
    flood = [asyncio.ensure_future(place.call("mail.flood", 3)) for _ in range(200)]
    await asyncio.sleep(0.5)
    place.forget()
    others = [asyncio.ensure_future(place.call(*call)) for call in (("mail.flood", 1), ("mail.quiet", 2))]
    await asyncio.gather(*others)
    assert place.taken["mail.flood/1"] == place.taken["mail.quiet/2"] == 1
    assert sum(not call.done() for call in flood) >= 100
    await asyncio.gather(*flood)
    await place.close()
