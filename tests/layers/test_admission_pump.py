"""Calls that share trips to the store: one lambda's flood beside another's trickle."""

import asyncio
from collections.abc import Mapping, Sequence

from penstock.frontend.admission_control import AdmissionControl
from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.calls import ScheduleCall, TaskGroup
from penstock.frontend.overload import Stage
from penstock.frontend.schedule import ScheduleDesk
from penstock.model.lane import LaneId
from penstock.ports.admission import AdmitRequest, Admitted
from tests.layers.frontend_bench import FrontendBench, on_bench

TASK_S = 0.000_1


class SharedStore:
    """A trip takes as long as it has tasks, and longer the more are under way."""

    def __init__(self, bench: FrontendBench) -> None:
        self._admission = bench.store.admission
        self.retry = self._admission.retry
        self._under_way = 0

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        self._under_way += 1
        try:
            await asyncio.sleep(sum(len(request.tasks) for request in requests) * TASK_S * self._under_way**2)
            return await self._admission.admit(requests, room)
        finally:
            self._under_way -= 1


class Door:
    """A frontend before it."""

    def __init__(self, bench: FrontendBench) -> None:
        self.loop = asyncio.get_running_loop()
        limits = PumpLimits()
        self.pump = AdmissionPump(SharedStore(bench), bench.window, lambda *_: None, limits)
        self.control = AdmissionControl(self.pump, limits, self.loop.time)
        self.desk = ScheduleDesk(
            self.pump, bench.book, bench.store.clock, bench.new_token, bench.store.chains, control=self.control
        )
        self._runs = asyncio.ensure_future(self.control.run())

    async def schedule(self, name: str, count: int) -> None:
        await self.desk.schedule(ScheduleCall("", [TaskGroup(name, [b"{}"] * count)]))

    async def flood(self, lasting_s: float) -> int:
        """Four callers, each of whom comes again at once; answers how many tasks were stored."""
        until_s, before = self.loop.time() + lasting_s, self.pump.stored

        async def call() -> None:
            while self.loop.time() < until_s:
                await self.schedule("bulk.load", 1_000)

        await asyncio.gather(*[call() for _ in range(4)])
        return self.pump.stored - before

    async def trickle(self, lasting_s: float) -> list[float]:
        """Fifty calls a second; answers how long each took, in seconds, in order of their length."""
        took_s: list[float] = []

        async def call() -> None:
            at_s = self.loop.time()
            await self.schedule("mail.send", 5)
            took_s.append(self.loop.time() - at_s)

        calls = []
        until_s = self.loop.time() + lasting_s
        while self.loop.time() < until_s:
            calls.append(asyncio.ensure_future(call()))
            await asyncio.sleep(0.02)
        await asyncio.gather(*calls)
        return sorted(took_s)

    def close(self) -> None:
        self._runs.cancel()


@on_bench
async def test_a_flood_of_one_lambda_keeps_no_call_of_another_waiting(bench: FrontendBench) -> None:
    door = Door(bench)
    flooding = asyncio.ensure_future(door.flood(lasting_s=10.0))
    took_s = await door.trickle(lasting_s=10.0)
    assert took_s[len(took_s) * 95 // 100] < 0.02, "a trip of the flood takes a tenth of a second at least"
    assert await flooding > 10_000, "a fifth of what it would have alone: its even share and the way there"
    door.close()


@on_bench
async def test_a_flood_that_rests_for_others_sake_is_no_overload(bench: FrontendBench) -> None:
    door = Door(bench)
    flooding = asyncio.ensure_future(door.flood(lasting_s=10.0))
    await door.trickle(lasting_s=9.0)
    assert door.control.stage is Stage.NOTHING
    await flooding
    assert door.pump.waiting == 0
    door.close()
