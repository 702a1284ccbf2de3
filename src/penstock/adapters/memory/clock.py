"""The store's clock as one process knows it, in memory."""

import asyncio

from penstock.adapters.memory.cluster import MemoryCluster
from penstock.adapters.memory.trip import Trip
from penstock.ports.clock import ClockReading


class MemoryClock:
    """`StoreClock` over a `MemoryCluster`: like the real one, it knows only what its last comparison said."""

    def __init__(self, cluster: MemoryCluster, trip: Trip) -> None:
        self._cluster = cluster
        self._trip = trip
        self._read_us: int | None = None
        self._read_at_s = 0.0

    def now_us(self) -> int:
        if self._read_us is None:
            self._remember(self._cluster.now_us())
        assert self._read_us is not None
        return self._read_us + round((_monotonic_s() - self._read_at_s) * 1_000_000)

    async def compare(self) -> ClockReading:
        # Remembered when the answer is here, not when the store gave it: a jump is seen by the next
        # comparison if the answer of this one was lost.
        store_us = await self._trip("clock.compare", self._cluster.now_us)
        drift_us = 0 if self._read_us is None else store_us - self.now_us()
        self._remember(store_us)
        return ClockReading(store_us=store_us, drift_us=drift_us, primary=self._cluster.primary)

    def _remember(self, store_us: int) -> None:
        self._read_us, self._read_at_s = store_us, _monotonic_s()


def _monotonic_s() -> float:
    return asyncio.get_running_loop().time()
