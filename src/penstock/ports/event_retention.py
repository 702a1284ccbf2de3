"""How events leave the journal. Off the path of work; no memory twin."""

from collections.abc import Mapping
from typing import Final, Protocol

from msgspec import Struct

from penstock.model.event import StreamId

_NONE: Final[Mapping[StreamId, int]] = {}


class EventsRetired(Struct, frozen=True):
    """What one round did."""

    days_dropped: int
    events_deleted: int
    """of streams that keep theirs for a shorter time than others"""
    heads_forgotten: int
    keys_expired: int
    tokens_expired: int


class EventRetention(Protocol):
    """Duties: no event younger than its stream's retention is dropped; no head is forgotten while an event of its
    subject may stand.
    """

    async def tend(self, keep_s: float, held_until_us: Mapping[StreamId, int] = _NONE) -> EventsRetired:
        """Retire what is older than its stream keeps it; `keep_s` is for streams that have no time of their own.
        `held_until_us`: of streams that wait for cursors, what was stored before then may go, too. One that waits and
        is not in there keeps its events as long as it ever does.
        """
