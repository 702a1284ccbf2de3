"""Where the events of a stream stand: the native journal, a table of the user's, a folder."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.event import StoredEvent
from penstock.model.stream import SubjectHead


class SubjectKey(Struct, frozen=True, gc=False):
    """A subject, and the hash that stands for it where an index needs one (`model.event.hash_of_subject`)."""

    subject: str
    subject_hash: bytes


class SubjectRange(Struct, frozen=True, gc=False):
    """What is asked of one subject: events after `after`, up to and with `upto`."""

    key: SubjectKey
    after: int
    upto: int
    events_max: int


class RangeRead(Struct, frozen=True, gc=False):
    """What a subject had in a range."""

    events: list[StoredEvent]
    """by rising sequence; events that never existed and events that are gone (expired, replaced) are left out"""
    scanned: int
    """every event of the subject up to here that was after `after` and exists is in `events`, and none will come to be
    below it: a cursor may go here. `after` when nothing can be said; never over `upto`"""


class Heads(Struct, frozen=True):
    """A piece of a list of subjects, and where it goes on."""

    heads: Sequence[SubjectHead]
    mark: bytes
    """what the next call is to be given; opaque to its holder, who may keep it for ever"""
    is_end: bool
    """nothing more stands there now"""


class EventSource(Protocol):
    """One stream's events, read in place. The same event has the same sequence for every reader and for ever, and
    sequences of a subject rise in the order in which its events became visible: what was once reported as scanned stays
    complete.

    `Unavailable` when the source cannot answer now; every call may be repeated. What a source cannot represent (a row
    without a subject, a file name that is not text) is told to its own log and counted, and stops nothing else.
    """

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """One answer for each range, in their order; all of them together hold about `bytes_max` of data at most, but
        the first event of the first range that has one is always handed over.
        """

    async def read_latest(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        """As `read`, with the latest event of each range only."""

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        """The last sequence of each subject that may be read now; 0: it has none."""

    async def positions_at(self, keys: Sequence[SubjectKey], at_us: int) -> list[int]:
        """The last sequence of each subject that was visible at a time (microseconds since 1970), so that a reader who
        begins there sees all that came later; 0: it had none, or the source cannot tell and all of it is later.
        """

    async def changed(self, mark: bytes, limit: int) -> Heads:
        """Subjects that have changed since a mark, with their heads; b"", and a mark that is none of this source: since
        about now, and nothing before. A subject may be told more than once; a change that became visible after the mark
        was given is told for certain.
        """

    async def scan(self, mark: bytes, limit: int) -> Heads:
        """All subjects, a piece at a time, in an order of the source's own; b"": from the first. One that exists for
        all of a pass is told in it for certain. The mark of the last piece leads to the first again.
        """
