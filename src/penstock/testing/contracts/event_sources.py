# ruff: noqa: D103 - the name of an idea is its sentence
"""What every source of events owes: each event keeps its place, and what was said to be read stays complete."""

from penstock.model.event import hash_of_subject
from penstock.model.event_rules import SEQUENCE_MAX
from penstock.testing.contracts.source_scene import (
    ALL_BYTES,
    EVENT_SOURCE,
    SourceScene,
    key,
    sequences,
    span,
)


@EVENT_SOURCE.idea
async def a_subject_that_nobody_knows_has_nothing(scene: SourceScene) -> None:
    await scene.put(("a", b"1"))
    assert await scene.head("b") == 0
    for after in (0, 7, SEQUENCE_MAX - 1):
        for read in (await scene.read("b", after), await scene.latest("b", after)):
            assert (read.events, read.scanned) == ([], after)
    assert await scene.position("b", await scene.moment()) == 0


@EVENT_SOURCE.idea
async def an_event_is_read_with_its_subject_and_its_place(scene: SourceScene) -> None:
    await scene.put(("a", b"1"))
    head = await scene.head("a")
    assert head > 0
    for read in (await scene.read("a"), await scene.latest("a")):
        (event,) = read.events
        assert (event.subject, event.subject_hash, event.sequence) == ("a", hash_of_subject("a"), head)
        assert event.type
        assert scene.under_test.shows(event, b"1")
        assert read.scanned == head


@EVENT_SOURCE.idea
async def a_later_event_has_a_higher_sequence(scene: SourceScene) -> None:
    heads = await scene.put_one_by_one(("a", b"1"), ("b", b"1"), ("a", b"2"), ("a", b"3"))
    assert 0 < heads[0] < heads[2] < heads[3]
    assert await scene.head("a") == heads[3]
    assert await scene.head("b") == heads[1]
    latest = await scene.latest("a")
    assert sequences(latest.events) == [heads[3]]
    assert scene.under_test.shows(latest.events[0], b"3")


@EVENT_SOURCE.idea
async def an_event_that_follows_what_was_read_is_read_next(scene: SourceScene) -> None:
    (first,) = await scene.put_one_by_one(("a", b"1"))
    assert (await scene.read("a", first)).events == []
    (second,) = await scene.put_one_by_one(("a", b"2"))
    for read in (await scene.read("a", first), await scene.latest("a", first)):
        assert sequences(read.events) == [second]
        assert scene.under_test.shows(read.events[0], b"2")
        assert read.scanned == second


@EVENT_SOURCE.idea
async def a_range_that_promises_more_than_there_is_ends_at_the_head(scene: SourceScene) -> None:
    (head,) = await scene.put_one_by_one(("a", b"1"))
    for upto in (head, head + 1, SEQUENCE_MAX):
        assert (await scene.read("a", 0, upto)).scanned == head
        assert (await scene.latest("a", 0, upto)).scanned == head
    for read in (await scene.read("a", head), await scene.latest("a", head)):
        assert (read.events, read.scanned) == ([], head)


@EVENT_SOURCE.idea
async def a_range_above_all_that_there_is_stays_where_it_began(scene: SourceScene) -> None:
    (head,) = await scene.put_one_by_one(("a", b"1"))
    for read in (await scene.read("a", head + 5, head + 9), await scene.latest("a", head + 5, head + 9)):
        assert (read.events, read.scanned) == ([], head + 5)


@EVENT_SOURCE.idea
async def a_range_below_the_head_says_nothing_about_what_is_above_it(scene: SourceScene) -> None:
    first, second = await scene.put_one_by_one(("a", b"1"), ("a", b"2"))
    for read in (await scene.read("a", 0, first), await scene.latest("a", 0, first)):
        assert read.scanned <= first
        assert all(sequence <= first for sequence in sequences(read.events))
    assert sequences((await scene.read("a", first, second)).events) == [second]


@EVENT_SOURCE.idea
async def each_range_has_its_answer_in_the_order_of_the_question(scene: SourceScene) -> None:
    subjects = ["c", "a", "nobody", "b", "a"]
    await scene.put(("a", b"1"), ("b", b"1"), ("c", b"1"))
    heads = await scene.source.heads([key(subject) for subject in subjects])
    ranges = [span(subject) for subject in subjects]
    for answers in (await scene.source.read(ranges, ALL_BYTES), await scene.source.read_latest(ranges, ALL_BYTES)):
        assert [answer.scanned for answer in answers] == heads
        assert [[event.subject for event in answer.events] for answer in answers] == [["c"], ["a"], [], ["b"], ["a"]]
    assert [head > 0 for head in heads] == [True, True, False, True, True]
    assert len(await scene.source.positions_at([key(subject) for subject in subjects], 1)) == len(subjects)


@EVENT_SOURCE.idea
async def no_question_has_no_answer(scene: SourceScene) -> None:
    assert await scene.source.read([], ALL_BYTES) == []
    assert await scene.source.read_latest([], ALL_BYTES) == []
    assert await scene.source.heads([]) == []
    assert await scene.source.positions_at([], 1) == []


@EVENT_SOURCE.idea
async def hundreds_of_ranges_are_answered_at_once(scene: SourceScene) -> None:
    subjects = [f"s{number}" for number in range(300)]
    await scene.put(*[(subject, subject.encode()) for subject in subjects])
    answers = await scene.source.read([span(subject) for subject in subjects], ALL_BYTES)
    for subject, answer in zip(subjects, answers, strict=True):
        assert [event.subject for event in answer.events] == [subject]
        assert scene.under_test.shows(answer.events[0], subject.encode())


@EVENT_SOURCE.idea
async def what_does_not_fit_comes_next_time(scene: SourceScene) -> None:
    subjects = [f"s{number}" for number in range(5)]
    await scene.put(*[(subject, b"x" * 1_000) for subject in subjects])
    heads = dict(zip(subjects, await scene.source.heads([key(subject) for subject in subjects]), strict=True))
    for ask in (scene.source.read, scene.source.read_latest):
        cursors = dict.fromkeys(subjects, 0)
        seen: list[str] = []
        for _ in range(len(subjects)):
            behind = [subject for subject in subjects if cursors[subject] < heads[subject]]
            answers = await ask([span(subject, cursors[subject]) for subject in behind], 1)
            if behind:
                assert answers[0].events, "the first event of the first range that has one is always handed over"
            for subject, answer in zip(behind, answers, strict=True):
                seen += [event.subject for event in answer.events]
                if not answer.events:
                    assert answer.scanned == cursors[subject], "nothing is passed that was not handed over"
                cursors[subject] = answer.scanned
        assert cursors == heads
        assert sorted(seen) == subjects


@EVENT_SOURCE.idea
async def what_was_read_is_read_again_the_same(scene: SourceScene) -> None:
    await scene.put(("a", b"1"), ("b", b"1"), ("a", b"2"))
    before = await scene.read("a"), await scene.latest("b")
    await scene.put(("c", b"1"))
    assert (await scene.read("a"), await scene.latest("b")) == before


@EVENT_SOURCE.idea
async def a_position_is_below_all_that_came_later(scene: SourceScene) -> None:
    (first,) = await scene.put_one_by_one(("a", b"1"))
    at_us = await scene.moment()
    (later,) = await scene.put_one_by_one(("b", b"1"))
    (second,) = await scene.put_one_by_one(("a", b"2"))
    assert await scene.position("a", at_us) in (0, *range(first, second))
    assert await scene.position("b", at_us) < later


@EVENT_SOURCE.idea
async def what_changes_after_a_mark_is_told(scene: SourceScene) -> None:
    await scene.put(("a", b"1"), ("b", b"1"))
    _, mark = await scene.changed(b"")
    (head,) = await scene.put_one_by_one(("a", b"2"))
    told, later = await scene.changed(mark)
    assert told["a"] == head
    (third,) = await scene.put_one_by_one(("c", b"1"))
    assert (await scene.changed(later))[0]["c"] == third
    for _ in range(2):  # a mark is good for ever, and for anybody
        told, _ = await scene.changed(mark)
        assert (told["a"], told["c"]) == (head, third)


@EVENT_SOURCE.idea
async def what_has_changed_is_told_in_pieces_too(scene: SourceScene) -> None:
    _, mark = await scene.changed(b"")
    changes = [(f"s{number}", b"1") for number in range(25)]
    heads = await scene.put_one_by_one(*changes)
    for limit in (1, 2, 7):
        told, _ = await scene.changed(mark, limit)
        expected = {subject: head for (subject, _), head in zip(changes, heads, strict=True)}
        assert {subject: told.get(subject) for subject in expected} == expected


@EVENT_SOURCE.idea
async def what_changes_between_two_pieces_is_told_in_this_pass_or_the_next(scene: SourceScene) -> None:
    _, mark = await scene.changed(b"")
    await scene.put(*[(f"s{number}", b"1") for number in range(6)])
    page = await scene.source.changed(mark, 2)
    (head,) = await scene.put_one_by_one(("s0", b"2"))
    told, mark = (await scene.changed(page.mark, 2)) if not page.is_end else ({}, page.mark)
    told |= (await scene.changed(mark))[0]
    assert told["s0"] == head


@EVENT_SOURCE.idea
async def a_scan_tells_every_subject(scene: SourceScene) -> None:
    assert await scene.scan() == {}
    subjects = [f"s{number}" for number in range(25)]
    await scene.put(*[(subject, b"1") for subject in subjects], ("s3", b"2"))
    heads = dict(zip(subjects, await scene.source.heads([key(subject) for subject in subjects]), strict=True))
    for limit in (1, 2, 7, 25, 1_000):
        assert await scene.scan(limit) == heads


@EVENT_SOURCE.idea
async def a_scan_that_has_ended_begins_again(scene: SourceScene) -> None:
    await scene.put(*[(f"s{number}", b"1") for number in range(4)])
    mark, told = b"", []
    for _ in range(8):
        page = await scene.source.scan(mark, 3)
        told += [head.subject for head in page.heads]
        mark = page.mark
    assert all(told.count(f"s{number}") >= 2 for number in range(4))


@EVENT_SOURCE.idea
async def a_mark_that_is_none_counts_as_none(scene: SourceScene) -> None:
    await scene.put(("a", b"1"))
    for mark in (b"?", b"\xff" * 200):
        page = await scene.source.changed(mark, 10)
        assert page.is_end
        assert page.heads == []
        (head,) = await scene.put_one_by_one(("a", b"2"))
        assert (await scene.changed(page.mark))[0]["a"] == head
