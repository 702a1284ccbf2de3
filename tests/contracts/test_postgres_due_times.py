"""Due to the microsecond, by the store's own clock. Here that clock stands still until it is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore
from penstock.ports.due_work import ALL_BUCKETS
from tests.contracts.postgres_store import CLOCK_TABLE, SECOND_US, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId


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
