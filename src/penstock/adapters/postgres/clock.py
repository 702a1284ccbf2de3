"""The store's clock, remembered and carried on by the monotonic one."""

import asyncio
from typing import Final

from penstock.adapters.postgres.pools import Pool
from penstock.adapters.postgres.statements import statement
from penstock.model.errors import Unavailable
from penstock.ports.clock import ClockReading

_CLOCK: Final = statement("clock")


class PostgresClock:
    """See `ports.clock.StoreClock`."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._ahead_us: int | None = None
        """how far the store's clock is ahead of the monotonic one"""

    def now_us(self) -> int:
        """The last reading plus monotonic time since; `Unavailable` before the first one."""
        if self._ahead_us is None:
            raise Unavailable("the store's clock was never read")
        return _monotonic_us() + self._ahead_us

    async def compare(self) -> ClockReading:
        """Read the store's clock and remember it. The middle of the call is taken for the moment of the reading."""
        async with self._pool.connection() as connection:
            asked_us = _monotonic_us()
            store_us, primary = await connection.fetchrow(_CLOCK)
            ahead_us = store_us - (asked_us + _monotonic_us()) // 2
        drift_us = 0 if self._ahead_us is None else ahead_us - self._ahead_us
        self._ahead_us = ahead_us
        return ClockReading(store_us, drift_us, primary)


def _monotonic_us() -> int:
    return int(asyncio.get_running_loop().time() * 1_000_000)
