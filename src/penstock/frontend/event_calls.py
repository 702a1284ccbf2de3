"""What publishers and readers of streams ask for and are answered, in the shape of the wire but free of it."""

from collections.abc import Sequence

from msgspec import Struct

from penstock.model.event import Event
from penstock.model.stream import StreamCount, SubjectHead


class EventGroup(Struct, frozen=True):
    """Events of one stream, in columns: `data` has one entry an event; the others none, one for all, or one each."""

    stream: str
    data: list[bytes]
    subjects: list[str] = []
    types: list[str] = []
    sources: list[str] = []
    ids: list[str] = []
    times_us: list[int] = []
    content_types: list[str] = []
    extensions: list[dict[str, str]] = []
    expected: list[int] = []


class PublishCall(Struct, frozen=True):
    """One Publish call."""

    namespace: str
    groups: list[EventGroup]
    request_token: bytes = b""


class PublishAnswer(Struct, frozen=True):
    """What became of a Publish call, durably. Positions count over all groups."""

    sequences: list[int]
    existing: list[int]
    """positions whose source and id were known: the sequence is the first one's"""


class PingGroup(Struct, frozen=True):
    """Pings of one stream, in columns of the same length."""

    stream: str
    subjects: list[str]
    sequences: list[int]


class PingCall(Struct, frozen=True):
    """One Ping call."""

    namespace: str
    groups: list[PingGroup]


class ReadCall(Struct, frozen=True):
    """One ReadEvents call."""

    namespace: str
    stream: str
    subject: str = ""
    after: int = 0
    page_size: int = 0
    page_token: str = ""


class EventPage(Struct, frozen=True):
    """One page. `next_page_token` is "" on the last; of one subject, whoever reads goes on after its last sequence."""

    events: Sequence[Event]
    next_page_token: str = ""
    head: int = 0


class StreamPage(Struct, frozen=True):
    """One page, by name."""

    streams: Sequence[StreamCount]
    next_page_token: str


class SubjectPage(Struct, frozen=True):
    """One page, in the order of the subjects' hashes."""

    subjects: Sequence[SubjectHead]
    next_page_token: str
