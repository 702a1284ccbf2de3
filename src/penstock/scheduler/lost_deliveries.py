"""Deliveries whose lease has run out, or which a gate has dropped: their cursors say what becomes of them."""

import logging
from collections.abc import Callable, Sequence
from typing import Final

from penstock.model.delivery_row import DeliveryChange, DeliveryRow
from penstock.model.lane import LaneId
from penstock.model.lifecycle import OWNED
from penstock.model.limits import BATCH_ROWS_MAX
from penstock.model.ordering import lapse, passed_over
from penstock.model.task import Trigger
from penstock.ports.deliveries import Deliveries
from penstock.ports.event_source import SubjectKey
from penstock.ports.lanes import LaneGauges
from penstock.ports.source_book import SourceBook
from penstock.scheduler.lambda_list import LambdaList
from penstock.scheduler.lane_publisher import LanePublisher

BATCHES_MAX: Final = 50

log = logging.getLogger(__name__)


class LostDeliveries:
    """`hear` is told of lanes in which something is due again."""

    def __init__(
        self,
        deliveries: Deliveries,
        sources: SourceBook,
        lambdas: LambdaList,
        publisher: LanePublisher,
        gauges: LaneGauges,
        chance: Callable[[], float],
        hear: Callable[[LaneId, int], None],
    ) -> None:
        self._deliveries = deliveries
        self._sources = sources
        self._lambdas = lambdas
        self._publisher = publisher
        self._gauges = gauges
        self._chance = chance
        self._hear = hear

    async def end_leases(self, overdue: Sequence[Trigger]) -> int:
        """Of owned rows, as they were read; answers how many. Raises `Unavailable`: then the same rows come again."""
        seen = {row.id: row for row in overdue}
        rows = await self._deliveries.read(list(seen))
        return await self._apply(
            [
                lapse(row, self._lambdas.policy(row.trigger.lane), self._chance())
                for row in rows.values()
                if row.trigger.status in OWNED and _is_as_read(row, seen[row.trigger.id])
            ]
        )

    async def drop_held(self) -> None:
        """What a gate has dropped is passed over, as far as its source has come. Raises `Unavailable`."""
        for _ in range(BATCHES_MAX):
            rows = await self._deliveries.condemned(BATCH_ROWS_MAX)
            for stream_id in {row.stream_id for row in rows}:
                some = [row for row in rows if row.stream_id == stream_id]
                keys = [SubjectKey(row.subject, row.subject_hash) for row in some]
                heads = await self._sources.source_of(stream_id).heads(keys)
                await self._apply([passed_over(row, head) for row, head in zip(some, heads, strict=True)])
                log.warning("%d subjects of stream %d were passed over: a gate drops them", len(some), stream_id)
            if len(rows) < BATCH_ROWS_MAX:
                break

    async def _apply(self, changes: Sequence[DeliveryChange]) -> int:
        moved = await self._deliveries.apply(changes, self._gauges.room)
        for lane, references in moved.raised.references.items():
            self._publisher.publish(lane, references, moved.raised.enqueued_at_us)
        for lane in moved.raised.waiting:
            self._hear(lane, 0)
        return sum(moved.held)


def _is_as_read(row: DeliveryRow, seen: Trigger) -> bool:
    return (row.trigger.claim, row.trigger.trigger_at_us) == (seen.claim, seen.trigger_at_us)
