"""Idle deliveries on PostgreSQL: whoever looks for live rows passes them over without a word, as there are many."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.lifecycle import Status
from tests.contracts.postgres_store import CLOCK_TABLE, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def test_an_idle_row_is_not_live_and_nothing_strange(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    """An executor that leaves names what it was handed; most of it is done by then."""
    idle, live = await bench.schedule(2)
    await bench.sql.execute("update penstock.trigger set status = $2 where id = $1", idle, Status.IDLE.value)
    assert list(await bench.store.transitions.read([idle, live])) == [live]
    assert not caplog.records
