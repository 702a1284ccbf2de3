# ruff: noqa: D103 - the name of an idea is its sentence
"""Changes: the matrix pair by pair, the fence, and calls that are repeated."""

import asyncio
from itertools import cycle

from msgspec import structs

from penstock.model.changes import Change
from penstock.model.lifecycle import ENDINGS, LIVE, MATRIX, OF_TASKS, OWNED, TERMINAL, WAITING, Event, Status
from penstock.model.work import Beat
from penstock.testing.contracts.scene import LEASE_S, LONG_S, Scene, Standing, ask_to_cancel, finish, move
from penstock.testing.contracts.store_suites import TRANSITIONS

BY_OTHER_DOORS = {Event.CLAIM, Event.START, Event.HEARTBEAT}
"""`claim` and `heartbeat` do these"""
BY_CHANGE = [event for event in Event if event not in BY_OTHER_DOORS]


def change_for(standing: Standing, event: Event, target: Status) -> Change:
    """The change that says: this event, leading there, under this task's claim."""
    if target in TERMINAL:
        return finish(standing, event, to=target)
    return move(standing, event, to=target)


def end_of_lease(standing: Standing, event: Event, seen_trigger_at_us: int) -> Change:
    """What the scheduler says of a lease that it saw run out: another try, or the end of the budget."""
    if event is Event.LEASE_LOST:
        return move(standing, event, seen_trigger_at_us=seen_trigger_at_us)
    return finish(standing, event, seen_trigger_at_us=seen_trigger_at_us)


def targets_of(event: Event) -> set[Status]:
    """Every status that the event leads to, from anywhere."""
    return {moves[event] for moves in MATRIX.values() if event in moves}


async def is_refused(scene: Scene, change: Change, why: str) -> None:
    """The change is answered with no, and every row is byte-equal."""
    async with scene.nothing_changes():
        assert await scene.store.transitions.apply([change]) == [False], why


@TRANSITIONS.idea
async def every_pair_of_status_and_event_moves_as_the_matrix_says_or_not_at_all(scene: Scene) -> None:
    for status in sorted(OF_TASKS):
        for event in BY_CHANGE:
            for target in sorted(targets_of(event)):
                if event is Event.CANCEL_REQUEST and target in OWNED:
                    continue  # that is `AskToCancel`
                standing = await scene.task_that_is(status)
                change = change_for(standing, event, target)
                pair = f"{event.name} on {status.name} to {target.name}"
                if MATRIX[status].get(event) is target:
                    assert await scene.store.transitions.apply([change]) == [True], pair
                    assert await scene.status(standing.id) is target, pair
                elif status is target and (status in TERMINAL or event is Event.RAISED):
                    async with scene.nothing_changes():  # how it came here, told again: yes, but nothing moves
                        assert await scene.store.transitions.apply([change]) == [True], pair
                else:
                    await is_refused(scene, change, pair)


@TRANSITIONS.idea
async def a_cancel_is_requested_of_owned_tasks_only(scene: Scene) -> None:
    for status in sorted(OF_TASKS):
        standing = await scene.task_that_is(status)
        if status not in OWNED:
            await is_refused(scene, ask_to_cancel(standing), status.name)
            continue
        before = await scene.row(standing.id)
        await scene.apply(ask_to_cancel(standing))
        assert await scene.row(standing.id) == structs.replace(before, cancel_requested=True)
        async with scene.nothing_changes():
            await scene.apply(ask_to_cancel(standing))
    (unknown,) = scene.ids(1)
    await is_refused(scene, ask_to_cancel(Standing(unknown, 0)), "unknown")


@TRANSITIONS.idea
async def a_waiting_task_is_cancelled_and_dropped_whatever_its_claim_number(scene: Scene) -> None:
    for event in (Event.CANCEL_REQUEST, Event.DROP):
        for status in sorted(WAITING):
            standing = await scene.task_that_is(status)
            await scene.apply(finish(standing, event, anyones=True))
            assert await scene.status(standing.id) is MATRIX[status][event]


@TRANSITIONS.idea
async def a_cancel_decided_while_the_task_waited_does_not_end_it_once_it_is_owned(scene: Scene) -> None:
    for status in sorted(OWNED):
        standing = await scene.task_that_is(status)
        await is_refused(scene, finish(standing, Event.CANCEL_REQUEST, anyones=True), status.name)


@TRANSITIONS.idea
async def a_verdict_under_another_claim_is_refused_and_changes_nothing(scene: Scene) -> None:
    for status in sorted(OWNED):
        standing = await scene.task_that_is(status)
        for event in (*ENDINGS, Event.EXHAUSTED):
            for claim in (standing.claim - 1, standing.claim + 1):
                impostor = Standing(standing.id, claim)
                await is_refused(scene, change_for(impostor, event, MATRIX[status][event]), event.name)


@TRANSITIONS.idea
async def the_holder_of_a_lost_lease_can_say_nothing_more(scene: Scene) -> None:
    lost = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(lost, Event.LEASE_LOST))
    await scene.advance(1)
    await scene.enqueue_all()
    current = Standing(lost.id, (await scene.claim(lost.id)).claim)
    for event in (*ENDINGS, Event.EXHAUSTED):
        if event is not Event.LEASE_LOST:
            await is_refused(scene, change_for(lost, event, MATRIX[Status.PROCESSING][event]), event.name)
    await scene.apply(finish(current, Event.SUCCEEDED))


@TRANSITIONS.idea
async def a_move_adds_to_the_counters_and_waits_its_delay(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    async with scene.span() as span:
        change = move(owned, Event.RAISED, delay_us=1_500_000, add_attempts=2, add_crashes=3, add_lapses=4)
        await scene.apply(change)
    row = await scene.row(owned.id)
    assert row.status is Status.RETRIABLE_FAILURE
    assert (row.claim, row.attempts, row.crashes, row.lapses) == (owned.claim, 2, 3, 4)
    assert span.covers(row.trigger_at_us, plus_s=1.5)
    await scene.advance(2)
    await scene.enqueue_all()
    again = Standing(owned.id, (await scene.claim(owned.id)).claim)
    await scene.apply(move(again, Event.LEASE_LOST, add_attempts=1, add_crashes=1, add_lapses=1))
    row = await scene.row(owned.id)
    assert (row.status, row.attempts, row.crashes, row.lapses) == (Status.NEW, 3, 4, 5)


@TRANSITIONS.idea
async def suspicion_is_set_kept_and_cleared(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    for suspect, expected in ((None, False), (True, True), (None, True), (False, False)):
        await scene.apply(move(owned, Event.LEASE_LOST, suspect=suspect))
        assert (await scene.row(owned.id)).suspect is expected
        await scene.advance(1)
        await scene.enqueue_all()
        owned = Standing(owned.id, (await scene.claim(owned.id)).claim)


@TRANSITIONS.idea
async def a_cancel_request_stays_with_the_row(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(ask_to_cancel(owned), move(owned, Event.RAISED))
    assert (await scene.row(owned.id)).cancel_requested


@TRANSITIONS.idea
async def a_line_of_history_is_kept_with_the_stores_time(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    change = move(owned, Event.RAISED)
    assert change.history is not None
    async with scene.span() as span:
        await scene.apply(change)
    (kept,) = await scene.under_test.history(owned.id)
    assert structs.replace(kept, ended_at_us=0) == change.history
    assert span.covers(kept.ended_at_us)


@TRANSITIONS.idea
async def history_grows_line_by_line_and_outlives_the_task(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED))
    await scene.advance(1)
    await scene.enqueue_all()
    again = Standing(owned.id, (await scene.claim(owned.id)).claim)
    last = move(again, Event.TIMED_OUT).history
    await scene.apply(finish(again, Event.EXHAUSTED, history=last))
    kept = [(each.claim, each.ending) for each in await scene.under_test.history(owned.id)]
    assert kept == [(1, Event.RAISED), (2, Event.TIMED_OUT)]


@TRANSITIONS.idea
async def changes_of_one_call_are_answered_in_order_each_for_itself(scene: Scene) -> None:
    tasks = [await scene.task_that_is(Status.PROCESSING) for _ in range(6)]
    changes: list[Change] = [
        finish(tasks[0], Event.SUCCEEDED),
        move(Standing(tasks[1].id, 99), Event.RAISED),
        move(tasks[2], Event.RAISED),
        ask_to_cancel(tasks[3]),
        finish(Standing(tasks[4].id, 99), Event.SUCCEEDED),
        finish(tasks[5], Event.FAILED_FATALLY),
    ]
    assert await scene.store.transitions.apply(changes) == [True, False, True, True, False, True]
    statuses = [await scene.status(task.id) for task in tasks]
    assert statuses == [
        Status.SUCCESS,
        Status.PROCESSING,
        Status.RETRIABLE_FAILURE,
        Status.PROCESSING,
        Status.PROCESSING,
        Status.FATAL_FAILURE,
    ]
    assert await scene.store.transitions.apply([]) == []


@TRANSITIONS.idea
async def of_two_verdicts_in_one_call_one_holds(scene: Scene) -> None:
    one, other = await scene.task_that_is(Status.PROCESSING), await scene.task_that_is(Status.PROCESSING)
    answers = await scene.store.transitions.apply(
        [
            finish(one, Event.SUCCEEDED),
            finish(one, Event.FAILED_FATALLY),
            finish(other, Event.SUCCEEDED),
            move(other, Event.RAISED),
        ]
    )
    assert answers[:2].count(True) == 1
    assert answers[2:].count(True) == 1


@TRANSITIONS.idea
async def of_two_verdicts_at_once_one_holds(scene: Scene) -> None:
    for _ in range(8):
        owned = await scene.task_that_is(Status.PROCESSING)
        verdicts = (Event.SUCCEEDED, Event.RAISED, Event.FAILED_FATALLY)
        changes = [change_for(owned, event, MATRIX[Status.PROCESSING][event]) for event in verdicts]
        answers = await asyncio.gather(*(scene.store.transitions.apply([change]) for change in changes))
        assert answers.count([True]) == 1


@TRANSITIONS.idea
async def calls_that_meet_in_two_rows_the_other_way_round_both_end(scene: Scene) -> None:
    tasks = [await scene.task_that_is(Status.PROCESSING) for _ in range(30)]
    forwards = [finish(task, Event.SUCCEEDED) for task in tasks]
    backwards = [move(task, Event.RAISED) for task in reversed(tasks)]
    answers = await asyncio.gather(scene.store.transitions.apply(forwards), scene.store.transitions.apply(backwards))
    assert all(won != lost for won, lost in zip(answers[0], reversed(answers[1]), strict=True))


@TRANSITIONS.idea
async def a_lease_renewed_since_it_was_looked_at_is_not_ended(scene: Scene) -> None:
    for event in (Event.LEASE_LOST, Event.EXHAUSTED):
        owned = await scene.task_that_is(Status.PROCESSING)
        seen_us = (await scene.row(owned.id)).trigger_at_us
        await scene.advance(LONG_S)
        await scene.store.transitions.heartbeat([Beat(owned.id, owned.claim, started=True)], LEASE_S)
        renewed_us = (await scene.row(owned.id)).trigger_at_us
        await is_refused(scene, end_of_lease(owned, event, seen_us), "the lease was renewed")
        await scene.apply(end_of_lease(owned, event, renewed_us))


@TRANSITIONS.idea
async def an_unknown_task_refuses_every_change(scene: Scene) -> None:
    (unknown,) = scene.ids(1)
    for event in BY_CHANGE:
        for target in sorted(targets_of(event)):
            await is_refused(scene, change_for(Standing(unknown, 1), event, target), event.name)


@TRANSITIONS.idea
async def every_end_told_again_under_its_claim_counts_as_told(scene: Scene) -> None:
    for event in (*ENDINGS, Event.EXHAUSTED):
        owned = await scene.task_that_is(Status.PROCESSING)
        change = change_for(owned, event, MATRIX[Status.PROCESSING][event])
        await scene.apply(change)
        async with scene.nothing_changes():
            answers = await scene.store.transitions.apply([change])
        if event is not Event.RELEASE:  # it leaves no trace to know it by, and costs nothing
            assert answers == [True], event.name


@TRANSITIONS.idea
async def an_old_failure_told_again_changes_nothing_of_what_came_after(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    first = move(owned, Event.RAISED, add_attempts=1)
    await scene.apply(first)
    for again in range(3):
        await scene.advance(1)
        async with scene.nothing_changes():
            assert await scene.store.transitions.apply([first]) == [True], again
        if again == 0:
            await scene.enqueue_all()
        elif again == 1:
            claimed = await scene.claim(owned.id)
            await scene.apply(finish(Standing(owned.id, claimed.claim), Event.SUCCEEDED))


@TRANSITIONS.idea
async def a_cancel_told_again_counts_as_told(scene: Scene) -> None:
    standing = await scene.task_that_is(Status.NEW)
    change = finish(standing, Event.CANCEL_REQUEST, anyones=True)
    await scene.apply(change)
    async with scene.nothing_changes():
        assert await scene.store.transitions.apply([change]) == [True]


@TRANSITIONS.idea
async def the_same_change_twice_in_one_call_holds_twice_and_happens_once(scene: Scene) -> None:
    one, other = await scene.task_that_is(Status.PROCESSING), await scene.task_that_is(Status.PROCESSING)
    end, failure = finish(one, Event.SUCCEEDED), move(other, Event.RAISED, add_attempts=1)
    assert await scene.store.transitions.apply([end, failure, end, failure]) == [True] * 4
    assert (await scene.row(other.id)).attempts == 1
    assert len(await scene.under_test.history(other.id)) == 1


@TRANSITIONS.idea
async def an_end_of_another_kind_or_claim_does_not_count_as_told(scene: Scene) -> None:
    for status in sorted(TERMINAL - {Status.DROPPED}):
        ended = await scene.ended(status)
        for event in (Event.SUCCEEDED, Event.FAILED_FATALLY, Event.EXHAUSTED, Event.STOPPED_FOR_CANCEL):
            target = MATRIX[Status.PROCESSING][event]
            if target is not status:
                await is_refused(scene, finish(ended, event), f"{event.name} on {status.name}")
            await is_refused(scene, finish(Standing(ended.id, ended.claim + 1), event), "another claim")


@TRANSITIONS.idea
async def a_failure_of_another_kind_does_not_count_as_told(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED))
    for event in (Event.TIMED_OUT, Event.CRASHED_ALONE, Event.LEASE_LOST, Event.CRASHED_IN_COMPANY):
        await is_refused(scene, move(owned, event), event.name)


@TRANSITIONS.idea
async def a_failure_under_another_claim_does_not_count_as_told(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED))
    for claim in (owned.claim - 1, owned.claim + 1):
        await is_refused(scene, move(Standing(owned.id, claim), Event.RAISED), "another claim")


@TRANSITIONS.idea
async def a_release_gives_the_task_back_as_it_was(scene: Scene) -> None:
    for status in sorted(OWNED):
        owned = await scene.task_that_is(status)
        async with scene.span() as span:
            await scene.apply(move(owned, Event.RELEASE))
        row = await scene.row(owned.id)
        assert (row.status, row.claim) == (Status.NEW, owned.claim)
        assert (row.attempts, row.crashes, row.lapses, row.suspect) == (0, 0, 0, False)
        assert span.covers(row.trigger_at_us)
        assert await scene.under_test.history(owned.id) == []


@TRANSITIONS.idea
async def every_live_status_can_be_reached_and_read(scene: Scene) -> None:
    """Should this fail, the stage is broken, not the matrix."""
    for status in sorted(LIVE):
        standing = await scene.task_that_is(status)
        assert (await scene.row(standing.id)).status is status


@TRANSITIONS.idea
async def a_thousand_changes_fit_into_one_call(scene: Scene) -> None:
    ids = scene.ids(1000)
    await scene.admit(*(scene.task(id=task_id) for task_id in ids))
    await scene.advance(1)
    await scene.enqueue_all()
    claimed = await scene.store.transitions.claim(ids, LEASE_S)
    changes = [
        change_for(Standing(each.id, each.claim), event, MATRIX[Status.CLAIMED][event])
        for each, event in zip(claimed, cycle((Event.SUCCEEDED, Event.RAISED)), strict=False)
    ]
    assert await scene.store.transitions.apply(changes) == [True] * 1000
