"""When a periodic schedule is due: by a cron expression in a zone, or every so often from an anchor."""

from typing import Final

from msgspec import Struct

from penstock.model.cron import check_cron, next_due_us
from penstock.model.errors import InvalidInput
from penstock.model.limits import INTERVAL_S_MAX, INTERVAL_S_MIN
from penstock.model.zones import zone_of

_SECOND_US: Final = 1_000_000
_WINDOW_US: Final = 120 * _SECOND_US
_TIME_US_MAX: Final = 253_370_764_800 * _SECOND_US
"""9999-01-01"""


class Rhythm(Struct, frozen=True):
    """Either `cron` or `interval_us`. Ticks are microseconds since 1970 by the store's clock."""

    cron: str = ""
    zone: str = "UTC"
    interval_us: int = 0
    anchor_us: int = 0
    """ticks of an interval are this and every `interval_us` before and after it"""

    def check(self) -> "Rhythm":
        """Itself, with its expression tidied; raises `InvalidInput`."""
        if bool(self.cron) == bool(self.interval_us):
            raise InvalidInput("every" if self.cron else "cron", "give either a cron expression or an interval")
        if self.cron:
            zone_of(self.zone)
            if self.anchor_us:
                raise InvalidInput("anchor", "is for intervals; a cron expression says itself when it is due")
            return Rhythm(check_cron(self.cron), self.zone)
        if self.zone not in ("", "UTC"):
            raise InvalidInput("tz", "is for cron expressions; an interval is the same in every zone")
        if not INTERVAL_S_MIN * _SECOND_US <= self.interval_us <= INTERVAL_S_MAX * _SECOND_US:
            raise InvalidInput(
                "every", f"{self.interval_us / _SECOND_US:g} s are outside of {INTERVAL_S_MIN} to {INTERVAL_S_MAX}"
            )
        if not 0 <= self.anchor_us <= _TIME_US_MAX:
            raise InvalidInput("anchor", f"{self.anchor_us} us are outside of the years 1970 to 9998")
        return Rhythm(interval_us=self.interval_us, anchor_us=self.anchor_us)

    def next_tick_us(self, after_us: int) -> int:
        """The first tick after that moment; raises `InvalidInput` when there is none, or the zone is not known here."""
        if self.interval_us:
            passed = (after_us - self.anchor_us) // self.interval_us
            return self.anchor_us + (passed + 1) * self.interval_us
        tick_us = next_due_us(self.cron, self.zone, after_us)
        if tick_us is None:
            raise InvalidInput("cron", f"{self.cron!r} is never due again")
        return tick_us

    def ticks_us(self, from_us: int, until_us: int, limit: int) -> list[int]:
        """The first `limit` ticks from `from_us` on that are before `until_us`."""
        ticks: list[int] = []
        tick_us = self.next_tick_us(from_us - 1)
        while tick_us < until_us and len(ticks) < limit:
            ticks.append(tick_us)
            tick_us = self.next_tick_us(tick_us)
        return ticks

    def newest_tick_us(self, tick_us: int, until_us: int) -> int:
        """The last tick up to a moment, however many there were: `tick_us`, which is one, or a later one."""
        if self.interval_us:
            return tick_us + max(until_us - tick_us, 0) // self.interval_us * self.interval_us
        window_us, found_us = _WINDOW_US, tick_us
        while until_us - window_us > tick_us:
            found_us = self.next_tick_us(until_us - window_us)
            if found_us <= until_us:
                break
            window_us *= 4
        else:
            found_us = tick_us
        while (following_us := self.next_tick_us(found_us)) <= until_us:
            found_us = following_us
        return found_us
