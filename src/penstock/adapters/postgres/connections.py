"""A few connections to one database, opened as they are needed and kept.

asyncpg has a pool of its own. It wraps each connection in a proxy for each use and asks each what it may have left
behind, which takes longer than the whole round trip of a small statement. Sessions hold no state here.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import asyncpg


class Connections:
    """`connect` opens one; there are `most` at a time. Whoever waits for one is served in the order of coming."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], most: int) -> None:
        self._connect: Final = connect
        self._most: Final = most
        self._all: set[asyncpg.Connection] = set()
        self._free: list[asyncpg.Connection] = []
        self._being_opened = 0
        self._waiting: deque[asyncio.Future[asyncpg.Connection | None]] = deque()

    async def take(self) -> asyncpg.Connection:
        """One for its caller alone, until `give_back` or `drop`; raises what `connect` does."""
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection
                self._all.discard(connection)
            if len(self._all) + self._being_opened < self._most:
                return await self._open()
            handed = await self._wait()
            if handed is not None:
                return handed

    def give_back(self, connection: asyncpg.Connection) -> None:
        """It is as it was taken. One that is closed, or in a transaction, is dropped."""
        if connection not in self._all or connection.is_closed() or connection.is_in_transaction():
            self.drop(connection)
        elif not self._hand(connection):
            self._free.append(connection)

    def drop(self, connection: asyncpg.Connection) -> None:
        """It is in the middle of something: nobody else can use it."""
        connection.terminate()
        self._all.discard(connection)
        self._hand(None)

    def renew(self) -> None:
        """Use none of these again; those in use are closed when they come back."""
        free, self._free = self._free, []
        self._all.clear()
        for connection in free:
            connection.terminate()
        for _ in free:
            self._hand(None)

    def terminate(self) -> None:
        """Close all, those in use too."""
        for connection in (*self._all, *self._free):
            connection.terminate()
        self._all.clear()
        self._free.clear()

    async def _open(self) -> asyncpg.Connection:
        self._being_opened += 1
        try:
            connection = await self._connect()
        except BaseException:
            self._being_opened -= 1
            self._hand(None)  # there is room for another try, by whoever comes next
            raise
        self._being_opened -= 1
        self._all.add(connection)
        return connection

    async def _wait(self) -> asyncpg.Connection | None:
        """A connection, or None: there is room to open one."""
        turn: asyncio.Future[asyncpg.Connection | None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # it was handed something in this very moment
                handed = turn.result()
                if handed is None:
                    self._hand(None)
                else:
                    self.give_back(handed)
            raise

    def _hand(self, connection: asyncpg.Connection | None) -> bool:
        """To the first who waits; False: nobody does."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False
