"""Marks: where probes start, and how often one looks below."""

from penstock.adapters.postgres.codecs import LONG_AGO_US
from penstock.adapters.postgres.low_water import LATE_US, REST, REST_S_MAX, LowWater

NOW_US = 1_000_000_000


class Clock:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_the_costlier_a_full_probe_the_longer_the_rest() -> None:
    clock = Clock()
    marks = LowWater(clock)
    assert marks.since(1) == LONG_AGO_US
    marks.seen(1, LONG_AGO_US, None, NOW_US, took_s=0.0625)
    assert marks.since(1) == NOW_US - LATE_US
    assert marks.since(2) == LONG_AGO_US
    clock.now += 0.0625 * REST
    assert marks.since(1) == LONG_AGO_US


def test_the_mark_stays_at_what_is_left_and_behind_the_clock() -> None:
    marks = LowWater(Clock())
    marks.seen(1, LONG_AGO_US, 7, NOW_US, took_s=1)
    assert marks.since(1) == 7
    marks.seen(1, 7, NOW_US + 60, NOW_US, took_s=1)
    assert marks.since(1) == NOW_US - LATE_US


def test_a_probe_from_a_mark_does_not_put_off_the_full_one() -> None:
    clock = Clock()
    marks = LowWater(clock)
    marks.seen(1, LONG_AGO_US, None, NOW_US, took_s=0.0625)
    clock.now += 0.0625 * REST - 1
    assert marks.since(1) != LONG_AGO_US
    marks.seen(1, marks.since(1), None, NOW_US, took_s=9)
    clock.now += 1
    assert marks.since(1) == LONG_AGO_US


def test_no_rest_is_longer_than_a_late_row_may_wait() -> None:
    clock = Clock()
    marks = LowWater(clock)
    marks.seen(1, LONG_AGO_US, None, NOW_US, took_s=60)
    clock.now += REST_S_MAX - 1
    assert marks.since(1) != LONG_AGO_US
    clock.now += 1
    assert marks.since(1) == LONG_AGO_US


def test_forgetting_starts_anew() -> None:
    marks = LowWater(Clock())
    marks.seen(1, LONG_AGO_US, None, NOW_US, took_s=1)
    marks.forget()
    assert marks.since(1) == LONG_AGO_US
