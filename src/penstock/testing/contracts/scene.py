"""The stage of the store's suites: one namespace, two lambdas, and the shortest ways to a task in any status."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from msgspec import structs

from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.gate import Gate, GateOrder
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of
from penstock.model.lifecycle import ENDINGS, MATRIX, TERMINAL, Event, GateState, Status
from penstock.model.task import Attempt, Claimed, Failure, NewTask, Trigger
from penstock.model.work import Beat
from penstock.ports.admission import AdmitRequest, Admitted
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.under_test import Store, StoreUnderTest

LEASE_S = 30.0
LONG_S = 3600.0
HELD_FOR = "registration"
ROUNDING_US = 1_000
VERDICT_OF = {
    Status.SUCCESS: Event.SUCCEEDED,
    Status.FATAL_FAILURE: Event.FAILED_FATALLY,
    Status.DEAD: Event.UNDECODABLE,
    Status.CANCELLED: Event.STOPPED_FOR_CANCEL,
}


@dataclass(frozen=True)
class Standing:
    """A task in the status that was asked for, under its last claim (0: never claimed)."""

    id: TaskId
    claim: int


@dataclass
class Span:
    """The store's clock before and after what was done."""

    first_us: int
    last_us: int = 0

    def covers(self, at_us: int, plus_s: float = 0.0) -> bool:
        """Whether a time written in between, `plus_s` ahead, could be this one."""
        base_us = at_us - round(plus_s * 1_000_000)
        return self.first_us - ROUNDING_US <= base_us <= self.last_us + ROUNDING_US


class Scene:
    """A store under test with a namespace and two registered lambdas, `mail.send` and `mail.sweep`."""

    def __init__(self, under_test: StoreUnderTest, namespace_id: int, lambdas: Mapping[str, LambdaId]) -> None:
        self.under_test = under_test
        self.namespace_id = namespace_id
        self.lambda_id = lambdas["mail.send"]
        self.other_lambda_id = lambdas["mail.sweep"]
        self.lane = lane_of(self.lambda_id, Priority.NORMAL)
        self.high_lane = lane_of(self.lambda_id, Priority.HIGH)
        self.other_lane = lane_of(self.other_lambda_id, Priority.NORMAL)
        self._batches = 0

    @classmethod
    async def of(cls, under_test: StoreUnderTest) -> "Scene":
        """Set the stage."""
        store = under_test.store
        namespace_id = await store.registry.namespace("scene")
        records = await store.registry.resolve(namespace_id, ["mail.send", "mail.sweep"])
        await store.clock.compare()
        return cls(under_test, namespace_id, {name: record.id for name, record in records.items()})

    @property
    def store(self) -> Store:
        """The adapter."""
        return self.under_test.store

    async def now_us(self) -> int:
        """The store's clock, asked for."""
        return (await self.store.clock.compare()).store_us

    async def advance(self, seconds: float) -> None:
        """Move the store's clock."""
        await self.under_test.advance(seconds)
        await self.store.clock.compare()

    @asynccontextmanager
    async def span(self) -> AsyncIterator[Span]:
        """The store's clock around a block."""
        span = Span(await self.now_us())
        yield span
        span.last_us = await self.now_us()

    @asynccontextmanager
    async def nothing_changes(self) -> AsyncIterator[None]:
        """Every row is byte-equal after the block."""
        before = await self.under_test.dump()
        yield
        assert await self.under_test.dump() == before, "rows have changed"

    def ids(self, count: int, buckets: Sequence[int] | None = None) -> list[TaskId]:
        """Fresh ids, rising."""
        self._batches += 1
        minted_at_ms = self.store.clock.now_us() // 1000 + self._batches
        return make_ids(minted_at_ms, b"scene %d" % self._batches, count, buckets)

    def task(self, **fields: Any) -> NewTask:
        """A task for `mail.send`, normal priority, due now, with a fresh id; `fields` are those of `NewTask`."""
        return structs.replace(NewTask(self.ids(1)[0], self.lane, b'{"to":"ada"}'), **fields)

    def request(self, tasks: Sequence[NewTask], token: bytes = b"", content_hash: bytes = b"") -> AdmitRequest:
        """One call of this namespace."""
        return AdmitRequest(self.namespace_id, list(tasks), self.store.clock.now_us() // 1000, token, content_hash)

    async def admit(self, *tasks: NewTask, room: Mapping[LaneId, int] | None = None) -> Admitted:
        """One call; without `room` no lane has any, so that what is due now waits as new."""
        return await self.store.admission.admit([self.request(tasks)], room or {})

    async def row(self, task_id: TaskId) -> Trigger:
        """The live row of a task."""
        return (await self.store.transitions.read([task_id]))[task_id]

    async def status(self, task_id: TaskId) -> Status | None:
        """The status of a task, live or ended; None when nothing is known of it."""
        row = (await self.store.transitions.read([task_id])).get(task_id)
        if row is not None:
            return row.status
        ended = (await self.store.results.ended(self.namespace_id, [task_id])).get(task_id)
        return ended.outcome.status if ended is not None else None

    async def enqueued(self, **fields: Any) -> TaskId:
        """A task that stands in its lane."""
        task = self.task(**fields)
        await self.admit(task)
        await self.apply(Move(task.id, Event.DUE, Status.ENQUEUED, None, delay_us=5_000_000))
        return task.id

    async def claimed(self, **fields: Any) -> Claimed:
        """A task that was claimed once."""
        return await self.claim(await self.enqueued(**fields))

    async def claim(self, task_id: TaskId) -> Claimed:
        """The claim of an enqueued task."""
        (claimed,) = await self.store.transitions.claim([task_id], LEASE_S)
        return claimed

    async def apply(self, *changes: Change) -> None:
        """Changes that must hold."""
        answers = await self.store.transitions.apply(changes)
        assert answers == [True] * len(changes), f"{changes} were answered {answers}"

    async def ended(self, status: Status = Status.SUCCESS, **fields: Any) -> Standing:
        """A task in a terminal status."""
        if status is Status.DROPPED:
            task = self.task(**fields)
            await self.admit(task)
            await self.apply(finish(Standing(task.id, 0), Event.DROP, anyones=True))
            return Standing(task.id, 0)
        claimed = await self.claimed(**fields)
        standing = Standing(claimed.id, claimed.claim)
        await self.apply(finish(standing, VERDICT_OF[status]))
        return standing

    async def task_that_is(self, status: Status, **fields: Any) -> Standing:
        """A task in any status, brought there by the store's own doors."""
        if status in TERMINAL:
            return await self.ended(status, **fields)
        if status in {Status.NEW, Status.HELD}:
            task = self.task(held_for=HELD_FOR if status is Status.HELD else "", **fields)
            await self.admit(task)
            return Standing(task.id, 0)
        if status is Status.ENQUEUED:
            return Standing(await self.enqueued(**fields), 0)
        claimed = await self.claimed(**fields)
        standing = Standing(claimed.id, claimed.claim)
        if status is Status.PROCESSING:
            await self.store.transitions.heartbeat([Beat(standing.id, standing.claim, started=True)], LEASE_S)
        elif status is Status.RETRIABLE_FAILURE:
            await self.apply(move(standing, Event.RAISED))
        assert await self.status(standing.id) is status
        return standing

    async def owned_with_cancel_requested_then_released(self, **fields: Any) -> TaskId:
        """A waiting row whose cancel was requested: the request came between a verdict's look and its write."""
        owned = await self.task_that_is(Status.CLAIMED, **fields)
        await self.apply(ask_to_cancel(owned), move(owned, Event.RELEASE))
        return owned.id

    async def gate(self, state: GateState, collection: str = "", **fields: Any) -> Gate:
        """An order about `mail.send`; `fields` are those of `GateOrder`."""
        return await self.store.gates.order(GateOrder(self.namespace_id, self.lambda_id, collection, state, **fields))

    async def settle(self, limit: int = 1_000) -> int:
        """What a scheduler does until nothing moves; answers how many tasks were freed."""
        freed = 0
        for gate in await self.store.gates.unsettled():
            while (batch := await self.store.gates.settle(gate, limit)).moved:
                freed += sum(batch.freed.values())
                await self.advance(0.01)
        return freed

    async def enqueue_all(self, lane: LaneId | None = None, want: int = 1_000) -> list[TaskId]:
        """The ids that one pass of the store consumer moves, in its order."""
        lane = self.lane if lane is None else lane
        batch = await self.store.due_work.enqueue_due({lane: want}, ALL_BUCKETS, 5.0)
        return [reference.id for reference in batch.references.get(lane, [])]


def line(standing: Standing, event: Event) -> Attempt:
    """A history line for an execution that ended so."""
    failure = Failure("ValueError", "it does not work: ä€𝄞", "line 1\nline 2")
    return Attempt(standing.id, standing.claim, event, 1_500, 0, "host/1", failure)


def move(standing: Standing, event: Event, to: Status | None = None, anyones: bool = False, **fields: Any) -> Move:
    """The move that the matrix has for an ending of an owned task; `to` for other events."""
    return Move(
        id=standing.id,
        event=event,
        status=MATRIX[Status.PROCESSING][event] if to is None else to,
        claim=None if anyones else standing.claim,
        history=line(standing, event) if event in ENDINGS and event is not Event.RELEASE else None,
        **fields,
    )


def finish(standing: Standing, event: Event, to: Status | None = None, anyones: bool = False, **fields: Any) -> Finish:
    """The end that the matrix has for this event."""
    targets = {moves[event] for moves in MATRIX.values() if event in moves} & TERMINAL
    return Finish(
        id=standing.id,
        event=event,
        status=next(iter(targets)) if to is None else to,
        claim=None if anyones else standing.claim,
        **fields,
    )


def ask_to_cancel(standing: Standing) -> AskToCancel:
    """A cancel request for an owned task."""
    return AskToCancel(standing.id)
