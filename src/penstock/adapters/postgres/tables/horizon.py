"""How far all transactions have come that could still write rows with lower numbers than those that are seen."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from msgspec import Struct

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.tables.columns import sql

_LOOK: Final = sql("horizon_look")
_LOOKS_KEPT: Final = 8
_PAUSES_S: Final = (0.001, 0.002, 0.005, 0.01, 0.02)
_PREPARED: Final = "prepared"


class _Look(Struct):
    oldest: int
    """what has a lower transaction number had ended at the look"""
    open: set[str]
    """who was in a transaction then, and still is"""


class Horizon:
    """Rows of transactions below `oldest` are settled: no row with a lower number will follow.

    Who gave out a lower number did so before the row was written. So at a look that finds the row's transaction ended,
    the other has ended, too, or is open, maybe without a number yet; once all that were open have ended, it has. Time
    plays no part: a transaction that stays open for an hour keeps the rest waiting for an hour, and loses nothing.
    """

    def __init__(self, pool: Pool, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self.oldest = 0
        """0: nothing is known to be settled yet"""
        self._pool = pool
        self._sleep = sleep
        self._pending: deque[_Look] = deque()
        self._looking = asyncio.Lock()

    async def advance(self) -> int:
        """Look, and look again for a moment if somebody is in the middle of something; answers `oldest`."""
        looked_for = await self._look()
        for pause_s in _PAUSES_S:
            if self.oldest >= looked_for:
                break
            await self._sleep(pause_s)
            await self._look()
        return self.oldest

    async def _look(self) -> int:
        async with self._looking:  # looks are heeded in the order in which they were made
            oldest, found = await self._pool.row(_LOOK)
        now_open = set(found)
        for look in self._pending:
            # Who has been prepared meanwhile has no session any more, but has not ended.
            look.open = now_open if _PREPARED in now_open else look.open & now_open
        if not self._pending or self._pending[-1].oldest < oldest:  # else that one ends sooner and says as much
            self._pending.append(_Look(oldest, now_open))
        while len(self._pending) > _LOOKS_KEPT:
            del self._pending[-2]  # the first has waited longest, the last sees most
        while self._pending and not self._pending[0].open:
            self.oldest = max(self.oldest, self._pending.popleft().oldest)
        return int(oldest)
