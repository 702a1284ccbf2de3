"""Enqueued tasks that nobody has claimed in time: is the reference lost, or is the lane merely slow?"""

import asyncio
from collections.abc import Sequence
from typing import Final

from penstock.model.errors import Unavailable
from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.task import Reference, Trigger
from penstock.ports.due_work import DueWork
from penstock.ports.work_queue import WorkQueue
from penstock.scheduler.lane_publisher import LanePublisher, by_lane

MEMORY_S: Final = 60.0


class LostReferences:
    """A reference is published again only if its place in the lane is provably gone.

    Lanes keep their order. So it is gone if the lane is empty, or if its oldest message is younger than the
    task's enqueue time. To publish by age alone would double the references of every lane that is slow.
    """

    def __init__(self, due_work: DueWork, queue: WorkQueue, publisher: LanePublisher, enqueue_timeout_s: float) -> None:
        self._due_work = due_work
        self._queue = queue
        self._publisher = publisher
        self._enqueue_timeout_s = enqueue_timeout_s
        self._memory = _EnqueueTimes(round(enqueue_timeout_s * 1_000_000))

    async def look_after(self, rows: Sequence[Trigger]) -> int:
        """Enqueued rows, overdue; answers how many were published again. Raises `Unavailable` for the store's sake."""
        published = await asyncio.gather(*[self._look_after_lane(*each) for each in by_lane(rows).items()])
        if rows:
            await self._due_work.look_later(rows, self._enqueue_timeout_s)
        return sum(published)

    def forget(self) -> None:
        """All lanes were lost and are published anew."""
        self._memory.clear()

    async def _look_after_lane(self, lane: LaneId, rows: Sequence[Trigger]) -> int:
        try:
            oldest_us = await self._queue.oldest_us(lane)
        except Unavailable:
            oldest_us = 0  # who cannot see the lane knows of no loss
        lost: list[Trigger] = []
        times_us: list[int] = []
        for row in rows:
            enqueued_at_us = self._memory.enqueued_at_us(row)
            if oldest_us is None or oldest_us > enqueued_at_us:
                lost.append(row)
                times_us.append(enqueued_at_us)
                self._memory.drop(row.id)
            else:
                self._memory.keep(row, enqueued_at_us)
        if lost:
            # With its old time: to the next look a younger reference would seem to have overtaken it.
            self._publisher.publish(lane, [Reference(row.id, row.suspect) for row in lost], min(times_us))
        return len(lost)


class _EnqueueTimes:
    """A row that is looked at later gets a new `trigger_at`, which hides when it was enqueued: kept here.

    Forgotten after a while without a look (somebody else looks after the row now) and with the process: then
    the row seems younger than it is, and the loss of its reference is found later, not never.
    """

    def __init__(self, enqueue_timeout_us: int) -> None:
        self._enqueue_timeout_us = enqueue_timeout_us
        self._young: dict[TaskId, tuple[int, int]] = {}
        self._old: dict[TaskId, tuple[int, int]] = {}
        self._turned_at_s = 0.0

    def enqueued_at_us(self, row: Trigger) -> int:
        known = self._young.get(row.id) or self._old.get(row.id)
        if known is not None and known[0] == row.claim:
            return known[1]
        return row.trigger_at_us - self._enqueue_timeout_us

    def keep(self, row: Trigger, enqueued_at_us: int) -> None:
        now_s = asyncio.get_running_loop().time()
        if now_s - self._turned_at_s > MEMORY_S:
            self._young, self._old, self._turned_at_s = {}, self._young, now_s
        self._young[row.id] = (row.claim, enqueued_at_us)

    def drop(self, task_id: TaskId) -> None:
        self._young.pop(task_id, None)
        self._old.pop(task_id, None)

    def clear(self) -> None:
        self._young.clear()
        self._old.clear()
