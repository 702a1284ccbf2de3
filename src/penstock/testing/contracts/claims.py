# ruff: noqa: D103 - the name of an idea is its sentence
"""Claims and heartbeats: who owns a task, and for how long."""

import asyncio

from msgspec import structs

from penstock.model.lifecycle import MATRIX, OF_TASKS, OWNED, Event, Status
from penstock.model.work import Beat
from penstock.testing.contracts.scene import LEASE_S, LONG_S, Scene, Standing, ask_to_cancel, finish, move
from penstock.testing.contracts.store_suites import TRANSITIONS


@TRANSITIONS.idea
async def a_claim_is_legal_from_the_statuses_of_the_matrix_and_no_other(scene: Scene) -> None:
    for status in sorted(OF_TASKS):
        standing = await scene.task_that_is(status)
        if Event.CLAIM in MATRIX[status]:
            (claimed,) = await scene.store.transitions.claim([standing.id], LEASE_S)
            assert claimed.claim == standing.claim + 1
            assert await scene.status(standing.id) is MATRIX[status][Event.CLAIM]
        else:
            async with scene.nothing_changes():
                assert await scene.store.transitions.claim([standing.id], LEASE_S) == [], status.name


@TRANSITIONS.idea
async def a_claim_starts_a_lease(scene: Scene) -> None:
    task_id = await scene.enqueued()
    async with scene.span() as span:
        await scene.store.transitions.claim([task_id], 42.5)
    row = await scene.row(task_id)
    assert (row.status, row.claim) == (Status.CLAIMED, 1)
    assert span.covers(row.trigger_at_us, plus_s=42.5)


@TRANSITIONS.idea
async def the_claim_number_rises_with_every_claim(scene: Scene) -> None:
    task_id = await scene.enqueued()
    for number in range(1, 5):
        claimed = await scene.claim(task_id)
        assert claimed.claim == number
        await scene.apply(move(Standing(task_id, number), Event.RELEASE))
        await scene.advance(1)
        await scene.enqueue_all()


@TRANSITIONS.idea
async def unknown_repeated_and_unclaimable_ids_are_left_out(scene: Scene) -> None:
    first, second = await scene.enqueued(), await scene.enqueued()
    new = await scene.task_that_is(Status.NEW)
    ended = await scene.ended()
    (unknown,) = scene.ids(1)
    ids = [first, unknown, second, first, new.id, ended.id, second]
    claimed = await scene.store.transitions.claim(ids, LEASE_S)
    assert sorted((each.id, each.claim) for each in claimed) == sorted([(first, 1), (second, 1)])
    assert await scene.store.transitions.claim([], LEASE_S) == []


@TRANSITIONS.idea
async def of_many_claims_at_once_exactly_one_wins(scene: Scene) -> None:
    ids = [await scene.enqueued() for _ in range(20)]
    answers = await asyncio.gather(
        *(scene.store.transitions.claim(ids[turn:] + ids[:turn], LEASE_S) for turn in range(0, 20, 3))
    )
    winners = [each.id for answer in answers for each in answer]
    assert sorted(winners) == sorted(ids)
    assert {row.claim for row in (await scene.store.transitions.read(ids)).values()} == {1}


@TRANSITIONS.idea
async def a_claim_tells_what_happened_to_the_task_before(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED, add_attempts=3, add_crashes=2, suspect=True))
    await scene.advance(1)
    await scene.enqueue_all()
    claimed = await scene.claim(owned.id)
    assert (claimed.claim, claimed.attempts, claimed.crashes, claimed.suspect) == (2, 3, 2, True)


@TRANSITIONS.idea
async def a_row_whose_cancel_was_requested_is_not_claimed(scene: Scene) -> None:
    task_id = await scene.owned_with_cancel_requested_then_released()
    await scene.apply(move(Standing(task_id, 1), Event.DUE, to=Status.ENQUEUED, anyones=True))
    async with scene.nothing_changes():
        assert await scene.store.transitions.claim([task_id], LEASE_S) == []


@TRANSITIONS.idea
async def a_heartbeat_is_legal_from_the_statuses_of_the_matrix_and_no_other(scene: Scene) -> None:
    for status in sorted(OF_TASKS):
        for started in (False, True):
            event = Event.START if started else Event.HEARTBEAT
            standing = await scene.task_that_is(status)
            beat = Beat(standing.id, standing.claim, started)
            if event in MATRIX[status]:
                answer = await scene.store.transitions.heartbeat([beat], LEASE_S)
                assert answer.refused == frozenset(), status.name
                assert await scene.status(standing.id) is MATRIX[status][event]
            else:
                async with scene.nothing_changes():
                    answer = await scene.store.transitions.heartbeat([beat], LEASE_S)
                assert answer.refused == {standing.id}, status.name


@TRANSITIONS.idea
async def a_heartbeat_renews_the_lease_and_nothing_else(scene: Scene) -> None:
    for status in sorted(OWNED):
        standing = await scene.task_that_is(status)
        before = await scene.row(standing.id)
        await scene.advance(10)
        async with scene.span() as span:
            answer = await scene.store.transitions.heartbeat([Beat(standing.id, standing.claim, started=False)], 42.5)
        after = await scene.row(standing.id)
        assert answer.refused == frozenset()
        assert span.covers(after.trigger_at_us, plus_s=42.5)
        assert structs.replace(after, trigger_at_us=before.trigger_at_us) == before


@TRANSITIONS.idea
async def a_lease_that_has_passed_unnoticed_can_still_be_renewed(scene: Scene) -> None:
    standing = await scene.task_that_is(Status.PROCESSING)
    await scene.advance(LONG_S)
    async with scene.span() as span:
        beat = Beat(standing.id, standing.claim, started=True)
        assert (await scene.store.transitions.heartbeat([beat], LEASE_S)).refused == frozenset()
    assert span.covers((await scene.row(standing.id)).trigger_at_us, plus_s=LEASE_S)


@TRANSITIONS.idea
async def a_heartbeat_under_another_claim_is_refused_and_changes_nothing(scene: Scene) -> None:
    for status in sorted(OWNED):
        standing = await scene.task_that_is(status)
        for claim in (standing.claim - 1, standing.claim + 1, 0, -1, 2**31 - 1):
            for started in (False, True):
                async with scene.nothing_changes():
                    answer = await scene.store.transitions.heartbeat([Beat(standing.id, claim, started)], LEASE_S)
                assert answer.refused == {standing.id}
                assert answer.cancel_requested == frozenset()


@TRANSITIONS.idea
async def each_beat_of_a_batch_is_answered_for_itself(scene: Scene) -> None:
    good, asked, stale, ended = [await scene.task_that_is(Status.PROCESSING) for _ in range(4)]
    await scene.apply(ask_to_cancel(asked), finish(ended, Event.SUCCEEDED))
    (unknown,) = scene.ids(1)
    beats = [
        Beat(stale.id, stale.claim + 1, started=True),
        Beat(good.id, good.claim, started=True),
        Beat(unknown, 1, started=False),
        Beat(asked.id, asked.claim, started=True),
        Beat(ended.id, ended.claim, started=True),
    ]
    async with scene.span() as span:
        answer = await scene.store.transitions.heartbeat(beats, LONG_S)
    assert answer.refused == {stale.id, unknown, ended.id}
    assert answer.cancel_requested == {asked.id}
    for standing in (good, asked):
        assert span.covers((await scene.row(standing.id)).trigger_at_us, plus_s=LONG_S)
    empty = await scene.store.transitions.heartbeat([], LEASE_S)
    assert (empty.refused, empty.cancel_requested) == (frozenset(), frozenset())


@TRANSITIONS.idea
async def a_stale_holder_is_not_told_of_a_cancel(scene: Scene) -> None:
    standing = await scene.task_that_is(Status.CLAIMED)
    await scene.apply(ask_to_cancel(standing))
    answer = await scene.store.transitions.heartbeat([Beat(standing.id, standing.claim + 1, started=False)], LEASE_S)
    assert answer.refused == {standing.id}
    assert answer.cancel_requested == frozenset()


@TRANSITIONS.idea
async def read_tells_of_live_rows_only(scene: Scene) -> None:
    live, ended = await scene.task_that_is(Status.CLAIMED), await scene.ended()
    (unknown,) = scene.ids(1)
    rows = await scene.store.transitions.read([live.id, ended.id, unknown, live.id])
    assert set(rows) == {live.id}
    row = rows[live.id]
    assert (row.id, row.lane, row.status, row.claim) == (live.id, scene.lane, Status.CLAIMED, live.claim)
    assert (row.attempts, row.crashes, row.lapses, row.held_for) == (0, 0, 0, "")
    assert await scene.store.transitions.read([]) == {}
