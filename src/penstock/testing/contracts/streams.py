# ruff: noqa: D103 - the name of an idea is its sentence
"""Streams: made by who names them first, each with its settings, and counted as far as a bound."""

import asyncio
from typing import TYPE_CHECKING

from penstock.model.stream_hold import BLOCKED_S, HoldChange, StreamHold
from penstock.testing.contracts.event_scene import append, event, events_of, stream_of
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import STREAMS

if TYPE_CHECKING:
    from penstock.model.stream import SubjectHead


@STREAMS.idea
async def a_stream_has_one_number_whoever_names_it(scene: Scene) -> None:
    resolve = scene.store.streams.resolve
    answers = await asyncio.gather(*(resolve(scene.namespace_id, ["b", "a"]) for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert set(answers[0]) == {"a", "b"}
    assert answers[0]["a"] != answers[0]["b"]


@STREAMS.idea
async def who_looks_for_a_stream_makes_none(scene: Scene) -> None:
    assert await scene.store.streams.find(scene.namespace_id, "files") is None
    assert await scene.store.streams.count(scene.namespace_id, "files") is None
    assert await scene.store.streams.page(scene.namespace_id, "", 10) == []


@STREAMS.idea
async def a_retention_is_kept_and_taken_back(scene: Scene) -> None:
    async with scene.span() as span:
        made = await scene.store.streams.keep(scene.namespace_id, "files", 7200.0)
    assert (made.name, made.keep_s) == ("files", 7200.0)
    assert span.covers(made.created_at_us)
    assert await stream_of(scene) == made.id
    assert await scene.store.streams.find(scene.namespace_id, "files") == made
    back = await scene.store.streams.keep(scene.namespace_id, "files", 0.0)
    assert (back.id, back.keep_s) == (made.id, 0.0)


@STREAMS.idea
async def what_a_stream_does_for_cursors_stays_until_it_is_changed(scene: Scene) -> None:
    keep = scene.store.streams.keep
    assert (await keep(scene.namespace_id, "files", 7200.0)).hold == StreamHold()
    held = await keep(scene.namespace_id, "files", 7200.0, HoldChange(864_000.0, unseen_s=90_000.5))
    assert held.hold == StreamHold(864_000.0, 0.0, 90_000.5)
    assert (held.hold.blocked_for_s, held.hold.unseen_for_s) == (BLOCKED_S, 90_000.5)
    assert (await keep(scene.namespace_id, "files", 0.0)).hold == held.hold, "an old client takes nothing back"
    changed = await keep(scene.namespace_id, "files", 0.0, HoldChange(blocked_s=5_000.0))
    assert changed.hold == StreamHold(864_000.0, 5_000.0, 90_000.5)
    assert await scene.store.streams.find(scene.namespace_id, "files") == changed
    (listed,) = await scene.store.streams.page(scene.namespace_id, "", 10)
    assert listed.stream == changed
    back = await keep(scene.namespace_id, "files", 0.0, HoldChange(0.0, 0.0, 0.0))
    assert back.hold == StreamHold()


@STREAMS.idea
async def streams_are_listed_by_name_with_what_stands_in_them(scene: Scene) -> None:
    empty, files = await stream_of(scene, "empty"), await stream_of(scene)
    await append(scene, event(files, "a"), event(files, "a"), event(files, "b"))
    newest = (await events_of(scene, files, "b"))[0].appended_at_us
    page = await scene.store.streams.page(scene.namespace_id, "", 10)
    assert [(c.stream.id, c.subjects, c.events, c.newest_at_us) for c in page] == [
        (empty, 0, 0, 0),
        (files, 2, 3, newest),
    ]
    assert await scene.store.streams.page(scene.namespace_id, "empty", 10) == page[1:]
    assert await scene.store.streams.page(scene.namespace_id, "", 1) == page[:1]
    assert await scene.store.streams.count(scene.namespace_id, "files") == page[1]


@STREAMS.idea
async def subjects_are_listed_by_their_hashes(scene: Scene) -> None:
    files = await stream_of(scene)
    await append(scene, *[event(files, f"s{n % 3}") for n in range(7)])
    found: list[SubjectHead] = []
    after = b""
    while page := await scene.store.streams.subjects(files, after, 2):
        found += page
        after = page[-1].subject_hash
    assert {head.subject: head.appended for head in found} == {"s0": 3, "s1": 2, "s2": 2}
    assert [head.subject_hash for head in found] == sorted(head.subject_hash for head in found)
    for head in found:
        last = (await events_of(scene, files, head.subject))[-1]
        assert (head.sequence, head.appended_at_us) == (last.sequence, last.appended_at_us)


@STREAMS.idea
async def a_stream_of_one_namespace_is_unknown_in_another(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    own = await stream_of(scene)
    assert await scene.store.streams.find(other, "files") is None
    assert await scene.store.streams.page(other, "", 10) == []
    foreign = await scene.store.streams.keep(other, "files", 3600.0)
    assert foreign.id != own
    stream = await scene.store.streams.find(scene.namespace_id, "files")
    assert stream is not None
    assert stream.keep_s == 0.0


@STREAMS.idea
async def a_stream_may_name_whose_schemas_its_data_are_of(scene: Scene) -> None:
    streams = scene.store.streams
    assert await streams.schema_subjects() == {}
    made = await streams.name_schema(scene.namespace_id, "files", "files-value")
    assert made.schema_subject == "files-value"
    other = await scene.store.registry.namespace("elsewhere")
    await streams.name_schema(other, "files", "other")
    named = {(scene.namespace_id, "files"): "files-value", (other, "files"): "other"}
    assert await streams.schema_subjects() == named
    kept = await streams.keep(scene.namespace_id, "files", 7200.0)
    assert (kept.id, kept.schema_subject) == (made.id, "files-value"), "its retention is another matter"
    (listed,) = await streams.page(scene.namespace_id, "", 10)
    assert listed.stream == kept == await streams.find(scene.namespace_id, "files")
    await streams.name_schema(scene.namespace_id, "files", "")
    assert await streams.schema_subjects() == {(other, "files"): "other"}
