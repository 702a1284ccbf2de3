"""The life of partitions: nothing that lives is dropped, nothing dead too early, everything else in the end."""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.adapters.postgres.partitions import DAYS_AHEAD, OUTCOME, PARTED, TASK, day_of, days_of
from penstock.model.changes import Finish
from penstock.model.family import Family
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import (
    HELD_FOR_PARENTS,
    HELD_FOR_REGISTRATION,
    Event,
    ParentFailure,
    Status,
)
from penstock.model.limits import TOKEN_LIFE_S
from penstock.model.periodic import Definition, NewSchedule, advance
from penstock.model.policy import DEFAULT_POLICY
from penstock.model.progress import Progress
from penstock.model.rhythm import Rhythm
from penstock.model.task import Attempt, Failure
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from penstock.ports.registry import Registration
from tests.contracts.postgres_store import CLOCK_TABLE, DAY_US, SECOND_US, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId

DAY_S = 86_400
KEEP_S, DEAD_KEEP_S = 5 * DAY_S, 15 * DAY_S


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def days_pass(bench: Bench, days: int) -> None:
    for _ in range(days):
        await bench.move_clock(DAY_S)
        await bench.store.retention.tend(KEEP_S, DEAD_KEEP_S)


async def kill(bench: Bench, task_id: TaskId) -> None:
    (claimed,) = await bench.claim([task_id])
    line = Attempt(task_id, claimed.claim, Event.RAISED, 1, 0, "host/1", Failure("ValueError", "no"))
    dead = Finish(task_id, Event.EXHAUSTED, Status.DEAD, claimed.claim, add_attempts=1, reason="budget", history=line)
    assert await bench.store.transitions.apply([dead]) == [True]


async def test_what_ended_is_dropped_by_the_age_of_its_end(bench: Bench) -> None:
    early, late = await bench.schedule(2)
    await bench.run([early])
    await days_pass(bench, 4)
    await bench.run([late])
    await days_pass(bench, 1)
    assert set(await bench.store.results.ended(bench.namespace_id, [early, late])) == {early, late}
    await days_pass(bench, 2)
    assert set(await bench.store.results.ended(bench.namespace_id, [early, late])) == {late}
    await days_pass(bench, 2)
    shown = await bench.store.search.task(bench.namespace_id, late, with_payload=True, with_history=False)
    assert shown is not None
    assert shown.payload == b"payload"
    await days_pass(bench, 6)
    assert await bench.store.results.unknown(bench.namespace_id, [early, late]) == [early, late]
    for table in ("task", "outcome", "task_kept", "outcome_kept", "trigger", "outlived"):
        assert await bench.sql.fetchval(f"select count(*) from penstock.{table}") == 0, table


async def test_a_sleeper_outlives_its_day(bench: Bench) -> None:
    sleepers = await bench.schedule(3, delay_us=30 * DAY_US, collection="c")
    await days_pass(bench, 29)
    assert await days_of(bench.sql, TASK) >= {day_of(await bench.now_us())}
    assert await bench.sql.fetchval("select count(*) from penstock.task_kept") == 3
    await bench.move_clock(2 * DAY_S)
    await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    claimed = await bench.claim(sleepers)
    assert [(c.payload, c.collection) for c in claimed] == [(b"payload", "c")] * 3


async def test_the_dead_are_kept_with_payload_and_history(bench: Bench) -> None:
    (dead,) = await bench.schedule()
    await kill(bench, dead)
    await days_pass(bench, 13)
    assert await bench.sql.fetchval("select count(*) from penstock.outcome") == 0
    view = await bench.store.search.task(bench.namespace_id, dead, with_payload=True, with_history=True)
    assert view is not None
    assert (view.status, view.payload, len(view.history)) == (Status.DEAD, b"payload", 1)
    (again,) = await bench.ids(1)
    assert not (await bench.store.admission.retry(bench.namespace_id, dead, again)).existed
    await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    assert [c.payload for c in await bench.claim([again])] == [b"payload"]
    await days_pass(bench, 5)
    assert await bench.store.search.task(bench.namespace_id, dead, with_payload=True, with_history=True) is None
    assert await bench.status(again) is Status.CLAIMED


async def test_rows_of_a_day_without_a_partition_move_into_it_when_it_is_made(bench: Bench) -> None:
    await bench.move_clock(100 * DAY_S)
    (ended,), (live,) = await bench.schedule(), await bench.schedule(delay_us=DAY_US)
    await bench.run([ended])
    assert await bench.sql.fetchval("select count(*) from penstock.outcome_default") == 1
    made = (await bench.store.retention.tend(KEEP_S, DEAD_KEEP_S)).partitions_made
    assert made == len(PARTED) * (DAYS_AHEAD + 1)
    for table in ("task_default", "outcome_default"):
        assert await bench.sql.fetchval(f"select count(*) from penstock.{table}") == 0
    assert set(await bench.store.results.ended(bench.namespace_id, [ended])) == {ended}
    assert (await bench.store.search.task(bench.namespace_id, live, with_payload=True, with_history=False)) is not None


async def test_a_long_look_at_a_table_delays_retention_and_nobody_else(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    await bench.run([task_id])
    await bench.move_clock(8 * DAY_S)
    await bench.sql.execute("begin; select * from penstock.outcome")
    retired = await bench.store.retention.tend(KEEP_S, DEAD_KEEP_S)
    assert retired.partitions_dropped == 0
    await bench.sql.execute("rollback")
    assert (await bench.store.retention.tend(KEEP_S, DEAD_KEEP_S)).partitions_dropped > 0


async def test_several_tend_at_once(bench: Bench) -> None:
    (task_id,) = await bench.schedule(delay_us=30 * DAY_US)
    for _ in range(9):
        await bench.move_clock(DAY_S)
        await asyncio.gather(*(bench.store.retention.tend(KEEP_S, DEAD_KEEP_S) for _ in range(2)))
    today = day_of(await bench.now_us())
    assert today + dt.timedelta(days=DAYS_AHEAD) in await days_of(bench.sql, OUTCOME)
    assert await bench.store.results.unknown(bench.namespace_id, [task_id]) == []


async def test_keys_and_tokens_expire(bench: Bench) -> None:
    await bench.schedule(key="k", key_life_s=60)
    await bench.admit(*(await bench.tasks(1)), token=b"t" * 16)
    await bench.move_clock(TOKEN_LIFE_S + 1)
    retired = await bench.store.retention.tend(KEEP_S, DEAD_KEEP_S)
    assert (retired.keys_expired, retired.tokens_expired) == (1, 1)


async def test_ticks_go_with_the_histories_and_a_dead_task_keeps_its_own(bench: Bench) -> None:
    tick_us = await bench.now_us() - 100 * SECOND_US
    definition = Definition("mail.send", "mail.send", Rhythm(interval_us=365 * DAY_US))
    schedules = bench.store.schedules
    new = NewSchedule(definition, bench.lane, b"seed", 1, tick_us, tick_us)
    made = await schedules.create(bench.namespace_id, new)
    await bench.store.registry.register(bench.namespace_id, [Registration("mail.send", "1", DEFAULT_POLICY, b"")])
    [due] = (await bench.store.ticks.due(ALL_BUCKETS, 10)).schedules
    await bench.store.ticks.advance([advance(due, await bench.now_us())], await bench.now_us())
    [tick] = await schedules.ticks(made.id, 10)
    await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5.0)
    await kill(bench, tick.task_id)
    await days_pass(bench, 10)
    assert await schedules.ticks(made.id, 10) == [tick], "as long as the histories of the dead"
    [again] = await bench.ids(1)
    await bench.store.admission.retry(bench.namespace_id, tick.task_id, again)
    await bench.move_clock(1)
    await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5.0)
    assert [claimed.scheduled_at_us for claimed in await bench.claim([again])] == [tick_us]
    await days_pass(bench, 7)
    assert await schedules.ticks(made.id, 10) == []
    assert await schedules.find(bench.namespace_id, "mail.send") is not None


async def test_progress_goes_with_the_histories_and_a_live_task_keeps_its_own(bench: Bench) -> None:
    ended, lives = await bench.schedule(2)
    said = Progress(1, 2, "half")
    claimed = await bench.claim([ended, lives], lease_s=100 * DAY_S)
    await bench.store.transitions.heartbeat([Beat(c.id, c.claim, True, progress=said) for c in claimed], 100 * DAY_S)
    await bench.store.transitions.apply([Finish(ended, Event.FAILED_FATALLY, Status.FATAL_FAILURE, claimed[0].claim)])
    shown = await bench.store.search.task(bench.namespace_id, ended, with_payload=False, with_history=False)
    assert shown is not None
    assert shown.progress == Progress(1, 2, "half", await bench.now_us(), 1)
    await days_pass(bench, 4)
    assert await bench.sql.fetchval("select count(*) from penstock.progress") == 2
    await days_pass(bench, 13)
    assert [row[0] for row in await bench.sql.fetch("select id from penstock.progress")] == [lives]


async def test_what_a_waiting_child_may_still_ask_for_is_kept_and_gone_with_it(bench: Bench) -> None:
    early, late, other = await bench.schedule(3)
    [child] = await bench.schedule(family=Family((late, early)))
    await bench.run([early, other])
    [sleeper] = await bench.schedule(family=Family((other,), ParentFailure.CONTINUE), delay_us=25 * DAY_US)
    await bench.claim([late], lease_s=90 * DAY_S)
    await days_pass(bench, 20)
    chains, namespace_id = bench.store.chains, bench.namespace_id
    parents = await chains.parents(namespace_id, child, -1, 10)
    assert [each.id for each in parents] == [late, early]
    assert (await bench.store.results.ended(namespace_id, [early]))[early].outcome.status is Status.SUCCESS
    assert set(await bench.store.results.ended(namespace_id, [other])) == {other}
    await chains.look_again([child])
    assert (await bench.store.transitions.read([child]))[child].held_for == HELD_FOR_PARENTS
    assert list(await chains.latest(namespace_id, [early])) == [early]
    end = Finish(late, Event.SUCCEEDED, Status.SUCCESS, 1, add_attempts=1)
    assert await bench.store.transitions.apply([end]) == [True]
    await bench.store.due_work.free_held(HELD_FOR_REGISTRATION, [lambda_of(bench.lane)], 10)
    batch = await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    assert [reference.id for reference in batch.references[bench.lane]] == [child]
    await bench.run([child])
    await bench.move_clock(6 * DAY_S)
    await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    await bench.run([sleeper])
    await days_pass(bench, 40)
    for table in ("edge", "task", "outcome", "task_kept", "outcome_kept", "trigger"):
        assert await bench.sql.fetchval(f"select count(*) from penstock.{table}") == 0, table


async def test_a_parent_of_which_nothing_is_left_is_none(bench: Bench) -> None:
    [gone] = await bench.schedule()
    await bench.run([gone])
    await days_pass(bench, 7)
    assert await bench.store.chains.latest(bench.namespace_id, [gone]) == {}
