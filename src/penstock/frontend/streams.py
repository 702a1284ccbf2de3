"""What people ask about streams: which there are, how far their subjects have come, and what stands in them."""

from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.frontend.event_calls import EventPage, ReadCall, StreamPage, SubjectPage
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.page_token import NameSeal
from penstock.frontend.stream_book import StreamBook
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.event import HASH_BYTES, StoredEvent, hash_of_subject, told
from penstock.model.event_rules import SEQUENCE_MAX, check_stream, check_subject
from penstock.model.limits import BATCH_BYTES_MAX, LIST_PAGE_DEFAULT, LIST_PAGE_MAX, STREAMS_PAGE_MAX
from penstock.model.stream import Stream, check_keep_s
from penstock.model.stream_hold import NO_CHANGE, HoldChange, check_hold
from penstock.ports.journal import Journal, Position
from penstock.ports.streams import Streams

_NUMBER_BYTES: Final = 8
_STAND_THERE: Final = "its events stand there, not here; `penstock cursors list` shows how far they are delivered"


class _Bounded(Struct, frozen=True):
    events: list[StoredEvent]
    is_cut: bool


class StreamDesk:
    """`page_key`: see `InquiryDesk`. Its methods raise `InvalidInput`, `NotFound` and `Unavailable`."""

    def __init__(
        self, streams: Streams, journal: Journal, names: LambdaBook, book: StreamBook, page_key: bytes
    ) -> None:
        self._streams = streams
        self._journal = journal
        self._names = names
        self._book = book
        self._seal = NameSeal(page_key)

    async def list_streams(self, namespace: str, stream: str, page_size: int, page_token: str) -> StreamPage:
        """One page by name, or the one stream that is named."""
        limit = _limit(page_size or STREAMS_PAGE_MAX, STREAMS_PAGE_MAX)
        namespace_id = await self._names.known_namespace_id(namespace)
        if stream:
            count = await self._streams.count(namespace_id, check_stream(stream))
            if count is None:
                raise NotFound(f"no stream {stream!r} in this namespace")
            return StreamPage([count], "")
        scope = ("streams", namespace_id)
        after = self._seal.last(scope, page_token) if page_token else ""
        counts = await self._streams.page(namespace_id, after, limit + 1)  # one more tells whether a page follows
        page = counts[:limit]
        return StreamPage(page, self._seal.token(scope, page[-1].stream.name) if len(counts) > limit else "")

    async def set_stream(self, namespace: str, stream: str, keep_s: float, hold: HoldChange = NO_CHANGE) -> Stream:
        """Set how long it keeps its events, 0: as the platform does, and what for cursors. A new one is made."""
        check_hold(hold, check_keep_s(keep_s))
        self._book.require_ours(namespace, check_stream(stream), "how long its events are kept is settled there")
        return await self._streams.keep(await self._names.namespace_id(namespace), stream, keep_s, hold)

    async def list_subjects(self, namespace: str, stream: str, page_size: int, page_token: str) -> SubjectPage:
        """One page in the order of their hashes."""
        limit = _limit(page_size)
        self._book.require_ours(namespace, check_stream(stream), _STAND_THERE)
        found = await self._book.find(namespace, stream)
        scope = ("subjects", found.id)
        after = bytes.fromhex(self._seal.last(scope, page_token)) if page_token else b""
        heads = await self._streams.subjects(found.id, after, limit + 1)
        page = heads[:limit]
        return SubjectPage(page, self._seal.token(scope, page[-1].subject_hash.hex()) if len(heads) > limit else "")

    async def read(self, call: ReadCall) -> EventPage:
        """A subject's events in their order, or a stream's, the latest first."""
        limit = _limit(call.page_size)
        if call.subject:
            check_subject(call.subject)
        if not 0 <= call.after <= SEQUENCE_MAX:
            raise InvalidInput("after", f"{call.after} is no sequence; use that of the last event you have read, or 0")
        if call.after and not call.subject:
            raise InvalidInput("after", "is a sequence, which only a subject has; name the subject")
        if call.page_token and call.subject:
            raise InvalidInput("page_token", "goes with a whole stream; of a subject, go on with after")
        self._book.require_ours(call.namespace, check_stream(call.stream), _STAND_THERE)
        stream = await self._book.find(call.namespace, call.stream)
        return await (self._read_subject if call.subject else self._read_stream)(stream, call, limit)

    async def _read_subject(self, stream: Stream, call: ReadCall, limit: int) -> EventPage:
        subject_hash = hash_of_subject(call.subject)
        # Before the events: what comes in between is no reason to say that there is more.
        head = await self._journal.head(stream.id, subject_hash)
        found = await self._journal.read(stream.id, subject_hash, call.after, limit, BATCH_BYTES_MAX)
        return EventPage([told(stream.name, event) for event in _bounded(found).events], head=head)

    async def _read_stream(self, stream: Stream, call: ReadCall, limit: int) -> EventPage:
        scope = ("events", stream.id)
        before = _position(self._seal.last(scope, call.page_token)) if call.page_token else None
        page = _bounded(await self._journal.latest(stream.id, before, limit, BATCH_BYTES_MAX))
        token = ""
        if page.events and (page.is_cut or await self._goes_on(stream, page.events[-1])):
            token = self._seal.token(scope, _text(page.events[-1]))
        return EventPage([told(stream.name, event) for event in page.events], token)

    async def _goes_on(self, stream: Stream, last: StoredEvent) -> bool:
        return bool(await self._journal.latest(stream.id, _place(last), 1, 1))


def _limit(page_size: int, page_max: int = LIST_PAGE_MAX) -> int:
    if not 0 <= page_size <= page_max:
        raise LimitExceeded("page_size", f"{page_size} is outside of 1 to {page_max}")
    return page_size or LIST_PAGE_DEFAULT


def _bounded(events: Sequence[StoredEvent]) -> _Bounded:
    """As many as fit in one answer, with all that is written beside their data; never none of some."""
    kept: list[StoredEvent] = []
    size_bytes = 0
    for event in events:
        texts = (event.subject, event.type, event.source, event.id, event.content_type)
        size_bytes += len(event.data) + len(event.extensions) + sum([len(text.encode()) for text in texts])
        if kept and size_bytes > 2 * BATCH_BYTES_MAX:
            return _Bounded(kept, is_cut=True)
        kept.append(event)
    return _Bounded(kept, is_cut=False)


def _place(event: StoredEvent) -> Position:
    return Position(event.appended_at_us, event.subject_hash, event.sequence)


def _text(event: StoredEvent) -> str:
    numbers = (event.appended_at_us, event.sequence)
    return b"".join([event.subject_hash, *[each.to_bytes(_NUMBER_BYTES, "big") for each in numbers]]).hex()


def _position(text: str) -> Position:
    raw = bytes.fromhex(text)
    numbers = [int.from_bytes(raw[at : at + _NUMBER_BYTES], "big") for at in (HASH_BYTES, HASH_BYTES + _NUMBER_BYTES)]
    return Position(numbers[0], raw[:HASH_BYTES], numbers[1])
