"""References into lanes, in messages of a size that suits the lane."""

from collections.abc import Iterable, Sequence

from penstock.model.lane import LaneId
from penstock.model.task import Reference, Trigger
from penstock.ports.lanes import LaneGauges
from penstock.ports.work_queue import WorkQueue


class LanePublisher:
    """Hints only: whatever gets lost on the way is found by an overdue round."""

    def __init__(self, queue: WorkQueue, gauges: LaneGauges) -> None:
        self._queue = queue
        self._gauges = gauges

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        """In order. `enqueued_at_us` must not be later than the rows' own time, or they would look lost."""
        step = max(self._gauges.references_per_message(lane), 1)
        for at in range(0, len(references), step):
            self._queue.publish(lane, references[at : at + step], enqueued_at_us)
        self._gauges.published(lane, len(references))


def by_lane(rows: Iterable[Trigger]) -> dict[LaneId, list[Trigger]]:
    """Each lane's rows, in their order."""
    lanes: dict[LaneId, list[Trigger]] = {}
    for row in rows:
        lanes.setdefault(row.lane, []).append(row)
    return lanes
