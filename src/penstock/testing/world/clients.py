"""Clients: they schedule, repeat what got no answer, cancel, retry, and read what became of their tasks."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from penstock.frontend.calls import NO_ID, ScheduleAnswer, ScheduleCall, TaskGroup
from penstock.model.errors import InvalidInput, NotFound, NotPossible, PenstockError, Unavailable
from penstock.model.identity import TaskId
from penstock.model.lifecycle import Status
from penstock.testing.world.chance import weighted
from penstock.testing.world.chronicle import now_s
from penstock.testing.world.gatekeeper import COLLECTIONS
from penstock.testing.world.orders import UNDECODABLE, Order, Told, lambda_of, payload_of

if TYPE_CHECKING:
    from penstock.testing.world.frontends import FrontendServer
    from penstock.testing.world.world import World

Answer = TypeVar("Answer")

CALL_TIMEOUT_S = 4.0
KINDS = {
    "quick": 50.0,
    "slow": 12.0,
    "flaky": 9.0,
    "fatal": 3.0,
    "raising": 4.0,
    "stubborn": 2.0,
    "crashing": 3.0,
    "blocking": 3.0,
    "plain": 7.0,
    "undecodable": 2.0,
    "sleeper": 2.0,
}
SLEEP_US = 6 * 3600 * 1_000_000
"""longer than all jumps of the store's clock together"""


class Client:
    """One of several; each knows its own orders."""

    def __init__(self, world: "World", name: str) -> None:
        self.world = world
        self.name = name
        self.orders: list[Order] = []
        self._random = world.chance.stream(name)
        self._open: list[Coroutine[Any, Any, None]] = []

    async def run(self, tasks: int, within_s: float) -> None:
        """Ask for so many tasks, spread over a time, and see to the end of it."""
        async with asyncio.TaskGroup() as errands:
            while len(self.orders) < tasks:
                await asyncio.sleep(self._random.expovariate(tasks / within_s / 3.0))
                batch = [self._new_order() for _ in range(self._random.choice((1, 1, 2, 3, 8)))]
                self.orders.extend(batch)
                errands.create_task(self._place(batch))

    def _new_order(self) -> Order:
        random = self._random
        kind = weighted(random, KINDS)
        order = Order(self.world.next_number(), kind, b"", priority=random.choice((0, 0, 1, 2, 3)))
        order.collection = random.choice(COLLECTIONS)
        run_s, fails = _how_long(kind, random), random.choice((1, 1, 2, 3, 7)) if kind == "flaky" else 0
        order.payload = payload_of(order.n, run_s, fails)
        if kind == "sleeper":
            order.is_sleeper, order.delay_us = True, SLEEP_US
        elif random.random() < 0.2:
            order.delay_us = round(random.uniform(0.1, 5.0) * 1_000_000)
        if random.random() < 0.15:
            order.key = f"{self.name}/{order.n}"
        if kind == "undecodable":
            order.payload = UNDECODABLE
        self.world.orders.append(order)
        return order

    async def _place(self, batch: Sequence[Order]) -> None:
        token = self._random.randbytes(16)
        patience = 3 if self._random.random() < 0.1 else 1000
        call = ScheduleCall("", [_group(order) for order in batch], token)
        for order in batch:
            order.asked_at_s, order.asked_at_us = now_s(), self.world.store_time()
        answer = await self.until_answered("schedule", lambda server: server.desks.schedule.schedule(call), patience)
        if answer is None:
            return
        self.note_answer(batch, answer)
        await self._follow_up(batch, call, answer)

    def note_answer(self, batch: Sequence[Order], answer: ScheduleAnswer) -> None:
        """What a client was told of its orders."""
        chronicle = self.world.chronicle
        problems = {problem.index: problem for problem in answer.problems}
        for position, (order, task_id) in enumerate(zip(batch, answer.ids, strict=True)):
            if position in problems:
                order.told = Told.CONFLICT if problems[position].code == "conflict" else Told.REFUSED
                chronicle.note(self.name, f"order {order.n} refused", detail=problems[position].message)
                continue
            if task_id == NO_ID:
                chronicle.breach(f"order {order.n} was answered no id and no problem")
            if order.task not in (None, task_id):
                chronicle.breach(f"order {order.n} was told two ids")
            order.task, order.told = task_id, Told.STORED
            time = self.world.store_time
            shown_us = (order.asked_at_us, time(), *time.turned_between(order.asked_at_s, now_s()))
            order.due_us = min(shown_us) + order.delay_us
            chronicle.note(self.name, f"order {order.n} ({order.kind}) is acknowledged", task_id)

    async def _follow_up(self, batch: Sequence[Order], call: ScheduleCall, answer: ScheduleAnswer) -> None:
        random = self._random
        if random.random() < 0.15:
            await asyncio.sleep(random.uniform(0.0, 3.0))
            again = await self.until_answered("repeat", lambda server: server.desks.schedule.schedule(call))
            if again is not None and again.ids != answer.ids:
                self.world.chronicle.breach(f"a repeat with the same token was answered other ids: order {batch[0].n}")
        for order in batch:
            if order.key and random.random() < 0.5:
                await self._name_it_again(order)
            if random.random() < 0.12:
                await asyncio.sleep(random.choice((0.0, 0.0, 0.05, 1.0)))
                await self._cancel(order)
        if random.random() < 0.3:
            await self._read(batch)

    async def _name_it_again(self, order: Order) -> None:
        """The same key, another call: the same task. With other content: a conflict, and no task."""
        same = ScheduleCall("", [_group(order)], self._random.randbytes(16))
        answer = await self.until_answered("same key", lambda server: server.desks.schedule.schedule(same))
        if answer is not None and answer.ids != [order.task]:
            self.world.chronicle.breach(f"key {order.key} was answered another task: order {order.n}")
        other = Order(self.world.next_number(), order.kind, b"", order.priority, key=order.key)
        other.collection = order.collection
        other.payload = payload_of(other.n, 0.01, 0)
        self.world.orders.append(other)
        call = ScheduleCall("", [_group(other)], self._random.randbytes(16))
        answer = await self.until_answered("other content", lambda server: server.desks.schedule.schedule(call))
        if answer is not None:
            self.note_answer([other], answer)
            if other.told is not Told.CONFLICT:
                self.world.chronicle.breach(f"key {order.key} took other content: order {other.n}")

    async def _cancel(self, order: Order) -> None:
        task_id = order.task
        if task_id is None:
            return
        try:
            done = await self.until_answered("cancel", lambda server: server.desks.cancel.cancel("", task_id))
        except NotPossible:
            return
        if done is None:
            return
        order.cancel_requested = True
        self.world.chronicle.note(self.name, f"cancel acknowledged: {done.status.name.lower()}", task_id)
        if done.status is Status.CANCELLED:
            order.cancelled_at_s = now_s()

    async def _read(self, batch: Sequence[Order]) -> None:
        """Wait for some of the ends; retry what ended badly."""
        ids = [order.task for order in batch if order.task is not None and not order.is_sleeper]
        if not ids:
            return
        seen = await self.until_answered(
            "await", lambda server: server.desks.waiting.await_tasks("", ids, 2.0), patience=4
        )
        for task_id, ended in seen.ended.items() if seen is not None else ():
            self.world.note_read(task_id, ended.outcome)
        if seen is not None and seen.unknown:
            self.world.chronicle.breach(f"acknowledged tasks were called unknown: {[i.hex() for i in seen.unknown]}")
        for order in batch:
            if order.task is not None and self._random.random() < 0.1:
                await self._retry(order, order.task)

    async def _retry(self, order: Order, task_id: TaskId) -> None:
        token = self._random.randbytes(16)
        try:
            retried = await self.until_answered("retry", lambda server: server.desks.retry.retry("", task_id, token))
        except (NotPossible, NotFound):
            return
        if retried is not None:
            self.world.chronicle.note(self.name, f"order {order.n} is retried", retried.id, task_id.hex())
            order.retried_as.append(retried.id)

    async def until_answered(
        self,
        what: str,
        handle: "Callable[[FrontendServer], Coroutine[Any, Any, Answer]]",
        patience: int = 1000,
    ) -> Answer | None:
        """Repeat what got no answer; None: given up."""
        for attempt in range(patience):
            try:
                return await self.world.places.ask_frontend(self.name, handle, CALL_TIMEOUT_S, what)
            except Unavailable as error:
                self.world.chronicle.note(self.name, f"{what}: no answer ({attempt + 1})", detail=str(error))
                await asyncio.sleep(0.05 + self._random.random() * min(2.0, 0.2 * 2.0 ** min(attempt, 6)))
            except (NotPossible, NotFound):
                raise
            except InvalidInput as error:
                self.world.chronicle.breach(f"{self.name}: {what} was refused as invalid: {error}")
                return None
            except PenstockError as error:
                self.world.chronicle.breach(f"{self.name}: {what} failed with {error!r}")
                return None
        return None


def _how_long(kind: str, random: Random) -> float:
    if kind == "slow":
        return random.choice((0.5, 1.0, 2.0, 7.0))
    if kind in ("blocking", "plain"):
        return random.choice((0.01, 0.5, 2.0))
    return random.uniform(0.001, 0.05)


def _group(order: Order) -> TaskGroup:
    return TaskGroup(
        collection=order.collection,
        lambda_name=lambda_of(order),
        payloads=[order.payload],
        priority=order.priority,
        delay_us=[order.delay_us] if order.delay_us else [],
        keys=[order.key] if order.key else [],
    )
