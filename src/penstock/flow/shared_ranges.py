"""Ranges that several subscriptions to a stream read at about the same time are read once."""

import asyncio
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from penstock.model.event import StoredEvent, StreamId
from penstock.ports.event_source import EventSource, RangeRead, SubjectRange

KEPT_FOR_S: Final = 1.0
"""longer than claims of the same event are apart while nobody is behind; what a source has replaced meanwhile is handed
over as if it had been read so much earlier"""
KEPT_BYTES_MAX: Final = 8 * 1024 * 1024
EVENT_BYTES: Final = 256
"""about what an event takes up besides its data"""

_Place = tuple[StreamId, bytes]
"""A stream and the hash of a subject."""


class _Kept(Struct, frozen=True, gc=False):
    after: int
    scanned: int
    events: list[StoredEvent]
    size_bytes: int
    until_s: float


class SharedRanges:
    """What a source has once said of a range stays complete, and its events have the same sequences for everybody
    (`ports.event_source`): so whoever asks for a part of it a moment later is given that part.
    """

    def __init__(self) -> None:
        self._kept: dict[_Place, _Kept] = {}
        self._size_bytes = 0

    async def read(
        self, source: EventSource, stream_id: StreamId, ranges: Sequence[SubjectRange], bytes_max: int
    ) -> list[RangeRead]:
        """As `source.read`; events that were at hand do not count among the bytes."""
        now_s = asyncio.get_running_loop().time()
        answers = [self._at_hand((stream_id, each.key.subject_hash), each, now_s) for each in ranges]
        asked = {each: None for each, answer in zip(ranges, answers, strict=True) if answer is None}
        if not asked:
            return [answer for answer in answers if answer is not None]
        found = dict(zip(asked, await source.read(list(asked), bytes_max), strict=True))
        self._keep(stream_id, found, now_s + KEPT_FOR_S)
        return [answer or found[each] for each, answer in zip(ranges, answers, strict=True)]

    def _at_hand(self, place: _Place, asked: SubjectRange, now_s: float) -> RangeRead | None:
        kept = self._kept.get(place)
        if kept is None or asked.after < kept.after or asked.upto > kept.scanned or now_s > kept.until_s:
            return None
        if asked.after == kept.after and asked.upto == kept.scanned and len(kept.events) <= asked.events_max:
            return RangeRead(kept.events, asked.upto)
        events = [event for event in kept.events if asked.after < event.sequence <= asked.upto]
        if len(events) <= asked.events_max:
            return RangeRead(events, asked.upto)
        events = events[: asked.events_max]
        return RangeRead(events, events[-1].sequence)

    def _keep(self, stream_id: StreamId, found: dict[SubjectRange, RangeRead], until_s: float) -> None:
        """What has lasted longest goes first; an answer that says nothing is not kept."""
        for asked, answer in found.items():
            if answer.scanned <= asked.after:
                continue
            place = (stream_id, asked.key.subject_hash)
            self._forget(place)
            size_bytes = sum([len(event.data) for event in answer.events]) + EVENT_BYTES * (1 + len(answer.events))
            self._kept[place] = _Kept(asked.after, answer.scanned, answer.events, size_bytes, until_s)
            self._size_bytes += size_bytes
        while self._size_bytes > KEPT_BYTES_MAX:
            self._forget(next(iter(self._kept)))

    def _forget(self, place: _Place) -> None:
        kept = self._kept.pop(place, None)
        if kept is not None:
            self._size_bytes -= kept.size_bytes
