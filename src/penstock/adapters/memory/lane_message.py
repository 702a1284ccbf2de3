"""One message of a lane in memory."""

from collections.abc import Callable, Sequence
from typing import Protocol

from penstock.model.lane import LaneId
from penstock.model.task import Reference


class Engine(Protocol):
    """What a message asks of the bus that it came from."""

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None: ...
    def acknowledge(self, message: "MemoryLaneMessage") -> None: ...
    def renew(self, message: "MemoryLaneMessage") -> None: ...


class MemoryLaneMessage:
    """`LaneMessage` of a `LaneBus`. Equal sequence within one incarnation: the same message."""

    __slots__ = (
        "_engine",
        "_on_settled",
        "enqueued_at_us",
        "incarnation",
        "lane",
        "messages_behind",
        "references",
        "sequence",
    )

    def __init__(
        self,
        engine: Engine,
        sequence: int,
        incarnation: int,
        lane: LaneId,
        references: Sequence[Reference],
        enqueued_at_us: int,
    ) -> None:
        self._engine = engine
        self._on_settled: Callable[[], None] | None = None
        self.sequence = sequence
        self.incarnation = incarnation
        self.lane = lane
        self.references = references
        self.enqueued_at_us = enqueued_at_us
        self.messages_behind = 0

    def handed_out(self, messages_behind: int, on_settled: Callable[[], None]) -> "MemoryLaneMessage":
        """The same message, as its next holder sees it. `on_settled` is called once, at `done` or `put_back`."""
        held = MemoryLaneMessage(
            self._engine, self.sequence, self.incarnation, self.lane, self.references, self.enqueued_at_us
        )
        held.messages_behind = messages_behind
        held._on_settled = on_settled
        return held

    async def done(self) -> None:
        self._settle()

    async def keep(self) -> None:
        self._engine.renew(self)

    async def put_back(self, rest: Sequence[Reference]) -> None:
        self._engine.publish(self.lane, rest, self.enqueued_at_us)
        self._settle()

    def _settle(self) -> None:
        self._engine.acknowledge(self)
        settled, self._on_settled = self._on_settled, None
        if settled is not None:
            settled()
