"""A controller with processes made of air: what it starts, starts again and stops."""

import asyncio
from typing import Any

import pytest

from penstock.execution import Controller, ControllerTuning, Group, plan_groups
from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.lifecycle import Event
from penstock.model.task import ClaimKey
from penstock.ports.hosts import (
    Draining,
    ExecutorSpec,
    KillMe,
    QuarantineWanted,
    Ready,
)
from penstock.testing.virtual_loop import run_virtual
from tests.layers.air_processes import IDS, AirProcess, Desk, claim, now_s


class AirHosts:
    def __init__(self) -> None:
        self.processes: list[AirProcess] = []
        self.failures_left = 0

    async def start(self, spec: ExecutorSpec) -> AirProcess:
        if self.failures_left:
            self.failures_left -= 1
            raise OSError("no processes left")
        process = AirProcess(spec)
        process.say(Ready())
        self.processes.append(process)
        return process

    def living(self) -> list[AirProcess]:
        return [process for process in self.processes if not process.status.done()]


class Office:
    def __init__(self, *groups: Group, **tuning: Any) -> None:
        self.hosts, self.desk = AirHosts(), Desk()
        self.unregistered = 0
        self.controller = Controller(
            "host",
            "app:app",
            groups,
            self.hosts,
            self.desk,
            self._register,
            ControllerTuning(**tuning),
            now_s,
            lambda: 0.5,
        )
        self.run = asyncio.create_task(self.controller.run())

    async def _register(self) -> None:
        if self.unregistered:
            self.unregistered -= 1
            raise Unavailable("not yet")

    def quarantined(self) -> list[AirProcess]:
        return [process for process in self.hosts.living() if process.spec.quarantine]

    async def close(self) -> None:
        self.controller.stop()
        await self.run


TWO = (Group("a", ("app.a",)), Group("b", ("app.b", "app.c")))


def test_one_executor_a_group_after_the_registration_was_accepted() -> None:
    async def main() -> None:
        office = Office(*TWO)
        office.unregistered = 3
        await asyncio.sleep(0.01)
        assert not office.hosts.processes
        await asyncio.sleep(5)
        assert [process.spec.lambdas for process in office.hosts.processes] == [("app.a",), ("app.b", "app.c")]
        assert [process.spec.name for process in office.hosts.processes] == ["host/a-1", "host/b-2"]
        await office.close()
        assert not office.hosts.living()
        assert all(process.asked == [False] for process in office.hosts.processes)

    run_virtual(main())


def test_crashes_are_restarted_ever_more_slowly_and_health_forgives() -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.a",)))
        for _ in range(12):
            while not office.hosts.living():
                await asyncio.sleep(0.01)
            office.hosts.living()[0].exit(1)
            await asyncio.sleep(0.01)
        assert now_s() > 20
        while not office.hosts.living():
            await asyncio.sleep(0.01)
        await asyncio.sleep(11)
        office.hosts.living()[0].exit(1)
        await asyncio.sleep(0.5)
        assert office.hosts.living()
        await office.close()

    run_virtual(main())


def test_a_crash_with_running_code_opens_a_quarantine_that_may_leave() -> None:
    async def main() -> None:
        office = Office(*TWO)
        await asyncio.sleep(0.1)
        victim = office.hosts.processes[1]
        victim.claims = [claim(0), claim(1, started=False)]
        victim.exit(-9)
        await asyncio.sleep(1)
        quarantine = office.quarantined()
        assert [process.spec.lambdas for process in quarantine] == [("app.b", "app.c")]
        quarantine[0].claims = [claim(0)]
        quarantine[0].exit(-9)
        await asyncio.sleep(2)
        again = office.quarantined()
        assert len(again) == 1
        assert [report.ending for report in office.desk.reports][-1] is Event.CRASHED_ALONE
        again[0].exit(0)
        await asyncio.sleep(30)
        assert not office.quarantined()
        office.hosts.living()[0].say(QuarantineWanted(("app.a",)))
        await asyncio.sleep(1)
        assert len(office.quarantined()) == 1
        await office.close()

    run_virtual(main())


def test_many_suspects_are_tried_side_by_side_up_to_a_limit() -> None:
    async def main() -> None:
        office = Office(*TWO)
        await asyncio.sleep(0.1)
        first, second = office.hosts.living()
        for victim, suspects, quarantined in ((first, 2, 2), (second, 5, 4)):
            victim.claims = [claim(number) for number in range(suspects)]
            victim.exit(-9)
            await asyncio.sleep(1)
            assert len(office.quarantined()) == quarantined
        assert {process.spec.lambdas for process in office.quarantined()} == {("app.a",), ("app.b", "app.c")}
        await office.close()

    run_virtual(main())


def test_each_group_has_a_quarantine_of_its_own_whatever_the_limit() -> None:
    async def main() -> None:
        office = Office(*TWO, quarantines_max=1)
        await asyncio.sleep(0.1)
        for victim in office.hosts.living():
            victim.claims = [claim(0), claim(1)]
            victim.exit(-9)
        await asyncio.sleep(1)
        assert [process.spec.lambdas for process in office.quarantined()] == [("app.a",), ("app.b", "app.c")]
        await office.close()

    run_virtual(main())


def test_a_quarantine_that_is_wanted_is_one_more_when_all_before_it_are_busy() -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.a",)))
        await asyncio.sleep(0.1)
        asking = office.hosts.living()[0]
        for there in (1, 2, 3, 4, 4):
            for _ in range(2):
                asking.say(QuarantineWanted(("app.a",)))
                await asyncio.sleep(1)
                assert len(office.quarantined()) == there, "the last one is idle"
            for process in office.quarantined():
                process.claims = [claim(0)]
        await office.close()

    run_virtual(main())


def test_a_crash_is_one_entry_of_the_log_and_names_its_lambda(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.it", "app.other")))
        await asyncio.sleep(0.1)
        for claims in ([claim(0)], [claim(0)], [claim(0), claim(1), claim(2, started=False)], []):
            while not office.hosts.living():
                await asyncio.sleep(0.1)
            victim = office.hosts.living()[0]
            victim.claims = claims
            victim.crashed_at = "Fatal Python error: Segmentation fault\n  line 3 in crash"
            victim.exit(-11)
            await asyncio.sleep(0.01)
            for quarantine in office.quarantined():
                quarantine.exit(0)
        await office.close()

    with caplog.at_level("WARNING", "penstock.execution"):
        run_virtual(main())
    first, again, both, idle = [record.getMessage() for record in caplog.records]
    assert first == (
        "app.it: host/a-1 crashed with its task: killed by SIGSEGV\n"
        "Fatal Python error: Segmentation fault\n  line 3 in crash"
    )
    assert again.startswith("app.it: host/a-")
    assert again.endswith(" crashed with its task: killed by SIGSEGV, where it did the last time")
    assert "its 2 tasks, of which any may be guilty" in both
    assert idle.endswith("ended (crashed): killed by SIGSEGV")


def test_a_draining_executor_is_replaced_before_it_is_gone() -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.a",)))
        await asyncio.sleep(0.1)
        first = office.hosts.processes[0]
        first.claims = [claim(0), claim(1)]
        first.say(Draining((ClaimKey(IDS[0], 1),)))
        await asyncio.sleep(1)
        assert len(office.hosts.living()) == 2
        first.say(KillMe((ClaimKey(IDS[0], 1),)))
        await asyncio.sleep(1)
        assert office.hosts.living() == [office.hosts.processes[1]]
        assert [report.ending for report in office.desk.reports] == [Event.TIMED_OUT, Event.LEASE_LOST]
        await office.close()

    run_virtual(main())


def test_an_executor_that_ignores_the_stop_is_killed_in_time() -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.a",)))
        await asyncio.sleep(0.1)
        (deaf,) = office.hosts.processes
        deaf.claims = [claim(0)]
        deaf.ask_to_stop = lambda hand_back: None  # type: ignore[method-assign]
        before_s = now_s()
        await office.close()
        assert now_s() - before_s <= 30
        assert [report.ending for report in office.desk.reports] == [Event.RELEASE]

    run_virtual(main())


def test_a_host_out_of_processes_is_tried_again() -> None:
    async def main() -> None:
        office = Office(Group("a", ("app.a",)))
        office.hosts.failures_left = 3
        await asyncio.sleep(5)
        assert len(office.hosts.living()) == 1
        await office.close()

    run_virtual(main())


def test_the_plan_puts_every_lambda_in_one_group() -> None:
    names = ["app.a", "app.b", "app.c"]
    assert plan_groups(names, {}) == [Group(name, (name,)) for name in names]
    assert plan_groups(names, {"pair": ["app.c", "app.a"], "empty": []}) == [
        Group("pair", ("app.c", "app.a")),
        Group("app.b", ("app.b",)),
    ]
    with pytest.raises(InvalidInput, match="no lambda"):
        plan_groups(names, {"pair": ["app.x"]})
    with pytest.raises(InvalidInput, match="already"):
        plan_groups(names, {"one": ["app.a"], "two": ["app.a"]})
