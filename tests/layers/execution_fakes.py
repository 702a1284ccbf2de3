"""An orchestrator of one's own for tests of execution: a few tasks in memory, judged by the real rules."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

import msgspec

from penstock.model.changes import Finish, Move
from penstock.model.delivery import Span, delivery_id
from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.event import Event as EventOfStream
from penstock.model.event import StreamId, hash_of_subject
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LambdaId, LaneId, Priority
from penstock.model.lifecycle import Event, Status
from penstock.model.outcomes import Undecodable
from penstock.model.policy import LambdaPolicy
from penstock.model.task import ClaimKey, Report, Trigger
from penstock.model.verdict import decide, tries
from penstock.model.work import Assignment, Beat, GateNews, HeartbeatAnswer, Hello, WorkMessage

POLICY = LambdaPolicy(attempts_max=5, backoff_base_s=0, backoff_max_s=0)


class Task(msgspec.Struct):
    id: TaskId
    lambda_name: str
    payload: bytes
    row: Trigger
    lease_until_s: float = 0.0
    ended_as: Finish | None = None
    reports: list[Report] = []
    refused: list[Report] = []
    events: list[EventOfStream] = []
    span: Span | None = None


class FakeStream:
    def __init__(self, home: "FakeOrchestrators", hello: Hello) -> None:
        self.home, self.hello = home, hello
        self.credit_total = self.sent = 0
        self.stamp_us = 0
        self.stopping = self.waiting = False
        self.outbox: asyncio.Queue[WorkMessage | None] = asyncio.Queue()
        self.outbox.put_nowait(WorkMessage(lease_s=home.lease_s, heartbeat_s=home.heartbeat_s))

    async def give(self, credit_total: int, stamp_us: int, stopping: bool, waiting: bool) -> None:
        self.home.check_reachable()
        assert credit_total >= self.credit_total, "credit only rises"
        self.credit_total, self.stamp_us, self.stopping = credit_total, stamp_us, stopping
        self.waiting = waiting
        self.home.deal()
        await self.home.tell()

    async def messages(self) -> AsyncIterator[WorkMessage]:
        while (message := await self.outbox.get()) is not None:
            yield message
        raise Unavailable("the stream broke")

    async def close(self) -> None:
        if self in self.home.streams:
            self.home.streams.remove(self)


class FakeOrchestrators:
    """Gives tasks to credit, keeps leases by the loop's clock, refuses stale claims."""

    def __init__(self, lease_s: float = 30.0, heartbeat_s: float = 5.0) -> None:
        self.lease_s, self.heartbeat_s = lease_s, heartbeat_s
        self.tasks: dict[TaskId, Task] = {}
        self.ready: dict[str, list[Task]] = defaultdict(list)
        self.streams: list[FakeStream] = []
        self.reachable = self.results_reachable = True
        self.beats_hang = False
        self.knows_gates = False
        self.results_to_hang = 0
        self.stamp_us: int | None = None
        self.poison: TaskId | None = None
        self.sent: list[WorkMessage] = []
        self.beats: list[tuple[str, Sequence[Beat]]] = []
        self.report_calls: list[Sequence[Report]] = []
        self.gone: list[str] = []
        self.hellos: list[Hello] = []
        self.cancel_requested: set[TaskId] = set()
        self._seeds = itertools.count(1)
        self._changed = asyncio.Condition()

    def check_reachable(self) -> None:
        if not self.reachable:
            raise Unavailable("not reachable")

    def deliver(self, lambda_name: str, *events: EventOfStream, stream: str = "files", subject: str = "a.txt") -> Task:
        """The events of one subject, all that it has."""
        task_id = delivery_id(LambdaId(1), StreamId(1), hash_of_subject(f"{subject}{next(self._seeds)}"), 3)
        upto = events[-1].sequence if events else 0
        row = Trigger(task_id, LaneId(2), Status.ENQUEUED, 0)
        task = Task(task_id, lambda_name, b"", row, events=list(events), span=Span(stream, subject, 0, upto))
        self.tasks[task_id] = task
        self.ready[lambda_name].append(task)
        self.deal()
        return task

    def schedule(self, lambda_name: str, argument: object = None, suspect: bool = False) -> Task:
        seed = str(next(self._seeds)).encode()
        task_id = make_ids(1, seed, 1)[0]
        row = Trigger(task_id, LaneId(2), Status.ENQUEUED, 0, suspect=suspect)
        task = Task(task_id, lambda_name, msgspec.json.encode(argument), row)
        self.tasks[task_id] = task
        self.ready[lambda_name].append(task)
        self.deal()
        return task

    def deal(self) -> None:
        now_s = asyncio.get_running_loop().time()
        for task in self.tasks.values():
            owned = task.row.status in (Status.CLAIMED, Status.PROCESSING)
            if owned and task.lease_until_s < now_s:
                task.row = msgspec.structs.replace(task.row, status=Status.ENQUEUED, lapses=task.row.lapses + 1)
                self.ready[task.lambda_name].append(task)
        for stream in self.streams:
            given = []
            while stream.credit_total > stream.sent and not stream.stopping:
                found = self._next_for(stream.hello)
                if found is None:
                    break
                given.append(self._claim(found, now_s))
                stream.sent += 1
            if given:
                stamp_us = stream.stamp_us if self.stamp_us is None else self.stamp_us
                checked_us = stamp_us if self.knows_gates else 0
                message = WorkMessage(assignments=given, stamp_us=stamp_us, checked_us=checked_us)
                self.sent.append(message)
                stream.outbox.put_nowait(message)

    def tell_gates(self, *shut: tuple[str, str], checked_us: int | None = None) -> None:
        """Every executor is told how the gates stand now, or stood then."""
        now_us = int(asyncio.get_running_loop().time() * 1_000_000)
        for stream in self.streams:
            news = GateNews(now_us if checked_us is None else checked_us, frozenset(shut))
            stream.outbox.put_nowait(WorkMessage(gates=news))

    def _next_for(self, hello: Hello) -> Task | None:
        for name in hello.lambdas:
            for task in self.ready[name]:
                if task.row.suspect == hello.quarantine:
                    self.ready[name].remove(task)
                    return task
        return None

    def _claim(self, task: Task, now_s: float) -> Assignment:
        task.row = msgspec.structs.replace(task.row, status=Status.CLAIMED, claim=task.row.claim + 1)
        task.lease_until_s = now_s + self.lease_s
        tried = tries(task.row.attempts, task.row.crashes, task.row.suspect)
        return Assignment(
            task.id,
            task.row.claim,
            task.lambda_name,
            task.payload,
            tried,
            7,
            "box",
            Priority.HIGH,
            task.events,
            task.span,
        )

    async def open(self, hello: Hello) -> FakeStream:
        self.check_reachable()
        self.hellos.append(hello)
        stream = FakeStream(self, hello)
        self.streams.append(stream)
        await self.tell()
        return stream

    async def heartbeat(self, executor: str, beats: Sequence[Beat], timeout_s: float) -> HeartbeatAnswer:
        self.check_reachable()
        if self.beats_hang:
            await asyncio.Event().wait()
        now_s = asyncio.get_running_loop().time()
        self.beats.append((executor, beats))
        refused = set()
        for beat in beats:
            task = self.tasks[beat.id]
            if task.row.claim != beat.claim or task.row.status not in (Status.CLAIMED, Status.PROCESSING):
                refused.add(beat.id)
            else:
                task.lease_until_s = now_s + self.lease_s
        await self.tell()
        return HeartbeatAnswer(frozenset(refused), frozenset(self.cancel_requested))

    async def set_results(self, executor: str, reports: Sequence[Report], timeout_s: float) -> list[TaskId]:
        self.check_reachable()
        if not self.results_reachable:
            raise Unavailable("no results now")
        if self.results_to_hang:
            self.results_to_hang -= 1
            await asyncio.sleep(timeout_s)
            raise Unavailable("no answer in time")
        if any(report.id == self.poison for report in reports):
            raise InvalidInput("reports", "one of them is bad")
        self.report_calls.append(reports)
        refused = [report.id for report in reports if not self._settle(report)]
        self.deal()
        await self.tell()
        return refused

    async def executor_gone(self, executor: str, timeout_s: float) -> None:
        self.check_reachable()
        self.gone.append(executor)
        await self.tell()

    def _settle(self, report: Report) -> bool:
        task = self.tasks[report.id]
        owned = task.row.status in (Status.CLAIMED, Status.PROCESSING)
        if task.row.claim != report.claim or not owned:
            task.refused.append(report)
            return False
        task.reports.append(report)
        change = decide(task.row, report, POLICY, 0.5)
        if isinstance(change, Finish):
            task.ended_as = change
            task.row = msgspec.structs.replace(task.row, status=change.status)
            return True
        assert isinstance(change, Move)
        task.row = msgspec.structs.replace(
            task.row,
            status=Status.ENQUEUED,
            attempts=task.row.attempts + change.add_attempts,
            crashes=task.row.crashes + change.add_crashes,
            lapses=task.row.lapses + change.add_lapses,
            suspect=task.row.suspect if change.suspect is None else change.suspect,
        )
        self.ready[task.lambda_name].append(task)
        return True

    def cancel(self, task: Task) -> None:
        self.cancel_requested.add(task.id)
        task.row = msgspec.structs.replace(task.row, cancel_requested=True)
        for stream in self.streams:
            stream.outbox.put_nowait(WorkMessage(cancels=[ClaimKey(task.id, task.row.claim)]))

    def break_streams(self) -> None:
        for stream in tuple(self.streams):
            self.streams.remove(stream)
            stream.outbox.put_nowait(None)

    async def tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    async def until(self, condition: Callable[[], object]) -> None:
        async with self._changed:
            await self._changed.wait_for(lambda: bool(condition()))

    async def until_streams(self, count: int) -> None:
        """Streams that have given credit."""
        await self.until(lambda: sum(stream.credit_total > 0 for stream in self.streams) >= count)

    async def ended(self, *tasks: Task) -> None:
        await self.until(lambda: all(task.ended_as for task in tasks))

    def endings(self, task: Task) -> list[Event]:
        return [report.ending for report in task.reports]


class FakeLambda:
    """A lambda of one argument, JSON in and out."""

    def __init__(
        self,
        name: str,
        body: Callable[[Any], Awaitable[Any]] | Callable[[Any], Any],
        is_async: bool = True,
        timeout_s: float = 600.0,
        cancel_grace_s: float | None = None,
    ) -> None:
        self.name, self.is_async, self.timeout_s = name, is_async, timeout_s
        self.cancel_grace_s = cancel_grace_s
        self.stream = ""
        self._body = body

    def decode(self, payload: bytes) -> Any:
        argument = msgspec.json.decode(payload)
        if argument == "undecodable":
            raise Undecodable("argument: expected something else")
        return argument

    def call(self, arguments: Any) -> Any:
        return self._body(arguments)

    def encode(self, result: Any) -> bytes:
        return msgspec.json.encode(result)


def table(*lambdas: FakeLambda) -> Mapping[str, FakeLambda]:
    return {each.name: each for each in lambdas}
