"""Whether the store's clock can be believed when it says that a lease has run out."""

import asyncio
import logging
from collections import deque
from typing import Final

from penstock.ports.clock import StoreClock

DRIFT_US_MAX: Final = 1_000_000
LATE_LEASES_MAX: Final = 2
"""how late the end of a lease is found at most, in leases"""

log = logging.getLogger(__name__)


class ClockGuard:
    """Closed for one full lease after anything that may have cut holders off from renewing, or moved the clock.

    That is: a drift of over a second between the store's clock and ours within one lease, another primary,
    or a gap between two looks longer than a heartbeat (this process, or the store, stood still). The first look is
    the end of such a gap: the clock may have jumped before this process began to watch it.
    """

    def __init__(self, clock: StoreClock, lease_s: float, heartbeat_s: float) -> None:
        self.alarms = 0
        """how often it has closed"""
        self._clock = clock
        self._lease_s = lease_s
        self._heartbeat_s = heartbeat_s
        self._closed_until_s = float("-inf")
        self._last_look_s: float | None = None
        self._primary: str | None = None
        self._drifts: deque[tuple[float, int]] = deque()

    async def look(self) -> None:
        """Compare the clocks; raises `Unavailable`, and then the gap grows."""
        reading = await self._clock.compare()
        now_s = asyncio.get_running_loop().time()
        reasons = []
        if self._has_gap(now_s):
            reasons.append("no look at the store for longer than a heartbeat")
        if self._primary not in {None, reading.primary}:
            reasons.append(f"the store's primary is {reading.primary} now, no longer {self._primary}")
        drift_us = self._drift_within_a_lease(now_s, reading.drift_us)
        if abs(drift_us) > DRIFT_US_MAX:
            reasons.append(f"the store's clock moved {drift_us / 1_000_000:+.3f} s against ours")
            self._drifts.clear()
        if reasons:
            self._close(now_s, reasons)
        if self._last_look_s is None:
            self._closed_until_s = now_s + self._lease_s
        self._last_look_s, self._primary = now_s, reading.primary

    def may_end_leases(self) -> bool:
        """Whether a lease that has run out may be ended now."""
        now_s = asyncio.get_running_loop().time()
        return self._last_look_s is not None and not self._has_gap(now_s) and now_s >= self._closed_until_s

    def is_of_this_clock(self, lease_end_us: int) -> bool:
        """Whether a lease that has run out may have been written by the clock as it goes now.

        Leases are looked at all the time, and put off while they may not be ended: none is found so late, even by
        whoever takes over from one that died, unless the clock was set back when it was renewed, and came back between
        two looks.
        """
        return self._clock.now_us() - lease_end_us <= LATE_LEASES_MAX * self._lease_s * 1_000_000

    def opens_in_s(self) -> float:
        """After so long, if nothing happens until then, leases may be ended again."""
        return max(0.0, self._closed_until_s - asyncio.get_running_loop().time()) or self._lease_s

    def _has_gap(self, now_s: float) -> bool:
        return self._last_look_s is not None and now_s - self._last_look_s > self._heartbeat_s

    def _drift_within_a_lease(self, now_s: float, drift_us: int) -> int:
        self._drifts.append((now_s, drift_us))
        while self._drifts[0][0] < now_s - self._lease_s:
            self._drifts.popleft()
        return sum(each for _, each in self._drifts)

    def _close(self, now_s: float, reasons: list[str]) -> None:
        self.alarms += 1
        self._closed_until_s = now_s + self._lease_s
        log.error("no lease is ended for %g s: %s", self._lease_s, "; ".join(reasons))
