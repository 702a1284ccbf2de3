"""Ranges that several subscriptions read: whoever comes second is given the same, and never more or less."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from penstock.flow import shared_ranges
from penstock.flow.shared_ranges import KEPT_FOR_S, SharedRanges
from penstock.model.event import StoredEvent, StreamId, hash_of_subject
from penstock.ports.event_source import RangeRead, SubjectKey, SubjectRange
from penstock.testing.virtual_loop import run_virtual
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

STREAM = StreamId(1)
MANY_BYTES = 1 << 20


class Numbered:
    """A source in which each subject has the events 1 to `head`; it remembers what it was asked."""

    def __init__(self, head: int = 10) -> None:
        self.head = head
        self.asked: list[tuple[str, int, int]] = []

    async def read(self, ranges: Sequence[SubjectRange], _bytes_max: int) -> list[RangeRead]:
        self.asked += [(each.key.subject, each.after, each.upto) for each in ranges]
        return [self._of(each) for each in ranges]

    def _of(self, asked: SubjectRange) -> RangeRead:
        last = min(asked.upto, self.head, asked.after + asked.events_max)
        numbers = range(asked.after + 1, last + 1)
        events = [StoredEvent(*_key(asked.key.subject), n, 0, "changed", b"data") for n in numbers]
        return RangeRead(events, max(last, asked.after))


def _key(subject: str) -> tuple[str, bytes]:
    return subject, hash_of_subject(subject)


def a_range(after: int, upto: int, events_max: int = 100, subject: str = "a") -> SubjectRange:
    return SubjectRange(SubjectKey(*_key(subject)), after, upto, events_max)


async def told(shared: SharedRanges, source: Numbered, *ranges: SubjectRange) -> list[tuple[list[int], int]]:
    answers = await shared.read(source, STREAM, ranges, MANY_BYTES)  # type: ignore[arg-type]
    return [([event.sequence for event in answer.events], answer.scanned) for answer in answers]


def test_a_part_of_what_was_read_is_not_read_again() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered()
        assert await told(shared, source, a_range(2, 8)) == [([3, 4, 5, 6, 7, 8], 8)]
        assert await told(shared, source, a_range(2, 8)) == [([3, 4, 5, 6, 7, 8], 8)]
        assert await told(shared, source, a_range(4, 6)) == [([5, 6], 6)]
        assert await told(shared, source, a_range(2, 8, events_max=2)) == [([3, 4], 4)]
        assert source.asked == [("a", 2, 8)]

    run_virtual(run(), seed=1)


def test_what_goes_beyond_what_was_read_is_read() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered()
        await told(shared, source, a_range(2, 8))
        assert await told(shared, source, a_range(1, 8)) == [([2, 3, 4, 5, 6, 7, 8], 8)]
        assert await told(shared, source, a_range(2, 9)) == [([3, 4, 5, 6, 7, 8, 9], 9)]
        assert await told(shared, source, a_range(2, 8, subject="b")) == [([3, 4, 5, 6, 7, 8], 8)]
        assert [asked[1:] for asked in source.asked] == [(2, 8), (1, 8), (2, 9), (2, 8)]

    run_virtual(run(), seed=1)


def test_an_answer_that_was_cut_off_is_good_for_what_it_has() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered()
        assert await told(shared, source, a_range(0, 8, events_max=3)) == [([1, 2, 3], 3)]
        assert await told(shared, source, a_range(0, 3)) == [([1, 2, 3], 3)]
        assert await told(shared, source, a_range(0, 8)) == [([1, 2, 3, 4, 5, 6, 7, 8], 8)]
        assert [asked[1:] for asked in source.asked] == [(0, 8), (0, 8)]

    run_virtual(run(), seed=1)


def test_a_source_that_has_less_than_was_said_is_asked_each_time() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered(head=3)
        assert await told(shared, source, a_range(0, 8)) == [([1, 2, 3], 3)]
        source.head = 8
        assert await told(shared, source, a_range(0, 8)) == [([1, 2, 3, 4, 5, 6, 7, 8], 8)]

    run_virtual(run(), seed=1)


def test_the_same_range_twice_in_a_trip_is_read_once() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered()
        both = [([1, 2, 3], 3), ([1, 2, 3, 4], 4), ([1, 2, 3], 3)]
        assert await told(shared, source, a_range(0, 3), a_range(0, 4, subject="b"), a_range(0, 3)) == both
        assert source.asked == [("a", 0, 3), ("b", 0, 4)]

    run_virtual(run(), seed=1)


def test_nothing_is_kept_for_long() -> None:
    async def run() -> None:
        shared, source = SharedRanges(), Numbered()
        await told(shared, source, a_range(0, 3))
        await asyncio.sleep(2 * KEPT_FOR_S)
        await told(shared, source, a_range(0, 3))
        assert len(source.asked) == 2

    run_virtual(run(), seed=1)


def test_no_more_is_kept_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    async def run() -> None:
        monkeypatch.setattr(shared_ranges, "KEPT_BYTES_MAX", 2_000)
        shared, source = SharedRanges(), Numbered()
        for subject in "abcdef":
            await told(shared, source, a_range(0, 1, subject=subject))
        source.asked.clear()
        await told(shared, source, *(a_range(0, 1, subject=subject) for subject in "abcdef"))
        assert [asked[0] for asked in source.asked] == ["a", "b", "c"], "the last ones were kept"

    run_virtual(run(), seed=1)


@on_event_bench
async def test_each_of_two_subscriptions_is_handed_all_and_another_one_from_its_own_place(bench: EventBench) -> None:
    ids = await bench.subscribe(search=ALL, audit=ALL)
    first = await bench.published("a", count=3)
    for number in ids.values():
        handed = await bench.handed(number)
        assert sequences(handed) == first
        await bench.report(handed)
    more = await bench.published("a", count=2)
    assert [sequences(await bench.handed(number)) for number in ids.values()] == [more, more]
