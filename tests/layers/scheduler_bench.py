"""Layer 2 on memory adapters in virtual time: a store that can be made to fail, a queue that can lose."""

import asyncio
from collections.abc import Callable, Coroutine
from random import Random
from typing import Any, TypeVar

from penstock.adapters.memory import (
    LaneBus,
    LoopStoreTime,
    MemoryCluster,
    MemoryPingQueue,
    MemorySignals,
    MemoryStore,
    MemoryWorkQueue,
    PingBus,
    SignalBus,
)
from penstock.compose.sources import DeclaredSources
from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.model.family import Family
from penstock.model.gate import Gate, GateOrder
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, Priority, lambda_of, lane_of
from penstock.model.lifecycle import GateState, Status
from penstock.model.policy import LambdaPolicy
from penstock.model.task import NewTask, Trigger
from penstock.ports.admission import AdmitRequest
from penstock.ports.membership import Member
from penstock.ports.registry import Registration
from penstock.ports.signals import Topic
from penstock.scheduler import EventSockets, Scheduler, Sockets, Timings
from penstock.testing.virtual_loop import run_virtual

Answer = TypeVar("Answer")


class Window:
    """Gauges of a fixed window: `size` references in a lane at most, however fast it drains."""

    def __init__(self, size: int = 200) -> None:
        self.size = size
        self.full: dict[LaneId, int] = {}

    def room(self, lane: LaneId) -> int:
        return self.size - self.full.get(lane, 0)

    def published(self, lane: LaneId, count: int) -> None:
        self.full[lane] = self.full.get(lane, 0) + count

    def drained(self, lane: LaneId, count: int, waiting: int) -> None:
        self.full[lane] = waiting

    def references_per_message(self, lane: LaneId) -> int:
        return 50


class Trips:
    """The way to the store: counts what is asked, and breaks where a test says so."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        self.before: dict[str, Exception] = {}
        self.after: dict[str, Exception] = {}
        self.stuck: dict[str, asyncio.Event] = {}

    async def __call__(self, operation: str, effect: Callable[[], Answer], /) -> Answer:
        self.counts[operation] = self.counts.get(operation, 0) + 1
        await asyncio.sleep(0)
        if operation in self.stuck:
            await self.stuck[operation].wait()
        if operation in self.before:
            raise self.before[operation]
        answer = effect()
        if operation in self.after:
            raise self.after[operation]
        return answer


class SchedulerBench:
    """Put tasks in with `put`, see what is in a lane with `lane_ids`, run one scheduler or many."""

    def __init__(self) -> None:
        self.time = LoopStoreTime()
        self.cluster = MemoryCluster(self.time)
        self.trips = Trips()
        self.store = MemoryStore(self.cluster, self.trips)
        self.bus = LaneBus()
        self.signal_bus = SignalBus()
        self.ping_bus = PingBus()
        self.window = Window()
        self.published: list[TaskId] = []
        self.schedulers: list[Scheduler] = []
        self._running: list[asyncio.Future[None]] = []
        self._calls = 0

    async def scheduler(self, name: str = "one", timings: Timings | None = None) -> Scheduler:
        """One with its buckets held, its loops not running."""
        store = MemoryStore(self.cluster, self.trips)
        queue = _Watched(self.bus, self.published)
        await queue.start()
        sockets = Sockets(
            store.due_work,
            store.transitions,
            queue,
            self.window,
            store.registry,
            MemorySignals(self.signal_bus),
            store.clock,
            store.membership,
            store.sweeps,
            store.ticks,
            store.gates,
            store.chains,
            EventSockets(
                store.deliveries,
                store.subscriptions,
                sources := DeclaredSources({}, store.journal_source),
                MemoryPingQueue(self.ping_bus),
                store.refreshes,
                SourcesAgainstCursors(store.cursors, sources),
                store.cursors,
            ),
        )
        scheduler = Scheduler(sockets, Member(name, "orchestrator", ""), Random(name).random, timings)
        self.schedulers.append(scheduler)
        await scheduler.buckets.renew()
        return scheduler

    async def running(self, name: str = "one", timings: Timings | None = None) -> Scheduler:
        """One with its loops running."""
        scheduler = await self.scheduler(name, timings)
        self._running.append(asyncio.ensure_future(scheduler.run()))
        return scheduler

    async def close(self) -> None:
        for scheduler in self.schedulers:
            await scheduler.stop()
        await asyncio.gather(*self._running)

    async def lane(self, name: str = "mail.send", priority: Priority = Priority.NORMAL) -> LaneId:
        """Of a lambda that a worker has registered."""
        namespace = await self.store.registry.namespace("default")
        [record] = await self.store.registry.register(namespace, [Registration(name, "1", LambdaPolicy(), b"")])
        self.signal_bus.send(Topic.LAMBDAS, b"")
        return lane_of(record.id, priority)

    async def put(
        self,
        lane: LaneId,
        count: int = 1,
        *,
        delay_s: float = 0.0,
        enqueue: bool = False,
        held_for: str = "",
        collection: str = "",
        family: Family | None = None,
    ) -> list[TaskId]:
        """Tasks as admission writes them. `enqueue`: into the open lane, published by nobody."""
        self._calls += 1
        now_us = self.cluster.now_us()
        ids = make_ids(now_us // 1000, self._calls.to_bytes(16, "big"), count)
        tasks = [
            NewTask(
                task_id,
                lane,
                b"{}",
                collection,
                delay_us=round(delay_s * 1_000_000),
                held_for=held_for,
                family=family,
            )
            for task_id in ids
        ]
        namespace = await self.store.registry.namespace("default")
        request = AdmitRequest(namespace, tasks, now_us // 1000)
        await self.store.admission.admit([request], {lane: 10_000 if enqueue else 0})
        return ids

    async def gate(self, lane: LaneId, state: GateState, collection: str = "", **fields: Any) -> Gate:
        """As somebody orders it who dies before he can tell anybody."""
        return await self.store.gates.order(GateOrder(1, lambda_of(lane), collection, state, **fields))

    async def claim(self, ids: list[TaskId], lease_s: float = 30.0) -> None:
        assert len(await self.store.transitions.claim(ids, lease_s)) == len(ids)

    def row(self, task_id: TaskId) -> Trigger:
        return self.cluster.live[task_id]

    def statuses(self, ids: list[TaskId]) -> set[Status]:
        return {self.row(task_id).status for task_id in ids}

    def drain(self, lane: LaneId) -> None:
        """All messages leave the lane, as if workers had taken them: its window is empty again."""
        self.bus.lose(lane)
        self.window.drained(lane, 0, 0)


class _Watched(MemoryWorkQueue):
    """Notes every reference that is published, in order."""

    def __init__(self, bus: LaneBus, published: list[TaskId]) -> None:
        super().__init__(bus)
        self._published = published

    def publish(self, lane: LaneId, references: Any, enqueued_at_us: int) -> None:
        self._published += [reference.id for reference in references]
        super().publish(lane, references, enqueued_at_us)


def on_bench(test: Callable[[SchedulerBench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Runs a test on a fresh bench in virtual time."""

    async def body() -> None:
        bench = SchedulerBench()
        try:
            await test(bench)
        finally:
            await bench.close()

    def run() -> None:
        run_virtual(body(), seed=1)

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run
