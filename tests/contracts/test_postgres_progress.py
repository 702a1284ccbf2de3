"""Progress on PostgreSQL: what happens between the renewal of a lease and the note of what was said."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.adapters.postgres.pools import TRANSITIONS, open_pool
from penstock.adapters.postgres.progress import note_progress
from penstock.model.progress import Progress
from penstock.model.work import Beat
from tests.contracts.postgres_store import CLOCK_TABLE, Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

A_CANCELLED_STATEMENT = """
create function penstock.cancelled() returns trigger language plpgsql as
    $$ begin raise exception 'canceling statement due to statement timeout' using errcode = '57014'; end $$;
create trigger cancelled before insert on penstock.progress for each row execute function penstock.cancelled();
"""


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def test_a_claim_that_ends_between_beat_and_note_says_nothing(bench: Bench, postgres_dsn: str) -> None:
    [claimed] = await bench.claim(await bench.schedule())
    stale = Beat(claimed.id, claimed.claim + 1, True, progress=Progress(1, 2))
    async with open_pool(postgres_dsn, TRANSITIONS, 0) as pool:
        await note_progress(pool, [stale])
        assert await bench.sql.fetchval("select count(*) from penstock.progress") == 0
        await note_progress(pool, [Beat(claimed.id, claimed.claim, True, progress=Progress(1, 2))])
        assert await bench.sql.fetchval("select done from penstock.progress") == 1


async def test_a_note_that_fails_costs_no_heartbeat(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    [claimed] = await bench.claim(await bench.schedule())
    await bench.sql.execute(A_CANCELLED_STATEMENT)
    caplog.set_level(logging.WARNING)
    beat = Beat(claimed.id, claimed.claim, True, progress=Progress(1, 2))
    answer = await bench.store.transitions.heartbeat([beat], 30.0)
    assert answer.refused == frozenset()
    assert "the progress of 1 tasks is not kept" in caplog.text
