# ruff: noqa: D103 - the name of an idea is its sentence
"""The journal: an event that is published again under its source and id is stored once in its window."""

import asyncio

from penstock.testing.contracts.event_scene import append, event, events_of, request, stream_of
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import JOURNAL

TOKEN = b"t" * 16


@JOURNAL.idea
async def a_repeated_source_and_id_is_stored_once(scene: Scene) -> None:
    files = await stream_of(scene)
    first = await append(scene, event(files, id="1"))
    assert first.existing == []
    again = await append(scene, event(files, id="1"), event(files, id="2"))
    assert (again.existing, again.sequences) == ([0], [first.sequences[0], first.sequences[0] + 1])
    assert [each.id for each in await events_of(scene, files)] == ["1", "2"]


@JOURNAL.idea
async def the_first_wins_whatever_the_second_says(scene: Scene) -> None:
    files = await stream_of(scene)
    first = await append(scene, event(files, data=b"first", id="1"))
    second = await append(scene, event(files, "b", b"second", id="1", type="moved"))
    assert (second.existing, second.sequences) == ([0], first.sequences)
    assert [each.data for each in await events_of(scene, files)] == [b"first"]
    assert await events_of(scene, files, "b") == []


@JOURNAL.idea
async def an_id_is_its_sources_and_its_streams_own(scene: Scene) -> None:
    files, orders = await stream_of(scene), await stream_of(scene, "orders")
    reply = await append(scene, event(files, id="1"), event(files, id="1", source="other"), event(orders, id="1"))
    assert reply.existing == []
    assert (len(await events_of(scene, files)), len(await events_of(scene, orders))) == (2, 1)


@JOURNAL.idea
async def of_two_in_one_trip_the_second_is_known(scene: Scene) -> None:
    files = await stream_of(scene)
    replies = await scene.store.journal.append(
        [
            request(scene, [event(files, id="1"), event(files), event(files, "b", id="1")], TOKEN),
            request(scene, [event(files, id="1"), event(files, "b")]),
        ]
    )
    first = replies[0].sequences[0]
    assert (replies[0].sequences, replies[0].existing) == ([first, first + 1, first], [2])
    assert (replies[1].sequences[0], replies[1].existing) == (first, [0])
    assert [each.sequence for each in await events_of(scene, files)] == [first, first + 1]
    again = await append(scene, event(files, id="1"), event(files), event(files, "b", id="1"), token=TOKEN)
    assert again == replies[0], "a repeated call still says what stood"


@JOURNAL.idea
async def past_its_window_an_id_is_free(scene: Scene) -> None:
    files = await stream_of(scene)
    first = await append(scene, event(files, id="1"), id_window_s=60)
    await scene.advance(59)
    assert (await append(scene, event(files, id="1"), id_window_s=60)).existing == [0]
    await scene.advance(2)
    later = await append(scene, event(files, id="1"), id_window_s=60)
    assert (later.existing, later.sequences) == ([], [first.sequences[0] + 1])
    assert (await append(scene, event(files, id="1"))).sequences == later.sequences


@JOURNAL.idea
async def of_many_with_one_id_at_once_one_is_stored(scene: Scene) -> None:
    files = await stream_of(scene)
    names = [f"s{n}" for n in range(6)]

    async def publish(number: int) -> None:
        own = names if number % 2 else names[::-1]
        await append(scene, *[event(files, name, id=name) for name in own])

    await asyncio.gather(*(publish(number) for number in range(8)))
    for name in names:
        assert len(await events_of(scene, files, name)) == 1


@JOURNAL.idea
async def what_stood_expects_nothing(scene: Scene) -> None:
    files = await stream_of(scene)
    (first,) = (await append(scene, event(files, id="1", expected=0))).sequences
    again = await append(scene, event(files, id="1", expected=0))
    assert (again.conflict, again.sequences, again.existing) == (None, [first], [0])
    unmet = await append(scene, event(files, id="2", expected=0))
    assert unmet.conflict is not None
    free = await append(scene, event(files, id="2", expected=first))
    assert (free.sequences, free.existing) == ([first + 1], []), "an id of a refused call is free"
