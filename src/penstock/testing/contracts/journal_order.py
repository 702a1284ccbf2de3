# ruff: noqa: D103 - the name of an idea is its sentence
"""The journal: sequences rise by one within a subject, and what is stored is what is read."""

import asyncio
from typing import Any

from penstock.model.event import hash_of_subject
from penstock.model.event_rules import SEQUENCE_MAX, TIME_US_MAX
from penstock.model.limits import EVENT_BYTES_MAX, SUBJECT_BYTES_MAX
from penstock.ports.journal import Position
from penstock.testing.contracts.event_scene import ALL_BYTES, append, event, events_of, head_of, request, stream_of
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import JOURNAL


@JOURNAL.idea
async def a_subject_begins_at_the_clock_and_rises_by_one(scene: Scene) -> None:
    files = await stream_of(scene)
    async with scene.span() as span:
        first = (await append(scene, event(files))).sequences[0]
    assert span.covers(first)
    await scene.advance(10)
    assert (await append(scene, event(files), event(files))).sequences == [first + 1, first + 2]
    assert await head_of(scene, files) == first + 2


@JOURNAL.idea
async def a_clock_that_was_set_back_lowers_no_sequence(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files))).sequences
    await scene.advance(-7200)
    assert (await append(scene, event(files))).sequences == [first + 1]


@JOURNAL.idea
async def events_of_a_call_are_numbered_in_its_order(scene: Scene) -> None:
    files = await stream_of(scene)
    subjects = ["b", "a", "b", "c", "a", "b"]
    reply = await append(scene, *[event(files, s, b"%d" % n) for n, s in enumerate(subjects)])
    for subject in set(subjects):
        own = [n for n, each in enumerate(subjects) if each == subject]
        first = reply.sequences[own[0]]
        assert [reply.sequences[n] for n in own] == list(range(first, first + len(own)))
        read = await events_of(scene, files, subject)
        assert [(e.sequence, e.data) for e in read] == [(reply.sequences[n], b"%d" % n) for n in own]


@JOURNAL.idea
async def calls_of_one_trip_are_numbered_in_their_order(scene: Scene) -> None:
    files, orders = await stream_of(scene), await stream_of(scene, "orders")
    calls = [[event(files, data=b"1"), event(orders)], [event(files, "b")], [event(files, data=b"2")]]
    replies = await scene.store.journal.append([request(scene, events) for events in calls])
    assert replies[2].sequences == [replies[0].sequences[0] + 1]
    assert [each.data for each in await events_of(scene, files)] == [b"1", b"2"]
    assert [each.sequence for each in await events_of(scene, orders)] == [replies[0].sequences[1]]


@JOURNAL.idea
async def every_field_is_read_as_it_was_stored(scene: Scene) -> None:
    files = await stream_of(scene)
    subject = "ä€𝄞" * 113
    assert SUBJECT_BYTES_MAX - 9 < len(subject.encode()) <= SUBJECT_BYTES_MAX
    full = event(
        files,
        subject,
        bytes(range(256)),
        id="id-ä",
        source="/disk/7",
        time_us=TIME_US_MAX,
        content_type="image/png",
        extensions=b'{"region":"eu"}',
    )
    async with scene.span() as span:
        await append(scene, full, event(files, subject, b""))
    first, second = await events_of(scene, files, subject)
    assert (first.subject, first.subject_hash, first.type, first.data) == (
        subject,
        hash_of_subject(subject),
        "changed",
        full.data,
    )
    assert (first.source, first.id, first.time_us) == ("/disk/7", "id-ä", TIME_US_MAX)
    assert (first.content_type, first.extensions) == ("image/png", b'{"region":"eu"}')
    assert span.covers(first.appended_at_us)
    assert (second.source, second.id, second.time_us, second.content_type, second.extensions) == ("", "", 0, "", b"")
    assert second.data == b""


@JOURNAL.idea
async def one_field_that_differs_in_a_batch_stays_with_its_event(scene: Scene) -> None:
    files = await stream_of(scene)
    others: dict[str, Any] = {
        "type": "moved",
        "source": "other",
        "content_type": "text/plain",
        "extensions": b'{"a":"b"}',
        "time_us": 7,
    }
    await append(scene, *[event(files, data=name.encode(), **{name: value}) for name, value in others.items()])
    for each in await events_of(scene, files):
        name = each.data.decode()
        plain = {"type": "changed", "source": "", "content_type": "", "extensions": b"", "time_us": 0}
        assert {key: getattr(each, key) for key in others} == plain | {name: others[name]}


@JOURNAL.idea
async def streams_and_subjects_do_not_share_sequences(scene: Scene) -> None:
    files, orders = await stream_of(scene), await stream_of(scene, "orders")
    await append(scene, event(files, "x"), event(orders, "x"), event(files, "y"))
    for stream_id, subject in ((files, "x"), (orders, "x"), (files, "y")):
        (only,) = await events_of(scene, stream_id, subject)
        assert only.sequence == await head_of(scene, stream_id, subject)
    assert await events_of(scene, orders, "y") == []
    assert await head_of(scene, orders, "y") == 0


@JOURNAL.idea
async def many_publishers_of_the_same_subjects_at_once(scene: Scene) -> None:
    files = await stream_of(scene)
    subjects = [f"s{n}" for n in range(8)]

    async def publish(number: int) -> list[tuple[str, int]]:
        names = subjects if number % 2 else subjects[::-1]
        reply = await append(scene, *[event(files, name, b"%d" % number) for name in names])
        return list(zip(names, reply.sequences, strict=True))

    answers = await asyncio.gather(*(publish(number) for number in range(20)))
    for subject in subjects:
        given = sorted(sequence for answer in answers for name, sequence in answer if name == subject)
        assert given == list(range(given[0], given[0] + 20)), "two events share a sequence, or one is missing"
        assert [each.sequence for each in await events_of(scene, files, subject)] == given


@JOURNAL.idea
async def a_read_begins_after_a_sequence_and_ends_at_its_limits(scene: Scene) -> None:
    files = await stream_of(scene)
    reply = await append(scene, *[event(files, data=b"x" * 100) for _ in range(5)])
    first = reply.sequences[0]
    read = scene.store.journal.read
    subject = hash_of_subject("a.txt")
    assert [e.sequence for e in await read(files, subject, first, 2, ALL_BYTES)] == [first + 1, first + 2]
    assert [e.sequence for e in await read(files, subject, 0, 10, 250)] == [first, first + 1, first + 2]
    assert [e.sequence for e in await read(files, subject, 0, 10, 1)] == [first], "never nothing, or nobody gets on"
    assert await read(files, subject, first + 4, 10, ALL_BYTES) == []
    assert await read(files, subject, SEQUENCE_MAX, 10, ALL_BYTES) == []


@JOURNAL.idea
async def the_largest_event_is_kept(scene: Scene) -> None:
    files = await stream_of(scene)
    data = bytes(range(256)) * (EVENT_BYTES_MAX // 256)
    await append(scene, event(files, data=data))
    assert [each.data for each in await events_of(scene, files)] == [data]


@JOURNAL.idea
async def the_latest_of_a_stream_are_listed_page_by_page(scene: Scene) -> None:
    files, orders = await stream_of(scene), await stream_of(scene, "orders")
    await append(scene, event(orders, data=b"another stream's"))
    for number in range(3):
        await append(scene, *[event(files, f"s{n}", b"%d%d" % (number, n)) for n in range(3)])
        await scene.advance(1)
    seen = []
    before = None
    while page := await scene.store.journal.latest(files, before, 2, ALL_BYTES):
        assert len(page) <= 2
        seen += page
        before = Position(page[-1].appended_at_us, page[-1].subject_hash, page[-1].sequence)
    assert sorted(each.data for each in seen) == sorted(b"%d%d" % (a, b) for a in range(3) for b in range(3))
    times = [each.appended_at_us for each in seen]
    assert times == sorted(times, reverse=True)
    assert await scene.store.journal.latest(files, None, 10, 3) == seen[:2], "each has two bytes"
