"""Paths of the PostgreSQL store that its contract suites don't look at, and the statements' guards."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.adapters.postgres.guards import fill, legal_sources
from penstock.model.changes import AskToCancel, Change, Finish, Move
from penstock.model.errors import InvalidInput, NotFound, NotPossible, Unavailable
from penstock.model.identity import BUCKETS, bucket_of
from penstock.model.lane import Priority, lambda_of, lane_of
from penstock.model.lifecycle import LIVE, MATRIX, TERMINAL, Event, Status
from penstock.model.task import Attempt, Failure, NewTask
from penstock.model.work import Beat
from penstock.ports.due_work import ALL_BUCKETS
from tests.contracts.postgres_store import CLOCK_TABLE, SECOND_US, Bench, open_bench, sql_connection, success

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def test_a_task_lives_and_ends(bench: Bench) -> None:
    (task_id,) = await bench.schedule(collection="reset")
    (claimed,) = await bench.claim([task_id])
    assert (claimed.claim, claimed.payload, claimed.collection, claimed.attempts) == (1, b"payload", "reset", 0)
    assert claimed.scheduled_at_us == await bench.now_us()
    assert await bench.store.transitions.apply([success(claimed, result=b"7", run_us=5, executor="host/1")]) == [True]
    ended = (await bench.store.results.ended(bench.namespace_id, [task_id]))[task_id]
    assert ended.lambda_name == "mail.send"
    assert (ended.outcome.status, ended.outcome.result, ended.outcome.attempts) == (Status.SUCCESS, b"7", 1)
    assert await bench.status(task_id) is None


async def test_a_repeated_ending_counts_as_applied_and_a_stale_one_does_not(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    (claimed,) = await bench.claim([task_id])
    finish = success(claimed)
    assert await bench.store.transitions.apply([finish, finish]) == [True, True]
    assert await bench.store.transitions.apply([finish]) == [True]
    stale = Finish(task_id, Event.FAILED_FATALLY, Status.FATAL_FAILURE, claimed.claim)
    other_claim = Finish(task_id, Event.SUCCEEDED, Status.SUCCESS, claimed.claim + 1)
    assert await bench.store.transitions.apply([stale, other_claim]) == [False, False]
    assert await bench.sql.fetchval("select count(*) from penstock.outcome") == 1


async def test_the_first_of_two_endings_in_one_call_wins(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    (claimed,) = await bench.claim([task_id])
    fatal = Finish(task_id, Event.FAILED_FATALLY, Status.FATAL_FAILURE, claimed.claim, add_attempts=1)
    assert await bench.store.transitions.apply([success(claimed), fatal]) == [True, False]


async def test_a_failure_keeps_its_history_and_a_repeat_of_it_is_known(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    (claimed,) = await bench.claim([task_id])
    line = Attempt(task_id, claimed.claim, Event.RAISED, 9, 0, "host/1", Failure("ValueError", "no", "trace"))
    move = Move(
        task_id,
        Event.RAISED,
        Status.RETRIABLE_FAILURE,
        1,
        delay_us=SECOND_US,
        add_attempts=1,
        suspect=False,
        history=line,
    )
    assert await bench.store.transitions.apply([move]) == [True]
    assert await bench.store.transitions.apply([move]) == [True]
    row = (await bench.store.transitions.read([task_id]))[task_id]
    assert (row.status, row.attempts) == (Status.RETRIABLE_FAILURE, 1)
    assert row.trigger_at_us == await bench.now_us() + SECOND_US
    assert await bench.sql.fetchval("select count(*) from penstock.attempt") == 1


async def test_a_renewed_lease_is_not_ended(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    (claimed,) = await bench.claim([task_id], lease_s=10)
    seen = (await bench.store.transitions.read([task_id]))[task_id]
    answer = await bench.store.transitions.heartbeat([Beat(task_id, claimed.claim, started=True)], lease_s=20)
    assert not answer.refused
    lapse = Move(task_id, Event.LEASE_LOST, Status.NEW, 1, add_lapses=1, seen_trigger_at_us=seen.trigger_at_us)
    assert await bench.store.transitions.apply([lapse]) == [False]
    assert await bench.status(task_id) is Status.PROCESSING


@pytest.mark.parametrize("event", list(Event), ids=lambda event: event.name.lower())
async def test_every_guard_pair_by_pair(bench: Bench, event: Event) -> None:
    """Each event is tried on a row of each status, live or ended, with every status that it leads to somewhere."""
    targets = sorted({row[event] for row in MATRIX.values() if event in row})
    for target in targets:
        for status in Status:
            (task_id,) = await bench.schedule()
            if status in LIVE:
                await bench.sql.execute(
                    "update penstock.trigger set status = $1, claim = 1 where id = $2", status, task_id
                )
            else:
                await bench.sql.execute("delete from penstock.trigger where id = $1", task_id)
            legal = MATRIX[status].get(event) is target
            assert await _try(bench, event, target, task_id) == [legal], (status, event, target)
            if status in LIVE and not legal:
                assert await bench.status(task_id) is status
            elif status in LIVE and target not in TERMINAL:
                assert await bench.status(task_id) is target


async def _try(bench: Bench, event: Event, target: Status, task: TaskId) -> list[bool]:
    if event is Event.CLAIM:
        return [bool(await bench.store.transitions.claim([task], 30))]
    if event in {Event.START, Event.HEARTBEAT} and target is Status.PROCESSING and event is Event.START:
        return [not (await bench.store.transitions.heartbeat([Beat(task, 1, started=True)], 30)).refused]
    if event is Event.HEARTBEAT:
        held = not (await bench.store.transitions.heartbeat([Beat(task, 1, started=False)], 30)).refused
        return [held and await bench.status(task) is target]
    if event is Event.CANCEL_REQUEST and target not in TERMINAL:
        held = (await bench.store.transitions.apply([AskToCancel(task)]))[0]
        return [held and await bench.status(task) is target]
    change: Change = Finish(task, event, target, None) if target in TERMINAL else Move(task, event, target, None)
    return await bench.store.transitions.apply([change])


def test_placeholders() -> None:
    assert fill("{status:new}, {from:claim}, {waits_for_time}") == "1, 3, 1, 6"
    assert fill("{stay:cancel_request}") == "4, 5"
    assert legal_sources(Event.CANCEL_REQUEST, Status.CANCELLED) == 1 << 1 | 1 << 2 | 1 << 3 | 1 << 6
    for unknown in ("{from:nonsense}", "{nonsense}", "{status:}"):
        with pytest.raises(ValueError, match="means nothing"):
            fill(unknown)


async def test_the_indexes_cover_what_the_statements_ask_for(bench: Bench) -> None:
    definitions = dict(await bench.sql.fetch("select indexname, indexdef from pg_indexes where tablename = 'trigger'"))
    for name, statuses in (("trigger_due", fill("{waits_for_time}")), ("trigger_overdue", fill("{looked_after}"))):
        assert f"ARRAY[{statuses}]" in definitions[name].replace("::smallint", ""), definitions[name]


async def test_an_older_due_task_goes_first(bench: Bench) -> None:
    (old,) = await bench.schedule(room=0)
    assert await bench.status(old) is Status.NEW
    await bench.move_clock(1)
    (young,) = await bench.schedule()
    assert await bench.status(young) is Status.NEW
    batch = await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    assert [reference.id for reference in batch.references[bench.lane]] == [old, young]
    (third,) = await bench.schedule()
    assert await bench.status(third) is Status.ENQUEUED


async def test_sleepers_wake_in_the_order_of_their_time(bench: Bench) -> None:
    (late,) = await bench.schedule(delay_us=3 * SECOND_US)
    (early,) = await bench.schedule(delay_us=2 * SECOND_US)
    due_work = bench.store.due_work
    assert await due_work.next_due([bench.lane], ALL_BUCKETS) == {bench.lane: await bench.now_us() + 2 * SECOND_US}
    assert not (await due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)).references
    await bench.move_clock(4)
    batch = await due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5)
    assert [reference.id for reference in batch.references[bench.lane]] == [early, late]


async def test_a_share_of_the_buckets_sees_its_own(bench: Bench) -> None:
    ids = await bench.schedule(64, room=0)
    low = ((0, BUCKETS // 2 - 1),)
    batch = await bench.store.due_work.enqueue_due({bench.lane: 100}, low, 5)
    assert {r.id for r in batch.references[bench.lane]} == {i for i in ids if bucket_of(i) < BUCKETS // 2}
    page = await bench.store.due_work.enqueued_page(low, None, 1000)
    assert [row.id for row in page] == sorted(i for i in ids if bucket_of(i) < BUCKETS // 2)


async def test_what_is_overdue_is_seen_until_somebody_looks(bench: Bench) -> None:
    ids = await bench.schedule(3)
    assert not await bench.store.due_work.overdue(ALL_BUCKETS, 10)
    await bench.move_clock(6)
    rows = await bench.store.due_work.overdue(ALL_BUCKETS, 10)
    assert sorted(row.id for row in rows) == sorted(ids)
    assert len(await bench.store.due_work.overdue(ALL_BUCKETS, 2)) == 2
    await bench.run([ids[0]])
    await bench.store.due_work.look_later(rows, 60)
    assert not await bench.store.due_work.overdue(ALL_BUCKETS, 10)
    await bench.move_clock(61)
    assert len(await bench.store.due_work.overdue(ALL_BUCKETS, 10)) == 2


async def test_a_waiting_row_whose_cancel_was_asked_for_is_left_for_overdue(bench: Bench) -> None:
    (task_id,) = await bench.schedule(room=0)
    await bench.sql.execute("update penstock.trigger set cancel_requested = true")
    assert not (await bench.store.due_work.enqueue_due({bench.lane: 9}, ALL_BUCKETS, 5)).references
    assert [row.id for row in await bench.store.due_work.overdue(ALL_BUCKETS, 10)] == [task_id]


async def test_held_tasks_are_freed_in_due_order(bench: Bench) -> None:
    (third,) = await bench.schedule(held_for="registration", delay_us=9 * SECOND_US)
    (second,) = await bench.schedule(held_for="registration", delay_us=2 * SECOND_US)
    (first,) = await bench.schedule(held_for="registration", delay_us=SECOND_US)
    (other,) = await bench.schedule(held_for="something else")
    await bench.move_clock(5)
    free = bench.store.due_work.free_held
    assert await free("registration", [lambda_of(bench.lane)], 2) == 2
    batch = await bench.store.due_work.enqueue_due({bench.lane: 9}, ALL_BUCKETS, 5)
    assert [r.id for r in batch.references[bench.lane]] == [first, second]
    assert await bench.status(third) is Status.HELD
    assert await free("registration", [lambda_of(bench.lane)], 9) == 1
    assert (await bench.store.transitions.read([third]))[third].trigger_at_us == await bench.now_us() + 4 * SECOND_US
    assert await bench.status(other) is Status.HELD


async def test_a_token_makes_a_repeat_known(bench: Bench) -> None:
    first, again, other = [NewTask(i, bench.lane, b"x") for i in await bench.ids(3)]
    await bench.admit(first, token=b"t" * 16, content_hash=b"same")
    minted_at_ms = int.from_bytes(first.id[:6], "big")
    _, reply = await bench.admit(again, token=b"t" * 16, content_hash=b"same")
    assert reply.repeat_of_minted_at_ms == minted_at_ms
    _, reply = await bench.admit(other, token=b"t" * 16, content_hash=b"other")
    assert reply.token_conflict
    assert await bench.sql.fetchval("select array_agg(id) from penstock.task") == [first.id]


async def test_one_repeat_among_fresh_calls(bench: Bench) -> None:
    first, again, fresh, twin = [NewTask(i, bench.lane, b"x") for i in await bench.ids(4)]
    await bench.admit(first, token=b"t" * 16)
    requests = [bench.request(again, token=b"t" * 16), bench.request(fresh, token=b"u" * 16)]
    replies = (await bench.store.admission.admit(requests, {})).replies
    assert [bool(reply.repeat_of_minted_at_ms) for reply in replies] == [True, False]
    requests = [bench.request(twin, token=b"v" * 16), bench.request(twin, token=b"v" * 16)]
    replies = (await bench.store.admission.admit(requests, {})).replies
    assert [bool(reply.repeat_of_minted_at_ms) for reply in replies] == [False, True]
    assert set(await bench.sql.fetchval("select array_agg(id) from penstock.trigger")) == {first.id, fresh.id, twin.id}


async def test_ids_that_stand_are_left_as_they_are(bench: Bench) -> None:
    done, live, fresh = [NewTask(i, bench.lane, b"x") for i in await bench.ids(3)]
    await bench.admit(done, live)
    await bench.run([done.id])
    await bench.admit(done, live, fresh)
    assert await bench.status(done.id) is None
    assert await bench.status(fresh.id) is not None
    assert await bench.sql.fetchval("select count(*) from penstock.task") == 3


async def test_keys(bench: Bench) -> None:
    ids = await bench.ids(6)

    def keyed(number: int, content: bytes, key: str = "k") -> NewTask:
        return NewTask(ids[number], bench.lane, b"x", key=key, key_life_s=60, content_hash=content)

    _, reply = await bench.admit(keyed(0, b"a"), keyed(1, b"a"), keyed(2, b"b"))
    assert (reply.existing, reply.conflicts) == ({1: ids[0]}, {2: ids[0]})
    _, reply = await bench.admit(keyed(3, b"a"))
    assert reply.existing == {0: ids[0]}
    assert await bench.sql.fetchval("select count(*) from penstock.task") == 1
    await bench.move_clock(61)
    _, reply = await bench.admit(keyed(4, b"c"))
    assert not reply.existing
    assert not reply.conflicts
    assert await bench.status(ids[4]) is not None


async def test_a_repeat_still_says_what_its_keys_name(bench: Bench) -> None:
    first, again = [NewTask(i, bench.lane, b"x", key="k", key_life_s=60, content_hash=b"c") for i in await bench.ids(2)]
    await bench.admit(first, token=b"t" * 16)
    _, reply = await bench.admit(again, token=b"t" * 16)
    assert reply.repeat_of_minted_at_ms
    assert reply.existing == {0: first.id}


async def test_many_callers_with_the_same_keys_at_once(bench: Bench) -> None:
    """In opposite orders, over and over: no deadlock, one task for each key."""
    calls = []
    for number in range(40):
        ids = await bench.ids(8)
        tasks = [NewTask(i, bench.lane, b"x", key=f"k{n}", key_life_s=60) for n, i in enumerate(ids)]
        calls.append(bench.request(*(tasks if number % 2 else tasks[::-1])))
    answers = await asyncio.gather(*(bench.store.admission.admit([call], {}) for call in calls))
    assert sum(len(answer.replies[0].existing) for answer in answers) == 40 * 8 - 8
    assert await bench.sql.fetchval("select count(*) from penstock.task") == 8
    assert await bench.sql.fetchval("select count(*) from penstock.trigger") == 8


async def test_a_day_without_a_partition_takes_tasks(bench: Bench) -> None:
    await bench.move_clock(400 * 86_400)
    (task_id,) = await bench.schedule()
    await bench.run([task_id])
    assert (await bench.store.results.ended(bench.namespace_id, [task_id]))[task_id].outcome.status is Status.SUCCESS
    assert await bench.sql.fetchval("select count(*) from penstock.task_default") == 1


async def test_a_text_no_store_keeps(bench: Bench) -> None:
    with pytest.raises(InvalidInput):
        await bench.schedule(collection="a\x00b")
    with pytest.raises(InvalidInput):
        await bench.schedule(collection="\ud800")
    await bench.schedule(collection="fine")


async def test_a_lost_connection_is_unavailable_and_the_next_call_works(bench: Bench) -> None:
    (task_id,) = await bench.schedule()
    kill = "select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'penstock %'"
    async with bench.store.transitions._pool.connection() as connection:
        await connection.execute("select 1")
    await bench.sql.execute("begin; lock table penstock.trigger")
    waiting = asyncio.ensure_future(bench.store.transitions.claim([task_id], 30))
    blocked = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
    while not await bench.sql.fetchval(blocked):
        await asyncio.sleep(0)
    await bench.sql.execute(kill)
    with pytest.raises(Unavailable):
        await waiting
    await bench.sql.execute("rollback")
    assert len(await bench.claim([task_id])) == 1


async def test_retry_makes_one_new_task(bench: Bench) -> None:
    (task_id,) = await bench.schedule(collection="c")
    first, second = await bench.ids(2)
    with pytest.raises(NotPossible):
        await bench.store.admission.retry(bench.namespace_id, task_id, first)
    await bench.run([task_id])
    with pytest.raises(NotFound):
        await bench.store.admission.retry(bench.namespace_id + 1, task_id, first)
    made = await asyncio.gather(
        bench.store.admission.retry(bench.namespace_id, task_id, first),
        bench.store.admission.retry(bench.namespace_id, task_id, second),
    )
    assert made[0].id == made[1].id
    assert sorted(retried.existed for retried in made) == [False, True]
    assert await bench.status(made[0].id) is Status.NEW
    ended = (await bench.store.results.ended(bench.namespace_id, [task_id]))[task_id]
    assert ended.retried_as == made[0].id


async def test_an_id_carries_its_bucket_the_same_way_in_sql(bench: Bench) -> None:
    ids = await bench.ids(200)
    rows = await bench.sql.fetch("select penstock.bucket(id) from unnest($1::uuid[]) id", ids)
    assert [row[0] for row in rows] == [bucket_of(task_id) for task_id in ids]


async def test_unknown_ids(bench: Bench) -> None:
    (known,) = await bench.schedule()
    (unknown,) = await bench.ids(1)
    assert await bench.store.results.unknown(bench.namespace_id, [known, unknown]) == [unknown]
    assert await bench.store.results.unknown(bench.namespace_id + 1, [known]) == [known]


async def test_lanes_of_several_lambdas_in_one_trip(bench: Bench) -> None:
    records = await bench.store.registry.resolve(bench.namespace_id, ["mail.a", "mail.b"])
    lanes = [lane_of(record.id, Priority.HIGH) for record in records.values()]
    ids = await bench.ids(6)
    await bench.admit(*[NewTask(i, lanes[n % 2], b"x") for n, i in enumerate(ids)], room=0)
    batch = await bench.store.due_work.enqueue_due({lanes[0]: 1, lanes[1]: 9}, ALL_BUCKETS, 5)
    assert {lane: len(found) for lane, found in batch.references.items()} == {lanes[0]: 1, lanes[1]: 3}
