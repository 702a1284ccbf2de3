"""Pings from outside, and those for what was just stored: hints that subjects have come further."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from penstock.frontend.event_calls import PingCall, PingGroup
from penstock.frontend.stream_book import StreamBook
from penstock.model.errors import InvalidInput, LimitExceeded
from penstock.model.event_rules import check_sequence, check_stream, check_subject
from penstock.model.limits import PINGS_PER_CALL_MAX
from penstock.ports.journal import AppendReply, AppendRequest
from penstock.ports.pings import Ping, PingQueue

if TYPE_CHECKING:
    from penstock.model.event import NewEvent, StreamId


class PingDesk:
    """Takes pings from whoever has written to a source."""

    def __init__(self, pings: PingQueue, book: StreamBook) -> None:
        self._pings = pings
        self._book = book

    async def ping(self, call: PingCall) -> int:
        """How many subjects were told about. All pings of a call are taken, or none.

        Waits for nothing but, once for each stream, its number. Raises `InvalidInput` naming the ping that is wrong,
        `NotFound` for a stream that nobody knows, and `Unavailable` when its number cannot be had.
        """
        _check_shape(call)
        streams = await self._book.look_up(call.namespace, {group.stream for group in call.groups})
        reached: dict[tuple[StreamId, str], int] = {}
        for group in call.groups:
            for subject, sequence in zip(group.subjects, group.sequences, strict=True):
                place = (streams[group.stream], subject)
                reached[place] = max(sequence, reached.get(place, sequence))
        self._pings.publish([Ping(*place, sequence) for place, sequence in reached.items()])
        return len(reached)


class JournalPings:
    """Tells of events that have just been stored in the native journal."""

    def __init__(self, pings: PingQueue) -> None:
        self._pings = pings

    def stored(self, requests: Sequence[AppendRequest], replies: Sequence[AppendReply]) -> None:
        """Called after the commit. The last event of a subject stands for all before it."""
        reached: dict[tuple[StreamId, str], int] = {}
        for request, reply in zip(requests, replies, strict=True):
            if reply.sequences:
                stored: Iterable[tuple[NewEvent, int]] = zip(request.events, reply.sequences, strict=True)
                if reply.existing:  # their sequences may be those of another subject
                    stood = frozenset(reply.existing)
                    stored = (each for position, each in enumerate(stored) if position not in stood)
                reached |= {(event.stream_id, event.subject): sequence for event, sequence in stored}
        if reached:
            self._pings.publish([Ping(*place, sequence) for place, sequence in reached.items()])


def _check_shape(call: PingCall) -> None:
    count = sum(len(group.subjects) for group in call.groups)
    if count > PINGS_PER_CALL_MAX:
        raise LimitExceeded("groups", f"hold {count} pings; the limit of a call is {PINGS_PER_CALL_MAX}")
    for at, group in enumerate(call.groups):
        _check_group(group, f"groups[{at}]")


def _check_group(group: PingGroup, field: str) -> None:
    check_stream(group.stream, f"{field}.stream")
    if len(group.sequences) != len(group.subjects):
        raise InvalidInput(
            f"{field}.sequences", f"has {len(group.sequences)} entries for {len(group.subjects)} subjects"
        )
    for number, (subject, sequence) in enumerate(zip(group.subjects, group.sequences, strict=True)):
        check_subject(subject, f"{field}.subjects[{number}]")
        check_sequence(sequence, f"{field}.sequences[{number}]")
