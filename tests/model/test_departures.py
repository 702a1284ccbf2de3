"""Which trips may go beside which, and how long a flood rests for the others' sake."""

import pytest

from penstock.model.courtesy import ACTIVE_S, REST_S_MAX, REST_TIMES_MAX
from penstock.model.departures import Departures
from penstock.model.fair_queue import LIGHT_ROWS_MAX, Load
from penstock.model.lane import LambdaId, LaneId, Priority, lane_of

LIGHT, HEAVY = Load.LIGHT, Load.HEAVY
BULK = lane_of(LambdaId(1), Priority.NORMAL)
MAIL = lane_of(LambdaId(2), Priority.NORMAL)


class Trips:
    """Departures and a clock."""

    def __init__(self) -> None:
        self.now_s = 1_000.0
        self.departures = Departures(2)
        self._number = 0

    def go(self, load: Load, *lines: LaneId) -> int:
        self._number += 1
        self.departures.departed(self._number, load, lines, self.now_s)
        return self._number

    def back(self, trip: int, after_s: float) -> None:
        self.now_s += after_s
        self.departures.returned(trip, self.now_s)

    def may(self) -> list[Load]:
        return [load for load in Load if self.departures.may_go(load, self.now_s)]

    @property
    def rest_s(self) -> float:
        return max(0.0, self.departures.resumes_at_s - self.now_s)

    def suffer(self, others: tuple[LaneId, ...] = (MAIL,), alone_s: float = 0.002, beside_s: float = 0.020) -> None:
        """Light trips are quick alone, and slow beside a heavy one."""
        self.back(self.go(LIGHT, *others), alone_s)
        heavy = self.go(HEAVY, BULK)
        for _ in range(20):
            self.back(self.go(LIGHT, *others), beside_s)
        self.departures.returned(heavy, self.now_s)


def test_a_load_of_which_none_is_under_way_goes_beyond_the_limit() -> None:
    trips = Trips()
    assert trips.may() == [LIGHT, HEAVY]
    trips.go(HEAVY, BULK)
    assert trips.may() == [LIGHT, HEAVY]
    heavy = trips.go(HEAVY, BULK)
    assert trips.may() == [LIGHT], "two floods under way keep nobody waiting"
    trips.go(LIGHT, MAIL)
    assert trips.may() == []
    trips.back(heavy, 0.0)
    assert trips.may() == [], "two are under way"


def test_nor_do_light_ones_keep_a_heavy_one_waiting() -> None:
    trips = Trips()
    trips.go(LIGHT, MAIL)
    trips.go(LIGHT, MAIL)
    assert trips.may() == [HEAVY]


def test_a_flood_rests_while_others_suffer_from_it() -> None:
    trips = Trips()
    trips.suffer()
    trips.back(trips.go(HEAVY, BULK), 0.040)
    assert trips.rest_s == pytest.approx(0.040), "of two equals each has half of the time"
    assert trips.may() == [LIGHT]
    trips.now_s += 0.041
    assert trips.may() == [LIGHT, HEAVY]


def test_it_does_not_where_they_do_not_suffer() -> None:
    trips = Trips()
    trips.suffer(alone_s=0.020, beside_s=0.021)
    trips.back(trips.go(HEAVY, BULK), 0.040)
    assert trips.rest_s == 0.0


def test_it_does_not_where_nobody_else_has_work() -> None:
    trips = Trips()
    trips.back(trips.go(HEAVY, BULK), 0.040)
    assert trips.rest_s == 0.0
    trips.suffer()
    trips.now_s += 4 * ACTIVE_S
    trips.back(trips.go(HEAVY, BULK), 0.040)
    assert trips.rest_s == 0.0


def test_it_does_not_rest_for_its_own_sake() -> None:
    trips = Trips()
    trips.suffer(others=(BULK,))
    trips.back(trips.go(HEAVY, BULK), 0.040)
    assert trips.rest_s == 0.0


@pytest.mark.parametrize(
    ("own", "others", "times"),
    [
        ([(1, Priority.NORMAL)], [(2, Priority.NORMAL), (3, Priority.NORMAL), (4, Priority.NORMAL)], 3.0),
        ([(1, Priority.NORMAL), (5, Priority.NORMAL)], [(2, Priority.NORMAL)], 0.5),
        ([(1, Priority.NORMAL)], [(2, Priority.HIGH)], 4.0),
        ([(1, Priority.LOW)], [(1, Priority.HIGH)], REST_TIMES_MAX),
        ([(1, Priority.HIGH)], [(1, Priority.LOW)], 1 / 16),
    ],
)
def test_it_keeps_its_part_of_the_time_by_number_and_priority(
    own: list[tuple[int, Priority]], others: list[tuple[int, Priority]], times: float
) -> None:
    trips = Trips()
    trips.suffer(others=tuple(lane_of(LambdaId(number), priority) for number, priority in others))
    trips.back(trips.go(HEAVY, *[lane_of(LambdaId(number), priority) for number, priority in own]), 0.016)
    assert trips.rest_s == pytest.approx(0.016 * times)


def test_a_store_that_stood_still_makes_nobody_rest_for_long() -> None:
    trips = Trips()
    trips.suffer()
    heavy, light = trips.go(HEAVY, BULK), trips.go(LIGHT, MAIL)
    trips.back(light, 30.0)
    trips.back(heavy, 0.0)
    assert trips.rest_s == REST_S_MAX


def test_a_flood_goes_in_small_steps_while_others_have_work() -> None:
    trips = Trips()
    assert trips.departures.rows_max(HEAVY, 1_000, trips.now_s) == 1_000
    trips.back(trips.go(LIGHT, MAIL), 0.001)
    assert trips.departures.rows_max(HEAVY, 1_000, trips.now_s) == LIGHT_ROWS_MAX
    assert trips.departures.rows_max(LIGHT, 1_000, trips.now_s) == 1_000
    trips.now_s += 2 * ACTIVE_S
    assert trips.departures.rows_max(HEAVY, 1_000, trips.now_s) == 1_000
