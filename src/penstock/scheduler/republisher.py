"""After the queue was lost: everything that was enqueued is published again, the oldest first."""

import asyncio
from collections.abc import Callable
from typing import Final

from penstock.model.identity import TaskId
from penstock.model.task import Reference, Trigger
from penstock.ports.due_work import BucketShare, DueWork
from penstock.scheduler.lane_publisher import LanePublisher, by_lane
from penstock.scheduler.lost_references import LostReferences

PAGE_ROWS: Final = 1_000
PAGE_PAUSE_S: Final = 0.02
"""bounds the rate: a page, then a breath for everybody else"""


class Republisher:
    """Ids rise with time, so pages by id are pages by age."""

    def __init__(
        self,
        due_work: DueWork,
        share: Callable[[], BucketShare],
        publisher: LanePublisher,
        references: LostReferences,
        enqueue_timeout_s: float,
    ) -> None:
        self._due_work = due_work
        self._share = share
        self._publisher = publisher
        self._references = references
        self._enqueue_timeout_us = round(enqueue_timeout_s * 1_000_000)
        self._losses = 0
        self._made_good = 0

    def was_lost(self) -> None:
        """The queue was made again and is empty."""
        self._losses += 1
        self._references.forget()

    async def make_good(self) -> None:
        """Publish again if the queue was lost since the last time; raises `Unavailable`: call it again."""
        while self._made_good < self._losses:
            losses = self._losses
            await self.publish_again()
            self._made_good = losses

    async def publish_again(self, after: TaskId | None = None) -> int:
        """All enqueued rows of our buckets with a higher id; answers how many. Raises `Unavailable`."""
        published = 0
        while share := self._share():
            page = await self._due_work.enqueued_page(share, after, PAGE_ROWS)
            self._publish(page)
            published += len(page)
            if len(page) < PAGE_ROWS:
                break
            after = page[-1].id
            await asyncio.sleep(PAGE_PAUSE_S)
        return published

    def _publish(self, page: list[Trigger]) -> None:
        for lane, rows in by_lane(page).items():
            enqueued_at_us = min(row.trigger_at_us for row in rows) - self._enqueue_timeout_us
            self._publisher.publish(lane, [Reference(row.id, row.suspect) for row in rows], enqueued_at_us)
