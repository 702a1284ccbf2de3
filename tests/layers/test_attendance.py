"""Who is there: counted at orchestrators, told once a second, forgotten when nobody repeats it."""

import asyncio

import msgspec

from penstock.adapters.memory import MemorySignals, SignalBus
from penstock.flow.attendance import FORGET_AFTER_S, LAMBDAS_A_MESSAGE, AttendanceBook, AttendanceTeller
from penstock.model.attendance import NOBODY, Attendance
from penstock.model.lane import LambdaId, lambda_of
from penstock.ports.signals import Topic
from penstock.testing.virtual_loop import run_virtual
from tests.layers.flow_bench import FlowBench, on_bench

ONE, TWO = LambdaId(1), LambdaId(2)
BUSY, READY = Attendance(busy=1, busy_s=5.0), Attendance(ready=1, credit=4)


class Scene:
    """Two orchestrators and a frontend; `there` is what each orchestrator sees."""

    def __init__(self) -> None:
        self.bus = SignalBus()
        self.there: dict[str, dict[LambdaId, Attendance]] = {"a": {}, "b": {}}
        self.book = AttendanceBook(MemorySignals(self.bus))
        self.tellers = {
            name: AttendanceTeller(MemorySignals(self.bus), name, lambda name=name: self.there[name])  # type: ignore[misc]
            for name in self.there
        }

    async def tell(self, *names: str) -> None:
        for name in names:
            self.tellers[name].tell()
        await asyncio.sleep(0.01)


def test_before_an_orchestrator_has_said_anything_nothing_is_known() -> None:
    async def body() -> None:
        scene = Scene()
        await asyncio.sleep(60)
        assert scene.book.of(ONE) is None
        await scene.tell("a")
        assert scene.book.of(ONE) == NOBODY, "one without streams says so"
        await asyncio.sleep(FORGET_AFTER_S)
        assert scene.book.of(ONE) is None

    run_virtual(body())


def test_a_frontend_that_has_just_started_does_not_take_what_it_has_not_heard_for_nobody() -> None:
    async def body() -> None:
        scene = Scene()
        scene.there["b"][ONE] = READY
        await scene.tell("a")
        assert scene.book.of(ONE) is None
        await scene.tell("b")
        assert scene.book.of(ONE) == READY
        assert scene.book.of(TWO) is None

    run_virtual(body())


def test_what_several_say_is_added_up_and_a_farewell_is_heard_at_once() -> None:
    async def body() -> None:
        scene = Scene()
        await asyncio.sleep(FORGET_AFTER_S)
        scene.there["a"][ONE], scene.there["b"][ONE] = BUSY, READY
        await scene.tell("a", "b")
        assert scene.book.of(ONE) == Attendance(ready=1, busy=1, credit=4)
        del scene.there["b"][ONE]
        await scene.tell("b")
        assert scene.book.of(ONE) == BUSY
        scene.there["a"].clear()
        await scene.tell("a")
        assert scene.book.of(ONE) == NOBODY

    run_virtual(body())


def test_an_orchestrator_that_died_is_forgotten_and_one_that_stops_says_so() -> None:
    async def body() -> None:
        scene = Scene()
        scene.there["a"][ONE] = scene.there["b"][ONE] = READY
        running = asyncio.ensure_future(scene.tellers["b"].run())
        await scene.tell("a")
        await asyncio.sleep(FORGET_AFTER_S)
        assert scene.book.of(ONE) == READY, "b only"
        running.cancel()
        await asyncio.wait([running])
        await asyncio.sleep(0.01)
        assert scene.book.of(ONE) == NOBODY

    run_virtual(body())


def test_the_dead_leave_nothing_behind() -> None:
    async def body() -> None:
        bus = SignalBus()
        book = AttendanceBook(MemorySignals(bus))
        for number in range(50):
            AttendanceTeller(MemorySignals(bus), f"life {number}", lambda: {ONE: READY}).tell()
            await asyncio.sleep(FORGET_AFTER_S)
        assert len(book._heard_at) <= 2
        assert len(book._there[ONE]) <= 2

    run_virtual(body())


def test_many_lambdas_travel_in_several_messages() -> None:
    async def body() -> None:
        scene = Scene()
        sizes: list[int] = []
        MemorySignals(scene.bus).listen(Topic.ATTENDANCE, lambda body: sizes.append(len(body)))
        scene.there["a"] = {LambdaId(number): BUSY for number in range(2 * LAMBDAS_A_MESSAGE + 1)}
        await scene.tell("a")
        assert len(sizes) == 3
        assert max(sizes) < 100_000
        assert all(scene.book.of(lambda_id) == BUSY for lambda_id in scene.there["a"])

    run_virtual(body())


def test_what_a_stranger_says_changes_nothing() -> None:
    async def body() -> None:
        scene = Scene()
        signals = MemorySignals(scene.bus)
        wrong = msgspec.msgpack.encode(["x", [1, 2], [[1, 0, 0, 0, 0, 0, 4, 0.0]]])
        for said in (b"", b"\xc1", b"no msgpack", msgspec.msgpack.encode(["x", [1], [[1]]]), wrong):
            signals.send(Topic.ATTENDANCE, said)
        await asyncio.sleep(FORGET_AFTER_S + 1)
        assert scene.book.of(ONE) is None

    run_virtual(body())


@on_bench
async def test_executors_are_counted_by_what_they_can_do(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    await bench.executor("mail.send", credit=4)
    await bench.executor("mail.send", "mail.other", credit=0)
    await bench.executor("mail.send", credit=1, quarantine=True)
    await bench.executor("mail.send", credit=0, quarantine=True)
    silent = await bench.executor("mail.send", credit=9)
    silent.fall_silent()
    stopping = await bench.executor("mail.send", credit=9)
    stopping.session.give(9, 2, True)
    await asyncio.sleep(3.5)
    there = bench.delivery.attendance()
    assert there[lambda_of(lane)] == Attendance(
        ready=1, busy=1, silent=1, stopping=1, quarantine_ready=1, quarantine_busy=1, credit=4
    )
    assert there[lambda_of(await bench.lane("mail.other"))].busy == 1


@on_bench
async def test_busy_since_is_when_the_last_credit_was_told(bench: FlowBench) -> None:
    lane = await bench.lane("mail.send")
    executor = await bench.executor("mail.send", credit=2)
    await asyncio.sleep(20)
    await bench.put(lane, 2)
    await asyncio.sleep(10)
    there = bench.delivery.attendance()[lambda_of(lane)]
    assert (there.ready, there.busy) == (0, 1)
    assert 10.0 <= there.busy_s <= 11.1
    executor.give(1)
    assert bench.delivery.attendance()[lambda_of(lane)] == Attendance(ready=1, credit=1)


@on_bench
async def test_who_has_closed_its_stream_is_not_there(bench: FlowBench) -> None:
    executor = await bench.executor("mail.send", credit=2)
    bench.delivery.close(executor.session)
    assert bench.delivery.attendance() == {}
