"""The native journal: events in, in the order of their subjects, and out again."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from penstock.model.event import ANY_SEQUENCE, NewEvent, StoredEvent, StreamId


class AppendRequest(Struct, frozen=True, gc=False):
    """One call's events, stored as a whole or not at all."""

    namespace_id: int
    events: list[NewEvent]
    token: bytes = b""
    """empty: the call cannot be repeated"""
    content_hash: bytes = b""
    """of the whole call, to tell a repeat from a token used twice"""
    id_window_s: int = 86_400
    """how long the sources and ids of these events are known"""

    @property
    def expects(self) -> bool:
        """Whether a subject must have reached a certain sequence."""
        return any(event.expected != ANY_SEQUENCE for event in self.events)


class AppendReply(Struct, frozen=True):
    """What became of one call. Positions are indexes into its events."""

    sequences: list[int] = []
    """one an event"""
    existing: list[int] = []
    """positions whose source and id were known: nothing was stored for them, and the sequence is the first one's"""
    token_conflict: bool = False
    """the token was used before for other content; nothing was stored"""
    conflict: "Unmet | None" = None
    """a subject had reached another sequence than was expected; nothing was stored"""


class Unmet(Struct, frozen=True):
    """Where a call expected what was not so."""

    position: int
    sequence: int
    """what the subject has reached, 0: none"""


class Position(Struct, frozen=True):
    """Where a list of a stream's events goes on."""

    appended_at_us: int
    subject_hash: bytes
    sequence: int


class Journal(Protocol):
    """Duties of `append`, in one transaction, durable when it returns:

    - An event's sequence is its subject's last one plus 1, in the order of the events, given under the subject's
      lock: whoever sees a sequence sees all lower ones. A subject without one begins at the store's clock in
      microseconds, so that one that was forgotten comes back above.
    - A call is stored as a whole or not at all, and a request with an `expected` sequence comes alone.
    - A source and id (`key`) of the same stream that is known and whose window has not passed: nothing is stored for
      the event, and its sequence is that of the first, whatever else they say. Of two in one trip the second is known.
    - A token that stands: nothing is stored; same content_hash -> the same answer, other -> `token_conflict`.
    - A batch that the store refuses for its content raises `InvalidInput`, and nothing of it is stored; the caller
      splits it. `Unavailable` when the store cannot answer: it may or may not have committed.
    """

    async def append(self, requests: Sequence[AppendRequest]) -> list[AppendReply]:
        """Store the events of all requests."""

    async def read(
        self, stream_id: StreamId, subject_hash: bytes, after: int, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        """A subject's events after a sequence, in order: at most `limit`, and no more than the one that passes
        `bytes_max` of data.
        """

    async def latest(
        self, stream_id: StreamId, before: Position | None, limit: int, bytes_max: int
    ) -> list[StoredEvent]:
        """A stream's events before a position, the latest stored first, bounded as `read` is. For people: what is
        stored at this moment may appear among what was read already.
        """

    async def head(self, stream_id: StreamId, subject_hash: bytes) -> int:
        """The last sequence of a subject; 0 for one that has none or was forgotten."""
