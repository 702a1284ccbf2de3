"""What cursors have moved on goes to its lanes; what waits in the store is told to the schedulers."""

from penstock.ports.deliveries import Raised
from penstock.ports.lanes import LaneGauges
from penstock.ports.pings import Ping, PingQueue
from penstock.ports.signals import Signals, Topic
from penstock.ports.work_queue import WorkQueue

_NOW = bytes(8)


class LaneFeed:
    """Hints only: each of them may be lost."""

    def __init__(self, queue: WorkQueue, gauges: LaneGauges, signals: Signals, pings: PingQueue) -> None:
        self._queue = queue
        self._gauges = gauges
        self._signals = signals
        self._pings = pings
        self.room = gauges.room

    def feed(self, raised: Raised) -> None:
        """After the commit."""
        for lane, references in raised.references.items():
            step = max(self._gauges.references_per_message(lane), 1)
            for at in range(0, len(references), step):
                self._queue.publish(lane, references[at : at + step], raised.enqueued_at_us)
            self._gauges.published(lane, len(references))
        if raised.waiting:
            self._signals.send(Topic.DUE, b"".join(lane.to_bytes(8, "big") + _NOW for lane in sorted(raised.waiting)))
        if raised.unmade:
            self._pings.publish([Ping(stream_id, subject, 0) for stream_id, subject in raised.unmade])
