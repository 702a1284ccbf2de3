"""The stage of the queue's suite: holders that take messages, and waiting without guessing how long."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId, make_ids
from penstock.model.lane import LaneId
from penstock.model.task import Reference
from penstock.ports.work_queue import LaneMessage, WorkQueue
from penstock.testing.contracts.suite import Suite
from penstock.testing.contracts.under_test import QueueUnderTest

PATIENCE_S = 60.0
"""after which something that must happen counts as not happening; no idea waits for so long when all is well"""
ENQUEUED_AT_US = 1_767_225_600_000_000
Found = TypeVar("Found")


class Holder:
    """One reader of a lane and what it has in hand."""

    def __init__(self, queue: WorkQueue, lane: LaneId, want: int) -> None:
        self._arrived: asyncio.Queue[LaneMessage] = asyncio.Queue()
        self.taken: list[LaneMessage] = []
        self.reader = queue.reader(lane, self._arrived.put_nowait)
        self.reader.want(want)

    async def take(self) -> LaneMessage:
        """The next message handed over."""
        message = await asyncio.wait_for(self._arrived.get(), PATIENCE_S)
        self.taken.append(message)
        return message

    async def take_all(self, count: int) -> list[LaneMessage]:
        """The next so many."""
        return [await self.take() for _ in range(count)]

    def untaken(self) -> int:
        """How many were handed over beyond those taken."""
        return self._arrived.qsize()


class QueueScene:
    """A queue under test and two lanes of it."""

    def __init__(self, under_test: QueueUnderTest) -> None:
        self.under_test = under_test
        self.lane, self.other_lane = LaneId(6), LaneId(10)
        self._batches = 0

    @classmethod
    async def of(cls, under_test: QueueUnderTest) -> "QueueScene":
        """Set the stage."""
        return cls(under_test)

    async def client(self) -> WorkQueue:
        """One more process."""
        return await self.under_test.client()

    def references(self, count: int) -> list[Reference]:
        """Fresh ones; every third runs alone."""
        self._batches += 1
        ids = make_ids(ENQUEUED_AT_US // 1000 + self._batches, b"queue %d" % self._batches, count)
        return [Reference(task_id, alone=number % 3 == 2) for number, task_id in enumerate(ids)]

    def publish_one_by_one(self, queue: WorkQueue, count: int, lane: LaneId | None = None) -> list[TaskId]:
        """So many messages of one reference each, enqueued a second apart."""
        references = self.references(count)
        for number, reference in enumerate(references):
            queue.publish(lane or self.lane, [reference], ENQUEUED_AT_US + number * 1_000_000)
        return [reference.id for reference in references]

    async def oldest_becomes(self, queue: WorkQueue, expected_us: int | None) -> None:
        """Acknowledgements take their time: wait until the lane's oldest enqueue time is this one."""
        await until(lambda: self._oldest_is(queue, expected_us))

    async def _oldest_is(self, queue: WorkQueue, expected_us: int | None) -> bool:
        try:
            return await queue.oldest_us(self.lane) == expected_us
        except Unavailable:
            return False


async def until(condition: Callable[[], Awaitable[bool]]) -> None:
    """Ask again and again until the answer is yes."""
    for _ in range(round(PATIENCE_S / 0.02)):
        if await condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"it did not happen within {PATIENCE_S} s")


def ids_of(*messages: LaneMessage) -> list[TaskId]:
    """The ids in these messages, in order."""
    return [reference.id for message in messages for reference in message.references]


WORK_QUEUE: Suite[QueueUnderTest, QueueScene] = Suite("work queue", QueueScene.of)
