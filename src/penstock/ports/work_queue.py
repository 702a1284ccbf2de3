"""Lanes in motion: references to ready tasks. A hint, never the truth."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Protocol

from penstock.model.lane import LaneId
from penstock.model.task import Reference


class LaneMessage(Protocol):
    """Some references of one lane, held by who pulled them until `done` or `put_back`.

    Not acknowledged within the queue's acknowledgement time (about 5 s) and not kept: pulled again by somebody.
    """

    @property
    def lane(self) -> LaneId: ...
    @property
    def references(self) -> Sequence[Reference]: ...
    @property
    def enqueued_at_us(self) -> int:
        """the store's clock when the oldest of them was enqueued"""
        ...

    @property
    def messages_behind(self) -> int:
        """messages of the lane still waiting after this one, when it was handed out"""
        ...

    def done(self) -> Coroutine[None, None, None]:
        """All references were claimed or are known to be of no use. May be lost."""

    async def keep(self) -> None:
        """Still held: the acknowledgement time starts anew. May be lost."""

    async def put_back(self, rest: Sequence[Reference]) -> None:
        """Publish the rest with its enqueue time, then done."""


class LaneReader(Protocol):
    """Pulls one lane for one holder."""

    def want(self, messages: int) -> None:
        """At most so many messages in hand at any time: handed out and not yet `done` or `put_back`. 0 pauses.

        A standing order, absolute, not added: it needs no repeat as messages are settled.
        Pull requests stay outstanding; each message is handed over as it comes.
        """

    async def close(self) -> None:
        """No message is handed over after it returns."""


class WorkQueue(Protocol):
    """Duties. Delivery of a published reference is likely, not certain: a message may be lost, doubled, late,
    and the whole queue may vanish. `publish` never raises for the queue's sake and never waits for it: what
    cannot be sent now is dropped and counted. After a loss the queue is made again and `on_lost` callbacks run.
    Nothing here blocks while the engine is down.
    """

    async def start(self) -> None:
        """Connect (in the background, for ever) and make the streams when they are missing."""

    async def stop(self) -> None:
        """Flush what is waiting, within a second, and disconnect."""

    def publish(self, lane: LaneId, references: Sequence[Reference], enqueued_at_us: int) -> None:
        """Put references into a lane, at most 200 in a message, in order."""

    def reader(self, lane: LaneId, on_message: Callable[[LaneMessage], None]) -> LaneReader:
        """Messages of the lane are shared out among all readers of it, oldest first."""

    async def oldest_us(self, lane: LaneId) -> int | None:
        """The enqueue time of the oldest message in the lane, held ones included; None: the lane is empty.

        Raises `Unavailable` when the queue cannot say.
        """

    def on_lost(self, callback: Callable[[], Awaitable[None]]) -> None:
        """Called after the queue was made again: what was in it is gone."""
