"""Answers to ranges out of all that stands in them: cut where the limits say."""

from collections.abc import Sequence

from penstock.model.event import StoredEvent
from penstock.ports.event_source import RangeRead, SubjectRange


def whole_ranges(
    ranges: Sequence[SubjectRange], found: Sequence[Sequence[StoredEvent]], heads: Sequence[int], bytes_max: int
) -> list[RangeRead]:
    """`found`: every event of each range; `heads`: how far each subject had come at that moment."""
    answers: list[RangeRead] = []
    size_bytes = 0
    for each, events, head in zip(ranges, found, heads, strict=True):
        kept: list[StoredEvent] = []
        for event in events[: each.events_max]:
            if size_bytes and size_bytes >= bytes_max:
                break
            kept.append(event)
            size_bytes += len(event.data)
        if len(kept) == len(events):
            scanned = max(each.after, min(each.upto, head))
        else:
            scanned = kept[-1].sequence if kept else each.after
        answers.append(RangeRead(kept, scanned))
    return answers
