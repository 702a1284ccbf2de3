# ruff: noqa: D103 - the name of an idea is its sentence
"""The cursors as those see them who look after them."""

from penstock.model.delivery_row import Settle
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event, Status
from penstock.testing.contracts.delivery_scene import Stage
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import CURSORS


@CURSORS.idea
async def who_has_come_far_enough_is_not_told_of(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=5, start=5, subject="done"), stage.new(head=9, start=9, subject="beyond"))
    ids = [stage.id("done"), stage.id("beyond")]
    assert await scene.store.cursors.behind(ids, [5, 7]) == []
    assert await scene.store.cursors.behind([], []) == []


@CURSORS.idea
async def who_is_behind_is_told_with_its_place_in_the_question(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=5, start=5, subject="done"), stage.new(head=5, start=5, subject="unheard"))
    claimed = await stage.claimed(9, start=4, subject="failed")
    await stage.apply(Settle(claimed.id, claimed.claim, Event.RAISED, attempts=3, crashes=1, delay_us=1_000_000))
    await scene.advance(60.0)
    ids = [stage.id(each) for each in ("done", "nobody made it", "unheard", "failed")]
    missing, unheard, failed = await scene.store.cursors.behind(ids, [5, 1, 6, 9])
    assert (missing.number, missing.is_missing) == (1, True)
    assert (unheard.number, unheard.is_missing, unheard.cursor, unheard.head) == (2, False, 5, 5)
    assert (unheard.status, unheard.held_for) == (Status.IDLE, "")
    assert (failed.number, failed.cursor, failed.head, failed.status) == (3, 4, 9, Status.RETRIABLE_FAILURE)
    assert (failed.attempts, failed.crashes, failed.lapses) == (3, 1, 0)
    assert 60_000_000 <= failed.stands_us < 120_000_000


@CURSORS.idea
async def who_waits_for_somebody_says_so(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED))
    (blocked,) = await scene.store.cursors.behind([stage.id()], [9])
    assert (blocked.status, blocked.held_for) == (Status.HELD, HELD_FOR_DEAD_EVENT)
