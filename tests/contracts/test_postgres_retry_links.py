"""A retry and its original, as people see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore
from tests.contracts.postgres_store import Bench, open_bench, sql_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from penstock.model.identity import TaskId
    from penstock.model.task import TaskView


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    sql = await sql_connection(postgres_dsn)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def shown(bench: Bench, task_id: TaskId) -> TaskView:
    view = await bench.store.search.task(bench.namespace_id, task_id, with_payload=False, with_history=False)
    assert view is not None
    return view


async def test_a_retry_is_shown_with_its_original(bench: Bench) -> None:
    (original,) = await bench.schedule()
    await bench.run([original])
    (new_id,) = await bench.ids(1)
    await bench.store.admission.retry(bench.namespace_id, original, new_id)
    assert (await shown(bench, new_id)).retry_of == original
    assert (await shown(bench, original)).retried_as == new_id
