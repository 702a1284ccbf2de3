"""Rows of a table as the events that they are."""

from collections.abc import Sequence
from typing import Any

from penstock.adapters.postgres.tables.shape import TableShape
from penstock.model.event import StoredEvent, encode_extensions
from penstock.model.limits import EVENT_BYTES_MAX
from penstock.ports.event_source import RangeRead, SubjectKey, SubjectRange

LEFT_OUT = "dataleftout"
"""the extension by which an event says how many bytes of data its row has, when they are too many for an event"""


def range_answers(
    shape: TableShape, ranges: Sequence[SubjectRange], rows: Sequence[Any], bytes_max: int, *, is_latest: bool
) -> list[RangeRead]:
    """One answer a range. `rows`: its number, its head, and what stands in the row or nothing."""
    found: list[list[StoredEvent]] = [[] for _ in ranges]
    heads = [0] * len(ranges)
    size_bytes = cut_at = 0
    for row in rows:
        number, head, sequence = row[:3]
        heads[number - 1] = head
        if sequence is not None:
            found[number - 1].append(_event(shape, ranges[number - 1].key, row[2:]))
            size_bytes += row[-1]
            cut_at = number
    if size_bytes < bytes_max:
        cut_at = len(ranges) + 1  # nothing was left out
    answers = []
    for number, (each, events, head) in enumerate(zip(ranges, found, heads, strict=True), 1):
        is_full = not is_latest and len(events) == each.events_max
        last = events[-1].sequence if events else each.after
        is_cut = number == cut_at and not (is_latest and events)
        answers.append(RangeRead(events, last if is_full or is_cut else max(last, min(each.upto, head))))
    return answers


def _event(shape: TableShape, key: SubjectKey, row: Sequence[Any]) -> StoredEvent:
    sequence, at_us, kind, data, size_bytes = row
    return StoredEvent(
        key.subject,
        key.subject_hash,
        sequence,
        at_us or 0,
        kind or shape.type,
        data or b"",
        time_us=at_us or 0,
        content_type=shape.content_type,
        extensions=encode_extensions({LEFT_OUT: str(size_bytes)}) if size_bytes > EVENT_BYTES_MAX else b"",
    )
