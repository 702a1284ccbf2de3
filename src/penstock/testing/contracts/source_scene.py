"""The stage of the sources' suites: short ways to ask a source, and what it may be asked to hold."""

from abc import ABC, abstractmethod
from collections.abc import Sequence

from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.event_rules import SEQUENCE_MAX
from penstock.ports.event_source import EventSource, Heads, RangeRead, SubjectKey, SubjectRange
from penstock.testing.contracts.suite import Suite

ALL_BYTES = 1 << 30
MANY = 1_000
PAGES_MAX = 10_000


class SourceUnderTest(ABC):
    """An empty source in which the test makes events happen."""

    @property
    @abstractmethod
    def source(self) -> EventSource:
        """The adapter."""

    @abstractmethod
    async def put(self, *changes: tuple[str, bytes]) -> None:
        """Let one event happen for each <subject, content>, in this order; all can be read when it returns."""

    @abstractmethod
    async def moment(self) -> int:
        """A time, microseconds since 1970, after all that was put and before all that will be."""

    def shows(self, event: StoredEvent, content: bytes) -> bool:
        """Whether an event says that its subject came to have this content."""
        return event.data == content


class SourceScene:
    """A source under test, asked in few words."""

    def __init__(self, under_test: SourceUnderTest) -> None:
        self.under_test = under_test
        self.source = under_test.source
        self.put = under_test.put
        self.moment = under_test.moment

    @classmethod
    async def of(cls, under_test: SourceUnderTest) -> "SourceScene":
        """Nothing to prepare."""
        return cls(under_test)

    async def put_one_by_one(self, *changes: tuple[str, bytes]) -> list[int]:
        """The head that the subject of each change had after it."""
        return [await self._put_one(change) for change in changes]

    async def head(self, subject: str) -> int:
        """How far one subject has come."""
        (head,) = await self.source.heads([key(subject)])
        return head

    async def position(self, subject: str, at_us: int) -> int:
        """How far one subject had come."""
        (position,) = await self.source.positions_at([key(subject)], at_us)
        return position

    async def read(self, subject: str, after: int = 0, upto: int = SEQUENCE_MAX, events_max: int = MANY) -> RangeRead:
        """One range."""
        (answer,) = await self.source.read([span(subject, after, upto, events_max)], ALL_BYTES)
        return answer

    async def latest(self, subject: str, after: int = 0, upto: int = SEQUENCE_MAX) -> RangeRead:
        """The latest of one range."""
        (answer,) = await self.source.read_latest([span(subject, after, upto)], ALL_BYTES)
        return answer

    async def changed(self, mark: bytes, limit: int = MANY) -> tuple[dict[str, int], bytes]:
        """What has changed since a mark, by subject, to the end; and the mark that is given there."""
        told: dict[str, int] = {}
        for _ in range(PAGES_MAX):
            page = await self.source.changed(mark, limit)
            told |= _by_subject(page)
            mark = page.mark
            if page.is_end:
                return told, mark
        raise AssertionError(f"no end after {PAGES_MAX} pages of what has changed")

    async def scan(self, limit: int = MANY) -> dict[str, int]:
        """A whole pass."""
        told: dict[str, int] = {}
        mark = b""
        for _ in range(PAGES_MAX):
            page = await self.source.scan(mark, limit)
            told |= _by_subject(page)
            mark = page.mark
            if page.is_end:
                return told
        raise AssertionError(f"no end after {PAGES_MAX} pages of a scan")

    async def _put_one(self, change: tuple[str, bytes]) -> int:
        await self.put(change)
        return await self.head(change[0])


def key(subject: str) -> SubjectKey:
    """A subject and its hash."""
    return SubjectKey(subject, hash_of_subject(subject))


def span(subject: str, after: int = 0, upto: int = SEQUENCE_MAX, events_max: int = MANY) -> SubjectRange:
    """A range of one subject: all that it has, unless it is said otherwise."""
    return SubjectRange(key(subject), after, upto, events_max)


def sequences(events: Sequence[StoredEvent]) -> list[int]:
    """Of each event, its sequence."""
    return [event.sequence for event in events]


def _by_subject(page: Heads) -> dict[str, int]:
    for head in page.heads:
        assert head.subject_hash == hash_of_subject(head.subject)
    return {head.subject: head.sequence for head in page.heads}


SourceSuite = Suite[SourceUnderTest, SourceScene]

EVENT_SOURCE: SourceSuite = Suite("event source", SourceScene.of)
"""for every source"""
EVENT_HISTORY: SourceSuite = Suite("event history", SourceScene.of)
"""for those that keep each event, not the latest of each subject only"""
EVENT_TIMES: SourceSuite = Suite("event times", SourceScene.of)
"""for those that keep each event and know when it was visible"""
