"""Due to the microsecond, by the store's own clock. Here that clock stands still until it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore
from penstock.adapters.postgres.statements import statement
from penstock.model.lane import lambda_of
from penstock.model.lifecycle import HELD_FOR_PARENTS, HELD_FOR_REGISTRATION, Status
from penstock.ports.due_work import ALL_BUCKETS
from tests.contracts.postgres_store import CLOCK_TABLE, SECOND_US, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId

CLOCK_THAT_EACH_READING_SETS_BACK = """
create sequence penstock.test_reading;
create or replace function penstock.clock() returns timestamptz language sql volatile parallel safe
    as 'select at - nextval(''penstock.test_reading'') * interval ''1 s'' from penstock.test_clock'
"""


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def enqueued(bench: Bench) -> list[TaskId]:
    batch = await bench.store.due_work.enqueue_due({bench.lane: 10}, ALL_BUCKETS, 5.0)
    return [reference.id for references in batch.references.values() for reference in references]


async def test_a_task_is_enqueued_at_its_time_and_not_a_moment_before(bench: Bench) -> None:
    ids = await bench.schedule(delay_us=3600 * SECOND_US)
    await bench.move_clock(3600 - 0.000_001)
    assert await enqueued(bench) == []
    await bench.move_clock(0.000_001)
    assert await enqueued(bench) == ids


async def test_a_lease_is_over_at_its_time_and_not_a_moment_before(bench: Bench) -> None:
    ids = await bench.schedule()
    await bench.claim(ids, lease_s=30)
    await bench.move_clock(30 - 0.000_001)
    assert await bench.store.due_work.overdue(ALL_BUCKETS, 10) == []
    await bench.move_clock(0.000_001)
    assert [row.id for row in await bench.store.due_work.overdue(ALL_BUCKETS, 10)] == ids


async def held(bench: Bench, reason: str) -> list[TaskId]:
    """Four tasks, in due order, which is not that of their ids."""
    ids = await bench.schedule(4)
    ids = [ids[2], ids[0], ids[3], ids[1]]
    for place, task_id in enumerate(ids):
        await bench.sql.execute(
            "update penstock.trigger set status = $2, held_for = $3, parents_left = 1, "
            "due_at = trigger_at - interval '1 h' + $4 where id = $1",
            task_id,
            Status.HELD.value,
            reason,
            place * SECOND_US,
        )
    await bench.sql.execute(CLOCK_THAT_EACH_READING_SETS_BACK)
    return ids


async def in_due_order(bench: Bench) -> list[TaskId]:
    return [row[0] for row in await bench.sql.fetch("select id from penstock.trigger order by trigger_at, id")]


async def test_what_is_freed_together_stays_in_due_order_whatever_the_clock_does_meanwhile(bench: Bench) -> None:
    ids = await held(bench, HELD_FOR_REGISTRATION)
    assert await bench.store.due_work.free_held(HELD_FOR_REGISTRATION, [lambda_of(bench.lane)], 10) == 4
    assert await in_due_order(bench) == ids


async def test_children_freed_together_stay_in_due_order_whatever_the_clock_does_meanwhile(bench: Bench) -> None:
    ids = await held(bench, HELD_FOR_PARENTS)
    await bench.sql.fetch(statement("children_move"), ids, [0] * 4, [False] * 4, [True] * 4, None)
    assert await in_due_order(bench) == ids
