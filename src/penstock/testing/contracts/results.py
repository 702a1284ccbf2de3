# ruff: noqa: D103 - the name of an idea is its sentence
"""Outcomes as those read them who wait."""

from penstock.model.lifecycle import LIVE, OF_TASKS, TERMINAL, Event, Status
from penstock.model.task import NO_FAILURE, Failure
from penstock.testing.contracts.scene import Scene, Standing, finish, move
from penstock.testing.contracts.store_suites import RESULTS


@RESULTS.idea
async def an_outcome_keeps_all_that_its_end_said(scene: Scene) -> None:
    owned = await scene.task_that_is(Status.PROCESSING)
    await scene.apply(move(owned, Event.RAISED, add_attempts=1, add_crashes=2, add_lapses=3))
    await scene.advance(1)
    await scene.enqueue_all()
    last = Standing(owned.id, (await scene.claim(owned.id)).claim)
    failure = Failure("builtins.ValueError", "größer als 漢字 𝄞", "Traceback\n  line 1")
    async with scene.span() as span:
        await scene.apply(
            finish(
                last,
                Event.EXHAUSTED,
                add_attempts=1,
                add_crashes=1,
                add_lapses=1,
                result=bytes(range(256)),
                result_left_out=True,
                run_us=123_456_789_012,
                failure=failure,
                executor="host/7",
                reason="budget",
            )
        )
    (ended,) = (await scene.store.results.ended(scene.namespace_id, [owned.id])).values()
    outcome = ended.outcome
    assert (outcome.id, outcome.lane, outcome.status, outcome.claim) == (owned.id, scene.lane, Status.DEAD, 2)
    assert (outcome.attempts, outcome.crashes, outcome.lapses) == (2, 3, 4)
    assert (outcome.result, outcome.result_left_out) == (bytes(range(256)), True)
    assert (outcome.run_us, outcome.failure) == (123_456_789_012, failure)
    assert (outcome.executor, outcome.reason) == ("host/7", "budget")
    assert span.covers(outcome.finished_at_us)
    assert (ended.lambda_name, ended.retried_as) == ("mail.send", None)


@RESULTS.idea
async def what_was_not_said_is_empty(scene: Scene) -> None:
    ended = await scene.ended(Status.SUCCESS)
    outcome = (await scene.store.results.ended(scene.namespace_id, [ended.id]))[ended.id].outcome
    assert (outcome.result, outcome.result_left_out, outcome.run_us) == (b"", False, 0)
    assert (outcome.failure, outcome.executor, outcome.reason) == (NO_FAILURE, "", "")


@RESULTS.idea
async def a_task_that_never_ran_ends_without_a_claim(scene: Scene) -> None:
    standing = await scene.task_that_is(Status.NEW)
    await scene.apply(finish(standing, Event.CANCEL_REQUEST, anyones=True, reason="cancelled before it started"))
    outcome = (await scene.store.results.ended(scene.namespace_id, [standing.id]))[standing.id].outcome
    assert (outcome.status, outcome.claim, outcome.attempts) == (Status.CANCELLED, 0, 0)
    assert outcome.reason == "cancelled before it started"


@RESULTS.idea
async def every_ended_task_is_told_and_no_live_one(scene: Scene) -> None:
    live = [await scene.task_that_is(status) for status in sorted(LIVE)]
    ended = {status: await scene.ended(status) for status in sorted(TERMINAL)}
    (unknown,) = scene.ids(1)
    ids = [one.id for one in (*live, *ended.values())] + [unknown]
    told = await scene.store.results.ended(scene.namespace_id, ids + ids)
    assert {task_id: each.outcome.status for task_id, each in told.items()} == {
        one.id: status for status, one in ended.items()
    }
    assert await scene.store.results.ended(scene.namespace_id, []) == {}


@RESULTS.idea
async def each_outcome_names_its_own_lambda(scene: Scene) -> None:
    send, sweep = await scene.ended(), await scene.ended(lane=scene.other_lane)
    told = await scene.store.results.ended(scene.namespace_id, [send.id, sweep.id])
    assert (told[send.id].lambda_name, told[sweep.id].lambda_name) == ("mail.send", "mail.sweep")
    assert (told[send.id].outcome.lane, told[sweep.id].outcome.lane) == (scene.lane, scene.other_lane)


@RESULTS.idea
async def another_namespace_sees_nothing(scene: Scene) -> None:
    other = await scene.store.registry.namespace("other")
    live, ended = await scene.task_that_is(Status.NEW), await scene.ended()
    assert await scene.store.results.ended(other, [ended.id]) == {}
    assert sorted(await scene.store.results.unknown(other, [live.id, ended.id])) == sorted([live.id, ended.id])


@RESULTS.idea
async def unknown_ids_are_those_that_name_no_task_at_all(scene: Scene) -> None:
    known = [(await scene.task_that_is(status)).id for status in sorted(OF_TASKS)]
    strangers = scene.ids(2)
    mixed = [strangers[0], *known, strangers[1]]
    assert sorted(await scene.store.results.unknown(scene.namespace_id, mixed)) == strangers
    assert await scene.store.results.unknown(scene.namespace_id, known) == []
    assert await scene.store.results.unknown(scene.namespace_id, []) == []


@RESULTS.idea
async def a_task_is_live_or_ended_at_every_moment_and_never_both(scene: Scene) -> None:
    for status in sorted(OF_TASKS):
        standing = await scene.task_that_is(status)
        is_live = standing.id in await scene.store.transitions.read([standing.id])
        has_ended = standing.id in await scene.store.results.ended(scene.namespace_id, [standing.id])
        assert (is_live, has_ended) == (status in LIVE, status in TERMINAL), status.name
