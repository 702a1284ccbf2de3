"""Somebody who schedules tasks after tasks, in one call or one after the other, and sometimes cancels one of them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from penstock.frontend.calls import ParentsAsked, ScheduleCall, TaskGroup
from penstock.model.errors import NotPossible
from penstock.model.lifecycle import ParentFailure
from penstock.testing.world.chance import weighted
from penstock.testing.world.chronicle import now_s
from penstock.testing.world.clients import Client
from penstock.testing.world.gatekeeper import COLLECTIONS
from penstock.testing.world.orders import UNDECODABLE, Order, payload_of

if TYPE_CHECKING:
    from penstock.testing.world.world import World

KINDS: Final = {"quick": 70.0, "slow": 6.0, "flaky": 8.0, "fatal": 6.0, "raising": 3.0, "undecodable": 4.0}
SHAPES: Final[dict[str, dict[int, list[int]]]] = {
    "chain": {0: [], 1: [0], 2: [1], 3: [2]},
    "chain, told backwards": {0: [1], 1: [2], 2: [3], 3: []},
    "fan-out": {0: [], 1: [0], 2: [0], 3: [0], 4: [0], 5: [0]},
    "fan-in": {0: [], 1: [], 2: [], 3: [], 4: [], 5: [], 6: [0, 1, 2, 3, 4, 5]},
    "diamond": {0: [], 1: [0], 2: [0], 3: [1, 2], 4: [3, 0]},
}


@dataclass(frozen=True, slots=True)
class Late:
    """A child of tasks that were stored before: they wait, run, or have ended when it comes."""

    parents: Sequence[Order]
    after_s: float


class Weaver:
    """Every shape once in each seed, with both policies, and children that come late."""

    def __init__(self, world: "World", client: Client) -> None:
        self.world = world
        self._client = client
        self._random = world.chance.stream("weaver")

    async def run(self, within_s: float) -> None:
        """All shapes, spread over a time."""
        shapes = list(SHAPES.values())
        self._random.shuffle(shapes)
        async with asyncio.TaskGroup() as errands:
            for shape in shapes:
                await asyncio.sleep(self._random.uniform(0.0, within_s / len(shapes)))
                errands.create_task(self._weave(shape))

    async def _weave(self, shape: dict[int, list[int]]) -> None:
        random = self._random
        orders = [self._order() for _ in shape]
        asked = {
            at: ParentsAsked(list(parents), random.choice((0, 0, ParentFailure.CANCEL, ParentFailure.CONTINUE)))
            for at, parents in shape.items()
            if parents
        }
        if not await self._place(orders, asked):
            return
        late = [Late(random.sample(orders, 2), random.choice((0.0, 0.05, 1.0, 4.0))) for _ in range(2)]
        async with asyncio.TaskGroup() as errands:
            for each in late:
                errands.create_task(self._add(each))
            if random.random() < 0.3:
                errands.create_task(self._cancel(random.choice(orders)))

    async def _add(self, late: Late) -> None:
        await asyncio.sleep(late.after_s)
        ids = [parent.task for parent in late.parents if parent.task is not None]
        policy = self._random.choice((ParentFailure.CANCEL, ParentFailure.CONTINUE))
        await self._place([self._order()], {0: ParentsAsked(list(ids), policy)})

    def _order(self) -> Order:
        random, world = self._random, self.world
        order = Order(world.next_number(), weighted(random, KINDS), b"", priority=random.choice((0, 1, 2, 3)))
        order.collection = random.choice(COLLECTIONS)
        order.is_of_family = True
        run_s = random.choice((0.5, 2.0)) if order.kind == "slow" else random.uniform(0.001, 0.3)
        order.payload = payload_of(order.n, run_s, random.choice((1, 2)) if order.kind == "flaky" else 0)
        if order.kind == "undecodable":
            order.payload = UNDECODABLE
        world.orders.append(order)
        return order

    async def _place(self, orders: Sequence[Order], asked: dict[int, ParentsAsked]) -> bool:
        groups = [_group(order) for order in orders]
        call = ScheduleCall("", groups, self._random.randbytes(16), parents=asked)
        for order in orders:
            order.asked_at_s, order.asked_at_us = now_s(), self.world.store_time()
        ask = self._client.until_answered
        answer = await ask("weave", lambda server: server.desks.schedule.schedule(call))
        if answer is None:
            return False
        self._client.note_answer(orders, answer)
        if self._random.random() < 0.3:
            again = await self._client.until_answered(
                "weave again", lambda server: server.desks.schedule.schedule(call)
            )
            if again is not None and again.ids != answer.ids:
                self.world.chronicle.breach(f"a family was told other ids when it came again: order {orders[0].n}")
        return True

    async def _cancel(self, order: Order) -> None:
        task_id = order.task
        if task_id is None:
            return
        await asyncio.sleep(self._random.uniform(0.0, 1.0))
        order.cancel_requested = True
        try:
            await self._client.until_answered("cancel", lambda server: server.desks.cancel.cancel("", task_id))
        except NotPossible:
            return


def _group(order: Order) -> TaskGroup:
    return TaskGroup(
        lambda_name="sim.quick" if order.kind == "undecodable" else f"sim.{order.kind}",
        payloads=[order.payload],
        collection=order.collection,
        priority=order.priority,
    )
