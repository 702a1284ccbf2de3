"""A small platform in memory: the store, a queue, signals and layers 3 and 4 on a virtual loop."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from penstock.adapters.memory import LaneBus, MemoryCluster, MemorySignals, MemoryStore, MemoryWorkQueue, SignalBus
from penstock.delivery.dispatch import Delivery
from penstock.delivery.session import Session
from penstock.flow.gauges import Gauges
from penstock.flow.quota_book import QuotaBook
from penstock.flow.start_quotas import PacedStarts
from penstock.flow.task_state import TaskState
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId, Priority, lambda_of, lane_of
from penstock.model.policy import LambdaPolicy
from penstock.model.quota import QuotaKind, QuotaOrder
from penstock.model.task import NewTask, Reference
from penstock.model.work import Assignment, Hello, WorkMessage
from penstock.ports.admission import AdmitRequest
from penstock.testing.virtual_loop import run_virtual

START_US = 1_800_000_000_000_000
LEASE_S = 30.0


class FlowBench:
    """Schedule with `put`, serve with `executor`, look into `cluster`."""

    def __init__(self) -> None:
        loop = asyncio.get_running_loop()
        began = loop.time()
        self.cluster = MemoryCluster(lambda: START_US + int((loop.time() - began) * 1e6))
        self.store = MemoryStore(self.cluster)
        self.bus = LaneBus()
        self.queue = MemoryWorkQueue(self.bus)
        self.signals = MemorySignals(SignalBus())
        self.gauges = Gauges(self.signals, "bench")
        self.policy = LambdaPolicy(attempts_max=3)
        self.task_state = TaskState(self.store.transitions, self.signals, lambda _: self.policy, lambda: 0.5, LEASE_S)
        self.quotas = QuotaBook(self.store.quotas, self.signals)
        self.delivery = self.orchestrator()
        self._made = 0

    def orchestrator(self) -> Delivery:
        """One more on the same store and queue."""
        return Delivery(
            self.task_state,
            self.store.transitions,
            self.queue,
            self.gauges,
            self.signals,
            self._lambda_ids,
            LEASE_S,
            5.0,
            self.store.gates,
            PacedStarts(self.quotas, self.store.quotas),
        )

    async def _lambda_ids(self, namespace: str, names: Any) -> dict[str, Any]:
        number = await self.store.registry.namespace(namespace)
        records = await self.store.registry.resolve(number, names)
        return {name: record.id for name, record in records.items()}

    async def lane(self, name: str, priority: Priority = Priority.NORMAL) -> LaneId:
        return lane_of((await self._lambda_ids("default", [name]))[name], priority)

    async def put(self, lane: LaneId, count: int = 1, publish: bool = True) -> list[TaskId]:
        """Due now, enqueued, and, unless told otherwise, published."""
        self._made += 1
        now_us = self.cluster.now_us()
        ids = make_ids(now_us // 1000, self._made.to_bytes(16, "big"), count)
        tasks = [NewTask(task_id, lane, b"{}") for task_id in ids]
        namespace = await self.store.registry.namespace("default")
        admitted = await self.store.admission.admit([AdmitRequest(namespace, tasks, now_us // 1000)], {lane: 10_000})
        assert lane in admitted.open_lanes
        if publish:
            self.queue.publish(lane, [Reference(task_id) for task_id in ids], admitted.stored_at_us)
        return ids

    async def executor(
        self, *lambdas: str, credit: int, quarantine: bool = False, at: Delivery | None = None
    ) -> "Executor":
        hello = Hello("host/1", "default", lambdas, quarantine=quarantine)
        return Executor(await (at or self.delivery).open(hello), credit)

    async def quota(self, kind: QuotaKind, name: str, amount: float, **fields: Any) -> None:
        """An operator's, known here when it returns."""
        namespace = await self.store.registry.namespace("default")
        lambda_id = lambda_of(await self.lane(name))
        await self.store.quotas.order(QuotaOrder(namespace, lambda_id, kind, amount=amount, **fields))
        await self.quotas.refresh()


class Executor:
    """The other end of a session. It repeats its credit, as executors do, until it falls silent."""

    def __init__(self, session: Session, credit: int) -> None:
        self.session = session
        self.messages: list[WorkMessage] = []
        self._reading = asyncio.ensure_future(self._read())
        self._repeating = asyncio.ensure_future(self._repeat())
        self.when_assigned: Callable[[int], None] = lambda _: None
        self._total = 0
        self.give(credit)

    @property
    def assignments(self) -> list[Assignment]:
        return [task for message in self.messages for task in message.assignments]

    @property
    def quarantines_wanted(self) -> list[str]:
        return [name for message in self.messages for name in message.quarantine_wanted]

    def give(self, more: int, stamp_us: int = 1) -> None:
        self._total += more
        self.session.give(self._total, stamp_us, False)

    def fall_silent(self) -> None:
        """Stopped, or cut off: the stream stands, and nothing comes any more."""
        self._repeating.cancel()

    async def _repeat(self) -> None:
        while True:
            await asyncio.sleep(1.0)
            self.give(0)

    async def _read(self) -> None:
        async for message in self.session.messages():
            self.messages.append(message)
            self.when_assigned(len(message.assignments))


def on_bench(test: Callable[[FlowBench], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """Runs a test on a fresh bench in virtual time."""

    async def body() -> None:
        bench = FlowBench()
        await bench.queue.start()
        await test(bench)

    def run() -> None:
        run_virtual(body(), seed=1)

    run.__name__ = test.__name__
    run.__doc__ = test.__doc__
    return run
