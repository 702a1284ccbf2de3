"""Which trips to the store are under way, and when the next may go. Pure: time comes from outside."""

from collections.abc import Collection, Hashable
from typing import Final

from msgspec import Struct

from penstock.model.courtesy import Courtesy
from penstock.model.fair_queue import LIGHT_ROWS_MAX, Load
from penstock.model.lane import LaneId

Lines = Collection[LaneId | None]


class _Trip(Struct):
    load: Load
    lines: Lines
    departed_at_s: float


class Departures:
    """`trips_max` are under way at the same time, and one more when none of its load is: so no line waits for the
    trips of another's flood. Trips of heavy lines rest between each other as `Courtesy` says.
    """

    def __init__(self, trips_max: int) -> None:
        self._trips_max: Final = trips_max
        self._under_way: dict[Hashable, _Trip] = {}
        self._courtesy = Courtesy()

    @property
    def resumes_at_s(self) -> float:
        """When heavy lines have rested: somebody must look then."""
        return self._courtesy.resumes_at_s

    def may_go(self, load: Load, now_s: float) -> bool:
        """Whether a trip of such lines may depart now."""
        if load is Load.HEAVY and now_s < self.resumes_at_s:
            return False
        return len(self._under_way) < self._trips_max or all(trip.load is not load for trip in self._under_way.values())

    def rows_max(self, load: Load, most: int, now_s: float) -> int:
        """Of a trip, where `most` are allowed: heavy lines go in small steps while light ones have work."""
        if load is Load.HEAVY and self._courtesy.has_others(now_s):
            return min(most, LIGHT_ROWS_MAX)
        return most

    def departed(self, trip: Hashable, load: Load, lines: Lines, now_s: float) -> None:
        """`trip` is what `returned` names."""
        self._under_way[trip] = _Trip(load, lines, now_s)

    def returned(self, trip: Hashable, now_s: float) -> None:
        """It is back, with or without success."""
        back = self._under_way.pop(trip)
        took_s = now_s - back.departed_at_s
        if back.load is Load.HEAVY:
            self._courtesy.heavy_returned(back.lines, took_s, now_s)
        else:
            beside_heavy = any(other.load is Load.HEAVY for other in self._under_way.values())
            self._courtesy.light_returned(back.lines, took_s, beside_heavy, now_s)
