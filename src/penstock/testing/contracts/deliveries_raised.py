# ruff: noqa: D103 - the name of an idea is its sentence
"""Heads: they rise by what is heard, and whoever is behind is moved on once."""

import asyncio

from penstock.model.delivery_row import Rise
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import Status
from penstock.model.task import Reference
from penstock.testing.contracts.delivery_scene import SUBJECT, Stage, ids_of, none, plenty
from penstock.testing.contracts.scene import LEASE_S, Scene
from penstock.testing.contracts.store_suites import DELIVERIES


@DELIVERIES.idea
async def a_row_that_nobody_made_is_missing_and_stays_so(scene: Scene) -> None:
    stage = await Stage.of(scene)
    raised = await stage.rise(7)
    assert raised.missing == {stage.id()}
    assert (raised.references, raised.waiting) == ({}, frozenset())
    assert await stage.deliveries.read([stage.id()]) == {}


@DELIVERIES.idea
async def a_row_that_is_made_behind_is_enqueued_at_once(scene: Scene) -> None:
    stage = await Stage.of(scene)
    async with scene.span() as span:
        raised = await stage.make(stage.new(head=9, start=4))
    assert raised.references == {scene.lane: [Reference(stage.id())]}
    assert span.covers(raised.enqueued_at_us)
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status, row.trigger.claim) == (4, 9, Status.ENQUEUED, 0)
    assert (row.namespace_id, row.stream_id, row.subject) == (scene.namespace_id, stage.stream_id, SUBJECT)
    assert row.trigger.trigger_at_us == raised.enqueued_at_us + 5_000_000
    assert span.covers(row.since_us)


@DELIVERIES.idea
async def a_row_that_has_nothing_to_hand_over_is_idle(scene: Scene) -> None:
    stage = await Stage.of(scene)
    assert (await stage.make(stage.new(head=4, start=9))).references == {}
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status) == (9, 9, Status.IDLE)
    assert await stage.deliveries.claim([stage.id()], LEASE_S) == []
    assert await scene.store.transitions.claim([stage.id()], LEASE_S) == []


@DELIVERIES.idea
async def who_makes_a_row_that_stands_is_told(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=4))
    before = await stage.row()
    again = await stage.make(stage.new(head=9, start=2), stage.new(head=1, subject="b"))
    assert again.missing == {stage.id()}
    assert ids_of(again) == [stage.id("b")]
    assert await stage.row() == before


@DELIVERIES.idea
async def an_idle_row_is_moved_on_once(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=4, start=4))
    assert ids_of(await stage.rise(4)) == []
    await scene.advance(1.0)
    raised = await stage.rise(6)
    assert ids_of(raised) == [stage.id()]
    await scene.advance(1.0)
    assert ids_of(await stage.rise(7)) == [], "its reference is in the lane"
    row = await stage.row()
    assert (row.head, row.cursor, row.trigger.status) == (7, 4, Status.ENQUEUED)
    assert row.trigger.trigger_at_us == raised.enqueued_at_us + 5_000_000


@DELIVERIES.idea
async def a_head_never_comes_down_by_hearsay(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=9))
    for absurd in (3, 0, -5):
        raised = await stage.rise(absurd)
        assert (ids_of(raised), raised.missing) == ([], frozenset())
    assert (await stage.row()).head == 9


@DELIVERIES.idea
async def without_room_it_waits_in_the_store_and_is_moved_when_due(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=4, start=4))
    raised = await stage.rise(6, room=False)
    assert (raised.references, raised.waiting) == ({}, frozenset({scene.lane}))
    assert await stage.status() is Status.NEW
    assert await scene.enqueue_all() == [stage.id()]
    assert (await stage.claim()).head == 6


@DELIVERIES.idea
async def room_is_counted_for_each_lane(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0)
    rows = [stage.new(3, subject=f"s{n}", of=of) for n in range(4) for of in (stage.first, stage.second)]
    raised = await stage.deliveries.make(rows, lambda lane: 3 if lane == scene.lane else 1)
    assert {lane: len(references) for lane, references in raised.references.items()} == {
        scene.lane: 3,
        scene.other_lane: 1,
    }
    assert raised.waiting == {scene.lane, scene.other_lane}


@DELIVERIES.idea
async def what_waits_in_the_store_is_not_overtaken(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(3, subject="old"), room=False)
    await scene.advance(1.0)
    raised = await stage.make(stage.new(3), stage.new(0, subject="b"))
    assert (raised.references, raised.waiting) == ({}, frozenset({scene.lane}))
    assert (await stage.rise(3, "b")).references == {}
    assert (await scene.enqueue_all())[0] == stage.id("old")


@DELIVERIES.idea
async def what_is_heard_while_it_runs_is_handed_over_next(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=4)
    assert ids_of(await stage.rise(6)) == []
    raised = await stage.done(claimed)
    assert raised.waiting == {scene.lane}
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status) == (4, 6, Status.NEW)


@DELIVERIES.idea
async def a_source_that_has_less_than_was_said_lowers_the_head(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=10**18, start=3)
    await stage.deliveries.lower([claimed], [5])
    assert (await stage.row()).head == 5
    await stage.done(claimed, 5)
    assert await stage.status() is Status.IDLE
    assert ids_of(await stage.rise(6)) == [stage.id()], "and the next event is heard"


@DELIVERIES.idea
async def what_was_heard_since_the_claim_is_not_lowered_away(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=1_000)
    await stage.rise(6)
    await stage.deliveries.lower([claimed], [5])
    assert (await stage.row()).head == 6
    further = await stage.claimed(head=1_000, subject="b")
    await stage.rise(2_000, "b")
    await stage.deliveries.lower([further], [5])
    assert (await stage.row("b")).head == 2_000


@DELIVERIES.idea
async def only_the_holder_of_the_claim_lowers(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=10)
    await stage.done(claimed, 4)
    await stage.deliveries.lower([claimed], [5])
    assert (await stage.row()).head == 10


@DELIVERIES.idea
async def many_who_hear_at_once_enqueue_it_once(scene: Scene) -> None:
    stage = await Stage.of(scene)
    subjects = [f"s{n}" for n in range(20)]
    await stage.make(*[stage.new(0, subject=subject) for subject in subjects])

    async def hear(head: int) -> list[bytes]:
        rises = [Rise(stage.id(subject), scene.lane, head) for subject in subjects]
        return list(ids_of(await stage.deliveries.raise_heads(rises, plenty)))

    heard = await asyncio.gather(*(hear(head) for head in range(1, 6)))
    assert sorted(each for ids in heard for each in ids) == sorted(stage.id(subject) for subject in subjects)
    assert {(await stage.row(subject)).head for subject in subjects} == {5}


@DELIVERIES.idea
async def nothing_asked_is_nothing_done(scene: Scene) -> None:
    stage = await Stage.of(scene)
    assert (await stage.deliveries.raise_heads([], none)).references == {}
    assert (await stage.deliveries.make([], none)).references == {}
    assert await stage.deliveries.claim([], LEASE_S) == []
    assert await stage.deliveries.read([]) == {}
    await stage.deliveries.lower([], [])
    assert (await stage.deliveries.apply([], none)).held == []


@DELIVERIES.idea
async def texts_and_sequences_of_any_size_are_kept(scene: Scene) -> None:
    stage = await Stage.of(scene)
    subject, top = "ä€𝄞 /" * 100, 2**62
    await stage.make(stage.new(top, start=top - 1, subject=subject))
    claimed = await stage.claim(subject)
    assert (claimed.subject, claimed.cursor, claimed.head) == (subject, top - 1, top)
    assert claimed.lane == lane_of(stage.first, Priority.NORMAL)
