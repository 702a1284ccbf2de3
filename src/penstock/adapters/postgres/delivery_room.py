"""Which rows may be enqueued at once: those whose lane has room, while nothing older of it waits in the store."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from penstock.adapters.postgres.codecs import microseconds
from penstock.adapters.postgres.low_water import LowWater
from penstock.model.lane import LaneId
from penstock.model.limits import OVERTAKING_S_MAX
from penstock.ports.deliveries import Room

_OVERTAKING_US: Final = microseconds(OVERTAKING_S_MAX)


class Asked:
    """What one statement is told of the lanes of its rows."""

    def __init__(
        self, lanes: list[LaneId], since: list[int], has_room: list[bool], times: tuple[int, int], marks: LowWater
    ) -> None:
        self.lanes, self.since, self.has_room = lanes, since, has_room
        self.times = times
        """enqueue timeout and how long an older one may be overtaken"""
        self._marks = marks
        self._started = _monotonic()

    def learn(self, row: Any) -> None:
        """now, the oldest waiting of each lane."""
        took_s = _monotonic() - self._started
        for lane, since_us, oldest_us in zip(self.lanes, self.since, row[1], strict=True):
            self._marks.seen(lane, since_us, oldest_us, row[0], took_s)


class Rooms:
    """For all statements that enqueue deliveries."""

    def __init__(self, marks: LowWater, enqueue_timeout_us: int) -> None:
        self._marks = marks
        self._times = (enqueue_timeout_us, _OVERTAKING_US)

    def ask(self, lanes: Sequence[LaneId], room: Room) -> Asked:
        """`lanes`: of each row."""
        left = {lane: min(room(lane), count) for lane, count in Counter(lanes).items()}
        different = list(left)
        has_room = []
        for lane in lanes:
            left[lane] -= 1
            has_room.append(left[lane] >= 0)
        since = [self._marks.since(lane) for lane in different]
        return Asked(different, since, has_room, self._times, self._marks)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
