"""Sweeps on PostgreSQL: rows that move meanwhile, servers of before, and the look before an order."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.changes import Finish
from penstock.model.errors import NotFound
from penstock.model.lifecycle import Event, Status
from penstock.model.selection import TaskGroup, TaskSelection
from penstock.model.sweep import Sweep, SweepKind, SweepStatus, selected
from tests.contracts.postgres_store import CLOCK_TABLE, SECOND_US, Bench, open_bench, sql_connection

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


async def cancel(bench: Bench, **fields: Any) -> Sweep:
    wanted = selected(TaskSelection(**({"lambda_name": "mail.send"} | fields)), SweepKind.CANCEL)
    (token,) = await bench.ids(1)
    order = Sweep(token, bench.namespace_id, SweepKind.CANCEL, wanted, 1_000.0, "ada")
    return await bench.store.sweeps.begin(order)


async def fail(bench: Bench, ids: list[TaskId], status: Status = Status.FATAL_FAILURE) -> None:
    event = Event.FAILED_FATALLY if status is Status.FATAL_FAILURE else Event.EXHAUSTED
    claimed = await bench.claim(ids)
    assert all(await bench.store.transitions.apply([Finish(c.id, event, status, c.claim) for c in claimed]))


async def test_a_row_that_is_being_moved_is_waited_for(bench: Bench) -> None:
    """It is neither passed over, nor decided of as it was."""
    first, second = await bench.schedule(2)
    await cancel(bench)
    async with bench.sql.transaction():
        await bench.sql.execute("update penstock.trigger set status = 4, claim = 1 where id = $1", first)
        step = asyncio.create_task(bench.store.sweeps.step())
        while not await bench.sql.fetchval("select exists (select from pg_locks where not granted)"):
            assert not step.done(), "it did not wait"
            await asyncio.sleep(0.01)
    done = await step
    assert done is not None
    assert (list(done.asked), list(done.ended), done.sweep.handled) == ([first], [second], 2)


async def test_a_server_of_before_sees_the_sweeps_that_it_knows(bench: Bench) -> None:
    """By the old name of the table: it would take a cancel for a purge."""
    await bench.schedule()
    await cancel(bench)
    take = "select kind from penstock.sweep where status = 1 limit 1 for update skip locked"
    assert await bench.sql.fetch(take) == []
    order = """insert into penstock.sweep (id, namespace_id, kind, rate_per_s, created_at, next_step_at, lambda_name,
        collection, error_type, cause, from_at, until_at, asked_by, reason)
        values ($1, $2, 1, 1, $3, $3, '', '', '', '', $3, $3, 'ada', '') on conflict (id) do nothing"""
    arguments = ((await bench.ids(1))[0], bench.namespace_id, await bench.now_us())
    await bench.sql.execute(order, *arguments)
    await bench.sql.execute(order, *arguments)
    assert [row[0] for row in await bench.sql.fetch(take)] == [SweepKind.REDRIVE]
    await bench.sql.execute("update penstock.sweep set handled = handled + 1, status = 2")
    kinds = {sweep.kind: sweep.status for sweep in await bench.store.sweeps.newest(bench.namespace_id, 10)}
    assert kinds == {SweepKind.CANCEL: SweepStatus.RUNNING, SweepKind.REDRIVE: SweepStatus.DONE}


async def test_a_look_counts_what_stands_by_lambda_and_status(bench: Bench) -> None:
    early = await bench.schedule(3, room=0)
    await bench.move_clock(60)
    late = await bench.schedule(2, collection="letters", held_for="registration")
    look = bench.store.selected_tasks.look
    wanted = selected(TaskSelection("mail.send"), SweepKind.CANCEL)
    found = await look(bench.namespace_id, wanted, 1_000, 2)
    now_us = await bench.now_us()
    assert list(found.groups) == [
        TaskGroup("mail.send", Status.NEW, 3, now_us - 60 * SECOND_US, now_us - 60 * SECOND_US),
        TaskGroup("mail.send", Status.HELD, 2, now_us, now_us),
    ]
    assert [view.id for view in found.first] == early[:2]
    letters = selected(TaskSelection(collection="letters"), SweepKind.CANCEL)
    found = await look(bench.namespace_id, letters, 1_000, 5)
    assert [view.id for view in found.first] == late
    counted = await look(bench.namespace_id, wanted, 4, 1)
    assert sum(group.count for group in counted.groups) == 4
    with pytest.raises(NotFound):
        await look(bench.namespace_id, selected(TaskSelection("mail.nobody"), SweepKind.CANCEL), 10, 1)


async def test_a_look_at_failures_leaves_out_what_was_tried_again(bench: Bench) -> None:
    ids = await bench.schedule(3)
    await fail(bench, ids)
    await bench.store.admission.retry(bench.namespace_id, ids[0], (await bench.ids(1))[0])
    wanted = selected(TaskSelection("mail.send"), SweepKind.RETRY)
    found = await bench.store.selected_tasks.look(bench.namespace_id, wanted, 1_000, 5)
    assert [(group.status, group.count) for group in found.groups] == [(Status.FATAL_FAILURE, 2)]
    assert [view.id for view in found.first] == ids[1:]
