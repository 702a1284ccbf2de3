"""Publish: events in, sequences out, durable in between."""

from collections.abc import Collection
from hashlib import blake2b
from typing import Final

import msgspec

from penstock.frontend.event_calls import PublishAnswer, PublishCall
from penstock.frontend.event_intake import check_shape, take_in
from penstock.frontend.event_schemas import EventSchemas
from penstock.frontend.journal_pump import JournalPump
from penstock.frontend.stream_book import NO_STREAM, StreamBook
from penstock.model.errors import InvalidInput, NotFound, SequenceConflict
from penstock.model.event import NewEvent
from penstock.ports.journal import AppendRequest, Unmet

_ENCODER: Final = msgspec.msgpack.Encoder(order="deterministic")


class PublishDesk:
    """`id_window_s`: how long a repeated source and id is known. `schemas`: what streams ask of data; None: nothing."""

    def __init__(
        self, pump: JournalPump, book: StreamBook, id_window_s: int, schemas: EventSchemas | None = None
    ) -> None:
        self._schemas = schemas
        self._pump = pump
        self._book = book
        self._id_window_s = id_window_s

    async def publish(self, call: PublishCall) -> PublishAnswer:
        """Store the events of a call, all or none.

        Raises `InvalidInput` when one of them is wrong, `SequenceConflict` when a subject is not where it was
        expected, and `Unavailable`: then the call may be repeated with its token, and will be answered the same.
        """
        size_bytes = check_shape(call)
        if not any(group.data for group in call.groups):
            return PublishAnswer([], [])
        named = {group.stream for group in call.groups if group.data}
        namespace_id, streams = self._book.known(call.namespace, named)
        if len(streams) < len(named):
            await self._refuse_before_streams_are_made(call, named)
            namespace_id, streams = await self._book.resolve(call.namespace, named)
        settled = call if self._schemas is None else await self._schemas.settled(namespace_id, call)
        events = take_in(settled, streams)
        request = AppendRequest(
            namespace_id=namespace_id,
            events=events,
            token=call.request_token,
            content_hash=_hash(call) if call.request_token else b"",
            id_window_s=self._id_window_s,
        )
        reply = await self._pump.append(request, size_bytes)
        if reply.token_conflict:
            raise InvalidInput("request_token", "was used before for another call; make a new one for each")
        if reply.conflict is not None:
            raise _conflict(call, events, reply.conflict)
        return PublishAnswer(reply.sequences, reply.existing)

    async def _refuse_before_streams_are_made(self, call: PublishCall, named: Collection[str]) -> None:
        """A call that is refused makes no stream. A new one has no schema by which its data could be anything else."""
        try:
            await self._book.look_up(call.namespace, named)
        except NotFound:
            take_in(call, dict.fromkeys(named, NO_STREAM))


def _hash(call: PublishCall) -> bytes:
    return blake2b(_ENCODER.encode(call.groups), digest_size=16).digest()


def _conflict(call: PublishCall, events: list[NewEvent], unmet: Unmet) -> SequenceConflict:
    event = events[unmet.position]
    reached = f"has reached sequence {unmet.sequence}" if unmet.sequence else "has reached sequence 0, so has no event"
    return SequenceConflict(
        f"{_place(call, unmet.position)}: subject {event.subject[:80]!r} {reached}, and {event.expected} was expected; "
        "nothing of this call was stored: read what has come since, and decide again",
        unmet.sequence,
    )


def _place(call: PublishCall, position: int) -> str:
    first = 0
    for at, group in enumerate(call.groups):
        if position < first + len(group.data):
            return f"groups[{at}].expected[{position - first}]"
        first += len(group.data)
    return "expected"
