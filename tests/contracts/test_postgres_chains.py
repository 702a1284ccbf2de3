"""What only PostgreSQL has of chains: ends by servers of before, and what a batch without families is spared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from penstock.adapters.postgres import PostgresStore, migrate
from penstock.model.changes import Finish
from penstock.model.family import ChildrenMoved, Family
from penstock.model.lifecycle import HELD_FOR_FAILED_PARENT, HELD_FOR_PARENTS, HELD_FOR_REGISTRATION, Event, Status
from tests.contracts.postgres_store import CLOCK_TABLE, Bench, open_bench, sql_connection, success

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence
    from typing import Any


@pytest.fixture
async def bench(postgres_dsn: str) -> AsyncIterator[Bench]:
    await migrate(postgres_dsn)
    sql = await sql_connection(postgres_dsn)
    await sql.execute(CLOCK_TABLE)
    async with PostgresStore.connect(postgres_dsn) as store:
        yield await open_bench(store, sql)
    await sql.close()


async def test_the_slow_look_makes_good_what_a_server_of_before_has_ended(bench: Bench) -> None:
    good, bad, other = await bench.schedule(3)
    [child] = await bench.schedule(family=Family((good,)))
    [condemned] = await bench.schedule(family=Family((bad, other)))
    [half] = await bench.schedule(family=Family((good, other)))
    await bench.sql.execute("update penstock.trigger set has_children = null")  # it knows of no such column
    await bench.run([good])
    [claimed] = await bench.claim([bad])
    fatal = Finish(bad, Event.FAILED_FATALLY, Status.FATAL_FAILURE, claimed.claim, add_attempts=1)
    assert await bench.store.transitions.apply([fatal]) == [True]
    rows = await bench.store.transitions.read([child, condemned, half])
    assert {row.held_for for row in rows.values()} == {HELD_FOR_PARENTS}
    moved = await bench.store.chains.look_again([child, condemned, half])
    assert moved == ChildrenMoved(condemned=True)
    rows = await bench.store.transitions.read([child, condemned, half])
    assert rows[child].held_for == HELD_FOR_REGISTRATION
    assert rows[condemned].held_for == HELD_FOR_FAILED_PARENT
    assert rows[half].held_for == HELD_FOR_PARENTS
    await bench.sql.execute("update penstock.trigger set has_children = true where id = $1", other)
    await bench.run([other])
    assert (await bench.store.transitions.read([half]))[half].held_for == HELD_FOR_REGISTRATION


async def test_a_batch_without_children_makes_no_further_trip(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    careful: list[Sequence[Any]] = []
    whole = type(bench.store.transitions)._apply_to_families

    async def watched(self: Any, changes: Sequence[Any], held: Sequence[bool]) -> list[bool]:
        careful.append(changes)
        return await whole(self, changes, held)

    monkeypatch.setattr(type(bench.store.transitions), "_apply_to_families", watched)
    ids = await bench.schedule(20)
    await bench.run(ids[:10])
    mixed = [
        Finish(each.id, Event.FAILED_FATALLY, Status.FATAL_FAILURE, each.claim) for each in await bench.claim(ids[10:])
    ]
    assert all(await bench.store.transitions.apply(mixed))
    assert careful == []
    parent, alone = await bench.schedule(2)
    await bench.schedule(family=Family((parent,)))
    ends = [success(each) for each in await bench.claim([parent, alone])]
    assert await bench.store.transitions.apply(ends) == [True, True]
    assert [len(changes) for changes in careful] == [2]
