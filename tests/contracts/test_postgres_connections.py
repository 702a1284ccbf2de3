"""The few connections that all calls of a role share."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

import pytest

from penstock.adapters.postgres.connections import Connections
from penstock.adapters.postgres.pools import Pool, Role, open_pool
from penstock.model.errors import Unavailable

if TYPE_CHECKING:
    import asyncpg

    from penstock.adapters.embedded import EmbeddedEngines

ROLE = Role("tested", 2, 10, {})
WHO = "select pg_backend_pid()"


class FakeConnection:
    def __init__(self) -> None:
        self.closed = self.in_transaction = False

    def is_closed(self) -> bool:
        return self.closed

    def is_in_transaction(self) -> bool:
        return self.in_transaction

    def terminate(self) -> None:
        self.closed = True


class Place:
    """Connections to nothing."""

    def __init__(self, most: int = 2) -> None:
        self.opened: list[FakeConnection] = []
        self.trouble: Exception | None = None
        self.connections = Connections(self._connect, most)

    async def _connect(self) -> asyncpg.Connection:
        await asyncio.sleep(0)
        if self.trouble:
            raise self.trouble
        self.opened.append(FakeConnection())
        return cast("asyncpg.Connection", self.opened[-1])

    async def waiting(self) -> asyncio.Task[Any]:
        task = asyncio.create_task(self.connections.take())
        for _ in range(5):
            await asyncio.sleep(0)
        return task


async def test_they_are_used_again_and_never_more_than_so_many() -> None:
    place = Place(most=2)
    first, second = await place.connections.take(), await place.connections.take()
    third = await place.waiting()
    assert not third.done()
    place.connections.give_back(first)
    assert await third is first
    place.connections.give_back(second)
    assert await place.connections.take() is second
    assert len(place.opened) == 2


async def test_who_came_first_is_served_first() -> None:
    place = Place(most=1)
    only = await place.connections.take()
    turns = [await place.waiting() for _ in range(3)]
    newcomer = None
    for turn in turns:
        place.connections.give_back(only)
        newcomer = newcomer or await place.waiting()
        assert await turn is only
    assert newcomer is not None
    assert not newcomer.done()
    place.connections.give_back(only)
    assert await newcomer is only


@pytest.mark.parametrize("flaw", ["closed", "in_transaction"])
async def test_what_cannot_be_used_again_is_replaced(flaw: str) -> None:
    place = Place(most=1)
    first = await place.connections.take()
    second = await place.waiting()
    setattr(place.opened[0], flaw, True)
    place.connections.give_back(first)
    assert await second is not first
    assert place.opened[0].closed


async def test_one_that_closed_while_nobody_used_it_is_replaced() -> None:
    place = Place(most=1)
    first = await place.connections.take()
    place.connections.give_back(first)
    place.opened[0].closed = True
    assert await place.connections.take() is not first


async def test_a_place_is_free_again_when_it_could_not_be_opened() -> None:
    place = Place(most=1)
    place.trouble = OSError("nobody there")
    tries = [await place.waiting() for _ in range(3)]
    assert [type(end) for end in await asyncio.gather(*tries, return_exceptions=True)] == [OSError] * 3
    place.trouble = None
    assert await place.connections.take()


async def test_who_gives_up_waiting_keeps_nothing() -> None:
    place = Place(most=1)
    only = await place.connections.take()
    gone, stays = await place.waiting(), await place.waiting()
    place.connections.give_back(only)
    gone.cancel()  # in the moment in which it was handed its connection
    assert await stays is only


async def test_after_a_renewal_all_are_new() -> None:
    place = Place(most=2)
    used, free = await place.connections.take(), await place.connections.take()
    place.connections.give_back(free)
    place.connections.renew()
    assert [connection.closed for connection in place.opened] == [False, True]
    place.connections.give_back(used)
    assert place.opened[0].closed
    assert await place.connections.take() not in (used, free)


async def test_a_call_that_is_cancelled_leaves_no_answer_to_the_next(engines: EmbeddedEngines) -> None:
    async with open_pool(engines.postgres_dsn, Role("tested", 1, 10, {}), 100) as pool:
        before = await pool.value(WHO)
        slow = asyncio.create_task(pool.value("select 'of another' from pg_sleep(60)"))
        while not await _sleeps(engines, before):
            await asyncio.sleep(0.01)
        slow.cancel()
        assert await pool.value("select 'mine'") == "mine"
        assert await pool.value(WHO) != before


async def test_a_failed_transaction_is_undone_and_its_connection_used_again(engines: EmbeddedEngines) -> None:
    async with open_pool(engines.postgres_dsn, ROLE, 100) as pool:
        before = await pool.value(WHO)
        with pytest.raises(ZeroDivisionError):
            await _half_done(pool)
        assert await pool.value("select to_regclass('never_made')") is None
        assert await pool.value(WHO) == before


async def test_a_backend_that_dies_is_told_once_and_replaced(engines: EmbeddedEngines) -> None:
    async with open_pool(engines.postgres_dsn, Role("tested", 1, 10, {}), 100) as pool:
        with pytest.raises(Unavailable):
            await pool.value("select pg_terminate_backend(pg_backend_pid())")
        assert await pool.value("select 1") == 1


async def _half_done(pool: Pool) -> None:
    async with pool.transaction() as connection:
        await connection.execute("create table never_made (a int)")
        raise ZeroDivisionError


async def _sleeps(engines: EmbeddedEngines, backend: int) -> bool:
    async with open_pool(engines.postgres_dsn, ROLE, 100) as pool:
        found = await pool.value("select wait_event = 'PgSleep' from pg_stat_activity where pid = $1", backend)
        return bool(found)
