"""The store as the scheduler sees it: what is due, what is overdue."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.identity import TaskId
from penstock.model.lane import LambdaId, LaneId
from penstock.model.task import Reference, Trigger

BucketShare = tuple[tuple[int, int], ...]
"""Ranges of buckets, both ends included, that a scheduler covers. `ALL_BUCKETS` is the whole."""
ALL_BUCKETS: BucketShare = ((0, 1023),)


class DueBatch(Struct, frozen=True):
    """What one pass moved to enqueued."""

    references: dict[LaneId, list[Reference]]
    enqueued_at_us: int
    held: dict[LaneId, int] = {}
    """how many rows of a lane were due and are held now, because a gate stops them"""
    condemned: bool = False
    """some of them were stopped by a gate that drops"""


class DueWork(Protocol):
    """All times are the store's clock; all methods look only at the buckets named."""

    async def next_due(self, lanes: Sequence[LaneId], buckets: BucketShare) -> dict[LaneId, int]:
        """Lane -> the earliest `trigger_at` (microseconds) of its new or retriable rows, for lanes that have one."""

    async def enqueue_due(
        self, wants: Mapping[LaneId, int], buckets: BucketShare, enqueue_timeout_s: float
    ) -> DueBatch:
        """Move up to `wants[lane]` due rows of each lane to enqueued, oldest `trigger_at` first.

        Those that a gate stops are held for it instead; both count as wanted. A row whose cancel was requested is not
        enqueued but left for `overdue`. Rows that another scheduler is moving now are passed over.
        """

    async def overdue(self, buckets: BucketShare, limit: int) -> list[Trigger]:
        """Enqueued, held, claimed and processing rows whose `trigger_at` has passed, oldest first.

        Also new and retriable ones whose cancel was requested, because `enqueue_due` leaves them.
        """

    async def look_later(self, rows: Sequence[Trigger], delay_s: float) -> None:
        """`trigger_at` = clock + delay for rows that are as they were read (status, claim, trigger_at)."""

    async def enqueued_page(self, buckets: BucketShare, after: TaskId | None, limit: int) -> list[Trigger]:
        """Enqueued rows by rising id: what must be published again when a stream was lost."""

    async def free_held(self, held_for: str, lambda_ids: Sequence[LambdaId], limit: int) -> int:
        """Move up to `limit` rows held for that reason to new, in due order; answers how many."""
