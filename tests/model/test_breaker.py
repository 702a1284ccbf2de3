"""The breaker and the throttle of an endpoint: every state, every word, a clock of one's own."""

import itertools
import random

import pytest

from penstock.model.breaker import FAILURES_TO_OPEN, OPEN_FIRST_S, OPEN_MAX_S, Breaker, BreakerState
from penstock.model.pace import Pace
from penstock.model.throttle import RETRY_AFTER_S_MAX, WAIT_FIRST_S, WAIT_MAX_S, Throttle, retry_after_s


def opened(now_s: float = 0.0) -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed(now_s, 1.0)
    return breaker


def test_it_opens_after_failures_in_a_row_only() -> None:
    breaker = Breaker()
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed(0.0, 1.0)
    breaker.succeeded(0.0)
    for _ in range(FAILURES_TO_OPEN - 1):
        breaker.failed(0.0, 1.0)
        assert breaker.room(0, 0.0) is None
    breaker.failed(7.0, 1.0)
    assert breaker.state is BreakerState.OPEN
    assert (breaker.since_s, breaker.probe_at_s) == (7.0, 7.0 + OPEN_FIRST_S)


def test_half_open_it_lets_one_probe_pass_and_no_second() -> None:
    breaker = opened()
    assert breaker.room(0, OPEN_FIRST_S - 0.01) == 0
    assert breaker.room(0, OPEN_FIRST_S) == 1
    assert breaker.state is BreakerState.HALF_OPEN
    assert breaker.room(1, OPEN_FIRST_S) == 0


def test_a_probe_decides() -> None:
    well, ill = opened(), opened()
    for breaker in (well, ill):
        assert breaker.room(0, OPEN_FIRST_S) == 1
    well.succeeded(6.0)
    assert (well.state, well.room(99, 6.0)) == (BreakerState.CLOSED, None)
    ill.failed(6.0, 1.0)
    assert (ill.state, ill.probe_at_s) == (BreakerState.OPEN, 6.0 + 2 * OPEN_FIRST_S)


def test_openings_grow_to_a_limit_and_begin_anew_once_it_was_closed() -> None:
    breaker, now_s = opened(), 0.0
    waits = []
    for _ in range(12):
        waits.append(breaker.probe_at_s - now_s)
        now_s = breaker.probe_at_s
        breaker.failed(now_s, 1.0)
    assert waits == [min(OPEN_MAX_S, OPEN_FIRST_S * 2**n) for n in range(12)]
    breaker.look(now_s := breaker.probe_at_s)
    breaker.succeeded(now_s)
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed(now_s, 0.0)
    assert breaker.probe_at_s == now_s + OPEN_FIRST_S / 2, "jitter takes half of it at most"


def test_what_began_before_it_opened_proves_nothing() -> None:
    breaker = opened()
    breaker.succeeded(1.0)
    breaker.failed(1.0, 1.0)
    assert (breaker.state, breaker.probe_at_s) == (BreakerState.OPEN, OPEN_FIRST_S)


def test_every_path_of_seven_steps_keeps_the_rules() -> None:
    for steps in itertools.product(("fail", "succeed", "wait", "long"), repeat=7):
        breaker, now_s, row = Breaker(), 0.0, 0
        for step in steps:
            before = breaker.state
            if step == "fail":
                breaker.failed(now_s, 0.5)
                row += 1
            elif step == "succeed":
                breaker.succeeded(now_s)
                row = 0
            else:
                now_s += 1.0 if step == "wait" else 400.0
                breaker.look(now_s)
            if before is BreakerState.CLOSED:
                assert (breaker.state is BreakerState.OPEN) == (row >= FAILURES_TO_OPEN)
            if before is BreakerState.OPEN and step in ("fail", "succeed"):
                assert breaker.state is BreakerState.OPEN
            room = breaker.room(0, now_s)
            assert room == {BreakerState.CLOSED: None, BreakerState.OPEN: 0, BreakerState.HALF_OPEN: 1}[breaker.state]
            if breaker.state is BreakerState.OPEN:
                assert now_s < breaker.probe_at_s <= now_s + OPEN_MAX_S
                row = 0


def test_a_throttle_waits_as_long_as_it_was_asked_to_up_to_its_limit() -> None:
    throttle = Throttle()
    assert throttle.room(50, 0.0) is None
    assert throttle.hit(7.0, 0.0, 0.5) == 7.0
    assert throttle.room(0, 6.9) == 0
    assert (throttle.room(0, 7.0), throttle.room(1, 7.0)) == (1, 0), "one goes first"
    throttle.passed(7.5)
    assert throttle.room(50, 7.5) is None
    assert throttle.hit(10.0**9, 8.0, 0.5) == RETRY_AFTER_S_MAX


def test_without_a_word_waits_grow_to_a_limit() -> None:
    throttle, now_s, waits = Throttle(), 0.0, []
    for _ in range(12):
        waits.append(throttle.hit(None, now_s, 1.0))
        now_s = throttle.until_s
    assert waits == [min(WAIT_MAX_S, WAIT_FIRST_S * 2**n) for n in range(12)]


def test_a_burst_of_answers_counts_once_and_shortens_nothing() -> None:
    throttle = Throttle()
    throttle.hit(10.0, 0.0, 1.0)
    for asked_s in (None, 1.0, None, 0.0):
        throttle.hit(asked_s, 1.0, 1.0)
    throttle.passed(2.0)  # of one that began before
    assert throttle.until_s == 10.0
    throttle.hit(30.0, 3.0, 1.0)
    assert throttle.until_s == 33.0
    assert throttle.room(0, 33.0) == 1


@pytest.mark.parametrize(
    ("text", "wait_s"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("9" * 400, RETRY_AFTER_S_MAX),
        ("Thu, 01 Jan 1970 00:16:39 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:20:30 GMT", 230.0),
        ("Thu, 01-Jan-70 00:20:30 GMT", 230.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", RETRY_AFTER_S_MAX),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("\u0661\u0662", None),
        ("Thu, 99 Jan 1970 00:20:30 GMT", None),
        ("Thu, 01 Jan 1970 00:20:30 +9999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, wait_s: float | None) -> None:
    assert retry_after_s(text, now_s=1_000.0) == wait_s


def test_a_pace_is_kept_whatever_comes() -> None:
    chance = random.Random(7)
    for per_s in (0.5, 3.0, 50.0):
        pace, now_s, starts = Pace(per_s), 0.0, []
        for _ in range(500):
            now_s += chance.choice((0.0, 0.001, 0.1, 1.0))
            while pace.wait_s(now_s) == 0.0:
                pace.start(now_s)
                starts.append(now_s)
            assert 0 < pace.wait_s(now_s) <= 1 / per_s
        for first, last in itertools.combinations(range(0, len(starts), 7), 2):
            assert last - first <= per_s * (starts[last] - starts[first]) + max(1.0, per_s) + 1e-6


def test_no_pace_never_waits() -> None:
    pace = Pace(0.0)
    for _ in range(1_000):
        assert pace.wait_s(0.0) == 0.0
        pace.start(0.0)
