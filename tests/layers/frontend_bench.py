"""Layer 1 on memory adapters in virtual time."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from random import Random
from typing import Any

from penstock.adapters.memory import (
    LaneBus,
    LoopStoreTime,
    MemoryCluster,
    MemorySignals,
    MemoryStore,
    SignalBus,
)
from penstock.adapters.memory import MemoryWorkQueue as Queue
from penstock.flow.quota_book import QuotaBook
from penstock.flow.schedule_quotas import MeteredSchedules
from penstock.frontend.admission_pump import AdmissionPump, PumpLimits
from penstock.frontend.announcer import Announcer
from penstock.frontend.calls import ScheduleAnswer, ScheduleCall, TaskGroup
from penstock.frontend.cancel import CancelDesk
from penstock.frontend.endpoints import EndpointDesk
from penstock.frontend.explain import ExplainDesk
from penstock.frontend.gates import GateDesk
from penstock.frontend.inquiry import InquiryDesk
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.periodic import PeriodicDesk
from penstock.frontend.quotas import QuotaDesk
from penstock.frontend.register import RegisterDesk
from penstock.frontend.retry import RetryDesk
from penstock.frontend.schedule import ScheduleDesk
from penstock.frontend.subscribe import SubscribeDesk
from penstock.frontend.tree import TreeDesk
from penstock.frontend.waiting_room import WaitingRoom
from penstock.model.attendance import NOBODY, Attendance
from penstock.model.changes import Finish
from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import Event, Status
from penstock.model.policy import LambdaPolicy
from penstock.model.task import Reference, TaskView, Trigger
from penstock.ports.admission import AdmitReply, AdmitRequest, Admitted
from penstock.ports.registry import Registration
from penstock.ports.search import TaskFilter
from penstock.ports.signals import Topic
from penstock.testing.virtual_loop import run_virtual
from tests.layers.scheduler_bench import Trips, Window


class FrontendBench:
    """Desks as a server would compose them, and everything that they said to others."""

    def __init__(self, limits: PumpLimits | None = None) -> None:
        self.time = LoopStoreTime()
        self.cluster = MemoryCluster(self.time)
        self.trips = Trips()
        self.store = MemoryStore(self.cluster, self.trips)
        self.signal_bus = SignalBus()
        self.signals = MemorySignals(self.signal_bus)
        self.window = Window()
        self.published: list[TaskId] = []
        self.said: dict[Topic, list[bytes]] = {topic: [] for topic in Topic}
        for topic in Topic:
            self.signals.listen(topic, self.said[topic].append)
        self.admissions = AdmissionLog(self.store)
        self.search = FakeSearch()
        self._chance = Random(1)
        queue = _Watched(LaneBus(), self.published)
        self.book = LambdaBook(self.store.registry, self.signals)
        self.pump = AdmissionPump(
            self.admissions, self.window, Announcer(queue, self.window, self.signals).stored, limits
        )
        clock = self.store.clock
        self.quota_book = QuotaBook(self.store.quotas, self.signals)
        quotas = MeteredSchedules(self.quota_book, self.store.quotas)
        self.desk = ScheduleDesk(self.pump, self.book, clock, self.new_token, self.store.chains, quotas)
        self.quotas = QuotaDesk(self.store.quotas, self.book, self.signals)
        self.cancel = CancelDesk(self.store.transitions, self.store.results, self.book, self.signals)
        self.retry = RetryDesk(self.store.admission, self.book, clock, self.signals, self.new_token)
        self.register = RegisterDesk(
            self.store.registry,
            self.store.due_work,
            self.book,
            clock,
            self.signals,
            lambda: ["host:1"],
            SubscribeDesk(self.store.subscriptions, self.book, clock),
        )
        self.gates = GateDesk(self.store.gates, self.book, clock, self.signals)
        self.attendance = Told()
        self.explain = ExplainDesk(
            self.search,
            self.store.lane_counts,
            self.store.gates,
            self.store.schedules,
            self.store.registry,
            self.book,
            clock,
            self.attendance,
            self.attendance,
            30.0,
            self.store.quotas,
            self.store.chains,
            self.store.endpoints,
        )
        self.endpoints = EndpointDesk(
            self.store.endpoints, self.book, self.register, self.signals, (), self._chance.randbytes
        )
        self.inquiry = InquiryDesk(self.search, self.book, b"0123456789abcdef")
        self.periodic = PeriodicDesk(self.store.schedules, self.book, clock, self.signals, b"0123456789abcdef")
        self.tree = TreeDesk(
            self.store.chains, self.search, self.store.results, self.store.transitions, self.book, self.signals
        )
        self.waiting = WaitingRoom(self.store.results, self.book, self.signals)

    async def open(self) -> None:
        await self.register.register("", [registration("mail.send")])

    async def close(self) -> None:
        await self.waiting.stop()
        await self.register.stop()
        await self.book.stop()

    def new_token(self) -> bytes:
        return self._chance.randbytes(16)

    async def schedule(self, *payloads: bytes, token: bytes = b"", **options: Any) -> ScheduleAnswer:
        """Tasks of `mail.send` in one group."""
        group = TaskGroup(options.pop("name", "mail.send"), list(payloads), **options)
        return await self.desk.schedule(ScheduleCall("", [group], token))

    async def ended(self, task_id: TaskId, event: Event = Event.SUCCEEDED, status: Status = Status.SUCCESS) -> None:
        """Claimed, run, and settled by somebody who then says so."""
        [claimed] = await self.store.transitions.claim([task_id], 30.0)
        finish = Finish(task_id, event, status, claimed.claim, result=b'"done"')
        assert await self.store.transitions.apply([finish]) == [True]
        self.signals.send(Topic.ENDED, task_id)

    def row(self, task_id: TaskId) -> Trigger:
        return self.cluster.live[task_id]


class AdmissionLog:
    """`Admission` of the store, with every trip noted; `refuse` may raise for some, `answer` stands in for all."""

    def __init__(self, store: MemoryStore) -> None:
        self._store = store
        self.trips: list[list[AdmitRequest]] = []
        self.refuse: Callable[[Sequence[AdmitRequest]], None] = lambda _: None
        self.answer: AdmitReply | None = None

    async def admit(self, requests: Sequence[AdmitRequest], room: Mapping[LaneId, int]) -> Admitted:
        self.trips.append(list(requests))
        self.refuse(requests)
        if self.answer is not None:
            return Admitted([self.answer for _ in requests], frozenset(), 1)
        return await self._store.admission.admit(requests, room)

    async def retry(self, *_: object) -> Any:
        raise NotImplementedError


class FakeSearch:
    """`Search` over a list of views, the newest first."""

    def __init__(self) -> None:
        self.views: list[TaskView] = []
        self.asked: list[TaskFilter] = []

    async def task(self, namespace_id: int, task_id: TaskId, *_: bool) -> TaskView | None:
        return next((view for view in self.views if view.id == task_id), None)

    async def tasks(self, wanted: TaskFilter, before: TaskId | None, limit: int) -> Sequence[TaskView]:
        self.asked.append(wanted)
        return [view for view in self.views if before is None or view.id < before][:limit]

    async def by_id(self, _namespace_id: int, ids: Sequence[TaskId]) -> Sequence[TaskView]:
        return [view for view in self.views if view.id in ids]


class Told:
    """`Attendances` and `Drains`: the same of every lambda and lane."""

    def __init__(self) -> None:
        self.there: Attendance | None = NOBODY
        self.per_s = 0.0

    def of(self, _lambda_id: LambdaId) -> Attendance | None:
        return self.there

    def drain_per_s(self, _lane: LaneId) -> float:
        return self.per_s


class _Watched(Queue):
    def __init__(self, bus: LaneBus, published: list[TaskId]) -> None:
        super().__init__(bus)
        self._published = published

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        self._published += [reference.id for reference in references]


def registration(name: str, **others: Any) -> Registration:
    return Registration(
        name, others.pop("version", "1"), others.pop("policy", LambdaPolicy()), **{"signature": b"", **others}
    )


def on_bench(test: Callable[[FrontendBench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Runs a test on a fresh bench in virtual time."""

    async def body() -> None:
        bench = FrontendBench()
        await bench.open()
        try:
            await test(bench)
        finally:
            await bench.close()

    def run() -> None:
        run_virtual(body(), seed=1)

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run
