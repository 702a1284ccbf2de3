"""`publish` and `publish_many`: events out of an app."""

from collections.abc import AsyncIterable, Iterable

from penstock.model.errors import PenstockError
from penstock.sdk.batch import has_room
from penstock.sdk.connection import Connection
from penstock.sdk.errors import PublishStopped
from penstock.sdk.event import Event, Publication, checked
from penstock.sdk.waiting import Waiter, deliver, new_waiter


async def publish(connection: Connection, own_source: str, event: Event) -> int:
    """Its sequence; on disk when this returns."""
    publication = checked(event, own_source)
    return await connection.client().event_outbox.put(publication)


async def publish_many(
    connection: Connection, own_source: str, events: Iterable[Event] | AsyncIterable[Event]
) -> list[int]:
    """One sequence an event, in order. A batch goes when the one before it is stored: that keeps the order."""
    bulk = _Bulk(connection, own_source)
    if isinstance(events, AsyncIterable):
        async for event in events:
            await bulk.add(event)
    else:
        for event in events:
            await bulk.add(event)
    return await bulk.finish()


class _Bulk:
    def __init__(self, connection: Connection, own_source: str) -> None:
        self._connection, self._own_source = connection, own_source
        self._batch: list[Publication] = []
        self._size_bytes = 0
        self._sequences: list[int] = []

    async def add(self, event: Event) -> None:
        try:
            publication = self._checked(event)
        except (PenstockError, TypeError) as error:
            raise self._stopped(error, len(self._sequences) + len(self._batch)) from error
        if not has_room(len(self._batch), self._size_bytes, publication):
            await self._send()
        self._batch.append(publication)
        self._size_bytes += publication.size_bytes

    async def finish(self) -> list[int]:
        if self._batch:
            await self._send()
        return self._sequences

    def _checked(self, event: Event) -> Publication:
        if not isinstance(event, Event):
            raise TypeError(f"publish_many takes Events, not {type(event).__qualname__}")
        return checked(event, self._own_source)

    async def _send(self) -> None:
        waiter: Waiter[list[int | Exception]] = new_waiter()
        self._connection.client().event_shipping.send_whole(self._batch, lambda outcomes: deliver([(waiter, outcomes)]))
        for outcome in await waiter:
            if isinstance(outcome, Exception):
                raise self._stopped(outcome, len(self._sequences)) from outcome
            self._sequences.append(outcome)
        self._batch, self._size_bytes = [], 0

    def _stopped(self, cause: Exception, at: int) -> Exception:
        """Nothing was stored at all: then the cause says it alone."""
        return PublishStopped(self._sequences, cause, at) if self._sequences or at else cause
