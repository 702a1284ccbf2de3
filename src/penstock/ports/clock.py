"""The store's clock, which all due times are measured by."""

from typing import Protocol

from msgspec import Struct


class ClockReading(Struct, frozen=True):
    """One comparison of the store's clock with this process's monotonic one."""

    store_us: int
    drift_us: int
    """how far the store's clock moved against the monotonic one since the last comparison"""
    primary: str
    """names the store's primary; another name means a failover"""


class StoreClock(Protocol):
    """Duties: `now_us` never asks the store; it is the last reading plus monotonic time since."""

    def now_us(self) -> int:
        """Microseconds since 1970 by the store's clock, as well as it is known here."""

    async def compare(self) -> ClockReading:
        """Read the store's clock and remember it."""
