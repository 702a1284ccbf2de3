# ruff: noqa: D103 - the name of an idea is its sentence
"""Rows that go after others: they see a subject only as far as all of those have completed it."""

import asyncio

from penstock.model.delivery_row import Advance, ClaimedRange, Settle
from penstock.model.lifecycle import Event, Status
from penstock.model.subscription import SubscriptionSpec
from penstock.testing.contracts.delivery_scene import SUBJECT, Stage, ids_of, plenty
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import DELIVERIES

BOTH = 0b11
FIRST, SECOND = 0b01, 0b10


@DELIVERIES.idea
async def a_row_follows_the_one_before_it_in_the_same_transaction(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST)
    await stage.make(stage.new(9), stage.new(0, of=stage.second))
    assert await stage.status(of=stage.second) is Status.IDLE
    raised = await stage.done(await stage.claim(), 6)
    assert ids_of(raised) == [stage.id(of=stage.second)]
    row = await stage.row(of=stage.second)
    assert (row.cursor, row.head, row.trigger.status) == (0, 6, Status.ENQUEUED)
    assert raised.unmade == ()


@DELIVERIES.idea
async def events_before_the_one_that_failed_are_seen_by_who_goes_after(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST)
    await stage.make(stage.new(9), stage.new(0, of=stage.second))
    claimed = await stage.claim()
    await stage.apply(Settle(claimed.id, 1, Event.RAISED, upto=4))
    assert (await stage.row(of=stage.second)).head == 4
    assert await stage.status(of=stage.second) is Status.ENQUEUED


@DELIVERIES.idea
async def a_failure_that_moves_no_cursor_moves_nobody(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST)
    await stage.make(stage.new(9), stage.new(0, of=stage.second))
    claimed = await stage.claim()
    raised = await stage.apply(Settle(claimed.id, 1, Event.RAISED))
    assert ids_of(raised) == []
    assert await stage.status(of=stage.second) is Status.IDLE


@DELIVERIES.idea
async def it_waits_for_the_slowest_of_those_before_it(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0, BOTH)
    await stage.make(stage.new(9), stage.new(9, of=stage.second), stage.new(0, of=stage.third))
    first, second = await stage.claim(), await stage.claim(of=stage.second)
    await stage.done(first)
    assert (await stage.row(of=stage.third)).head == 0
    raised = await stage.done(second, 5)
    assert ids_of(raised) == [stage.id(of=stage.third)]
    assert (await stage.row(of=stage.third)).head == 5


@DELIVERIES.idea
async def two_that_advance_at_once_do_not_miss_each_other(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0, BOTH)
    subjects = [f"s{n}" for n in range(30)]
    claims: list[ClaimedRange] = []
    for subject in subjects:
        await stage.make(
            stage.new(9, subject=subject),
            stage.new(9, subject=subject, of=stage.second),
            stage.new(0, subject=subject, of=stage.third),
        )
        claims += [await stage.claim(subject), await stage.claim(subject, stage.second)]
    await asyncio.gather(
        *(stage.deliveries.apply([Advance(each.id, each.claim, each.head)], plenty) for each in claims)
    )
    assert {(await stage.row(subject, stage.third)).head for subject in subjects} == {9}


@DELIVERIES.idea
async def where_the_one_before_begins_counts_as_complete(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST)
    raised = await stage.make(stage.new(head=9, start=7), stage.new(head=0, start=2, of=stage.second))
    assert set(ids_of(raised)) == {stage.id(), stage.id(of=stage.second)}
    row = await stage.row(of=stage.second)
    assert (row.cursor, row.head) == (2, 7)


@DELIVERIES.idea
async def a_row_that_is_made_late_finds_what_those_before_it_have_done(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST, SECOND)
    await stage.make(stage.new(9))
    raised = await stage.done(await stage.claim())
    assert raised.unmade == ((stage.stream_id, SUBJECT),), "whoever hears of it next makes the row"
    late = await stage.make(stage.new(0, of=stage.second), stage.new(0, of=stage.third))
    assert ids_of(late) == [stage.id(of=stage.second)]
    assert (await stage.row(of=stage.second)).head == 9
    assert (await stage.row(of=stage.third)).head == 0
    assert ids_of(await stage.done(await stage.claim(of=stage.second))) == [stage.id(of=stage.third)]


@DELIVERIES.idea
async def one_before_it_that_has_no_row_yet_holds_it_back(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0, BOTH)
    await stage.make(stage.new(9), stage.new(0, of=stage.third))
    raised = await stage.done(await stage.claim())
    assert (await stage.row(of=stage.third)).head == 0
    assert raised.unmade == ((stage.stream_id, SUBJECT),)
    raised = await stage.make(stage.new(9, start=9, of=stage.second))
    assert ids_of(raised) == [stage.id(of=stage.third)]


@DELIVERIES.idea
async def a_retired_one_holds_nobody_back(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0, BOTH)
    await stage.make(stage.new(9), stage.new(9, of=stage.second), stage.new(0, of=stage.third))
    await scene.store.subscriptions.declare(scene.namespace_id, {}, [stage.second])
    assert ids_of(await stage.done(await stage.claim())) == [stage.id(of=stage.third)]


@DELIVERIES.idea
async def one_that_subscribes_to_another_stream_holds_nobody_back(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0, BOTH)
    await stage.make(stage.new(9), stage.new(9, of=stage.second), stage.new(0, of=stage.third))
    await scene.store.subscriptions.declare(scene.namespace_id, {stage.second: SubscriptionSpec("orders")}, [])
    assert ids_of(await stage.done(await stage.claim())) == [stage.id(of=stage.third)]


@DELIVERIES.idea
async def who_goes_after_somebody_is_not_moved_on_by_others(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, FIRST)
    await stage.make(stage.new(9), stage.new(0, of=stage.second))
    await stage.make(stage.new(9, subject="b"), stage.new(0, subject="b", of=stage.second))
    await stage.done(await stage.claim())
    assert await stage.status("b", stage.second) is Status.IDLE
