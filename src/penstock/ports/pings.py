"""Pings in motion: hints that a subject has come further. Kept in a file until picked up, and never the truth."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.event import StreamId


class Ping(Struct, frozen=True, gc=False):
    """A subject of a stream has reached at least `sequence`. May be lost, late, early, repeated, or wrong."""

    stream_id: StreamId
    subject: str
    sequence: int


class PingQueue(Protocol):
    """Duties. `publish` never raises for the queue's sake and never waits for it: what cannot be sent now is dropped
    and counted; refresh makes it good. Pings of one subject coalesce where they meet: the highest sequence stands. What
    is in the queue when its engine stops is there when it returns. Nothing here blocks while the engine is down.
    """

    async def start(self) -> None:
        """Connect (in the background, for ever) and make the stream when it is missing."""

    async def stop(self) -> None:
        """Flush what is waiting, within a second, and disconnect."""

    def publish(self, pings: Sequence[Ping]) -> None:
        """Put pings into the queue, in as few messages as their sizes allow."""

    def listen(self, on_pings: Callable[[Sequence[Ping]], Awaitable[None]]) -> Callable[[], Awaitable[None]]:
        """Hand pings over in batches, shared out among all listeners of all processes; answers how to stop.

        A batch is settled when `on_pings` has returned; what it raised on, or did not settle within the queue's
        acknowledgement time, is handed over again, to anybody. Whatever waits comes with the next batch, and no batch
        waits.
        """
