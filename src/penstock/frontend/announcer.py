"""What others are told after a commit: references for open lanes, and when there is something to wake for."""

from collections.abc import Mapping, Sequence

from penstock.model.gate import stops
from penstock.model.lane import LaneId, lambda_of
from penstock.model.task import NewTask, Reference
from penstock.ports.admission import AdmitReply, AdmitRequest, Admitted
from penstock.ports.lanes import LaneGauges
from penstock.ports.signals import Signals, Topic
from penstock.ports.work_queue import WorkQueue


class Announcer:
    """Hints only: each of them may be lost."""

    def __init__(self, queue: WorkQueue, gauges: LaneGauges, signals: Signals) -> None:
        self._queue = queue
        self._gauges = gauges
        self._signals = signals

    def stored(self, requests: Sequence[AdmitRequest], admitted: Admitted) -> None:
        """Publish what was written as enqueued; wake the schedulers for what was written as new."""
        stored_at_us, shut = admitted.stored_at_us, admitted.shut
        enqueued: dict[LaneId, list[Reference]] = {}
        due_at_us: dict[LaneId, int] = {}
        for request, reply in zip(requests, admitted.replies, strict=True):
            for task in _written(request, reply):
                lane = task.lane
                due_us = task.due_at_us or stored_at_us + task.delay_us
                if due_us <= stored_at_us and shut and stops(shut, lambda_of(lane), task.collection):
                    continue  # it is held, and its gate will move it
                if due_us <= stored_at_us and lane in admitted.open_lanes:
                    enqueued.setdefault(lane, []).append(Reference(task.id))
                elif due_us < due_at_us.get(lane, due_us + 1):
                    due_at_us[lane] = due_us
        for lane, references in enqueued.items():
            self._publish(lane, references, stored_at_us)
        if due_at_us:
            self._signals.send(Topic.DUE, due_body(due_at_us))

    def _publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        step = max(self._gauges.references_per_message(lane), 1)
        for at in range(0, len(references), step):
            self._queue.publish(lane, references[at : at + step], enqueued_at_us)
        self._gauges.published(lane, len(references))


def due_body(due_at_us: Mapping[LaneId, int]) -> bytes:
    """The body of a signal on `Topic.DUE`."""
    return b"".join([lane.to_bytes(8, "big") + at_us.to_bytes(8, "big") for lane, at_us in due_at_us.items()])


def _written(request: AdmitRequest, reply: AdmitReply) -> Sequence[NewTask]:
    """The tasks that were written now and wait for nothing but their time and their lane."""
    if reply.repeat_of_minted_at_ms or reply.token_conflict:
        return ()
    return [
        task
        for position, task in enumerate(request.tasks)
        if not task.held_for
        and position not in reply.existing
        and position not in reply.conflicts
        and position not in reply.held
    ]
