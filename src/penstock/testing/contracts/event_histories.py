# ruff: noqa: D103 - the name of an idea is its sentence
"""What a source owes that keeps each event: all of them, in their order, and where a subject stood at a time."""

from penstock.testing.contracts.source_scene import EVENT_HISTORY, EVENT_TIMES, SourceScene, sequences, span


@EVENT_HISTORY.idea
async def each_event_is_read_in_its_order(scene: SourceScene) -> None:
    contents = [b"%d" % number for number in range(10)]
    await scene.put(*[change for content in contents for change in (("a", content), ("b", b"other"))])
    read = await scene.read("a")
    assert all(scene.under_test.shows(event, content) for event, content in zip(read.events, contents, strict=True))
    assert sequences(read.events) == sorted(set(sequences(read.events)))
    assert read.scanned == read.events[-1].sequence == await scene.head("a")


@EVENT_HISTORY.idea
async def a_range_begins_after_its_first_and_ends_with_its_last(scene: SourceScene) -> None:
    heads = await scene.put_one_by_one(*[("a", b"%d" % number) for number in range(6)])
    for after in range(6):
        for upto in range(after, 6):
            read = await scene.read("a", heads[after], heads[upto])
            assert sequences(read.events) == heads[after + 1 : upto + 1]
            assert read.scanned == heads[upto]


@EVENT_HISTORY.idea
async def no_more_events_than_asked_for_and_the_rest_next_time(scene: SourceScene) -> None:
    heads = await scene.put_one_by_one(*[("a", b"%d" % number) for number in range(7)])
    cursor, seen = 0, []
    for _ in range(4):
        read = await scene.read("a", cursor, events_max=2)
        assert len(read.events) <= 2
        assert cursor < read.scanned <= heads[-1]
        seen += sequences(read.events)
        cursor = read.scanned
    assert seen == heads


@EVENT_HISTORY.idea
async def the_latest_of_a_range_is_its_last(scene: SourceScene) -> None:
    heads = await scene.put_one_by_one(*[("a", b"%d" % number) for number in range(5)])
    read = await scene.latest("a", heads[0], heads[3])
    assert (sequences(read.events), read.scanned) == ([heads[3]], heads[3])


@EVENT_HISTORY.idea
async def events_that_do_not_fit_come_next_time(scene: SourceScene) -> None:
    heads = await scene.put_one_by_one(*[("a", b"x" * 1_000) for _ in range(5)])
    cursor, seen = 0, []
    while cursor < heads[-1]:
        (read,) = await scene.source.read([span("a", cursor)], 1)
        assert len(read.events) == 1
        assert read.scanned == read.events[0].sequence
        seen.append(read.scanned)
        cursor = read.scanned
    assert seen == heads


@EVENT_TIMES.idea
async def a_position_is_the_last_that_was_visible(scene: SourceScene) -> None:
    before_us = await scene.moment()
    first, second = await scene.put_one_by_one(("a", b"1"), ("a", b"2"))
    between_us = await scene.moment()
    await scene.put_one_by_one(("a", b"3"), ("b", b"1"))
    after_us = await scene.moment()
    assert await scene.position("a", before_us) == 0
    assert await scene.position("a", between_us) == second
    assert await scene.position("b", between_us) == 0
    assert await scene.position("a", after_us) == await scene.head("a")
    assert await scene.position("a", 0) == 0
    assert first < second
