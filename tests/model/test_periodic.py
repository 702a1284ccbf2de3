"""What becomes of ticks: misfires, overlaps, queues, jitter. And what a schedule may not be."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from penstock.model.errors import Conflict, InvalidInput
from penstock.model.lane import Priority
from penstock.model.periodic import (
    GRACE_US,
    QUEUE_LOOK_US,
    TICKS_A_LOOK_MAX,
    Advance,
    Definition,
    DueSchedule,
    Misfire,
    Overlap,
    Passed,
    Schedule,
    advance,
    begins_anew,
    check_is_apps,
    check_is_same,
    due_us,
    put_off,
    stay,
    task_id_of,
)
from penstock.model.rhythm import Rhythm

S = 1_000_000
MINUTE = 60 * S
FIRST = 1_800_000_000 * S
"""a whole minute"""
MINUTELY = Rhythm(interval_us=MINUTE)


def due(**fields: Any) -> DueSchedule:
    usual = DueSchedule(1, 3, MINUTELY, Misfire.ALL, Overlap.ALLOW, 0, b"seed", FIRST, FIRST)
    return structs.replace(usual, **fields)


def minutes(move: Advance) -> list[int]:
    """Which ticks make tasks, counted from the first."""
    assert all((tick - FIRST) % MINUTE == 0 for tick in move.ticks_us)
    return [(tick - FIRST) // MINUTE for tick in move.ticks_us]


def test_a_tick_in_time_makes_its_task_whatever_the_misfire_policy() -> None:
    for misfire in Misfire:
        for late_us in (0, 5 * S, GRACE_US):
            move = advance(due(misfire=misfire), FIRST + late_us)
            assert minutes(move)[0] == 0, (misfire, late_us)
            assert (move.id, move.edition, move.seen_tick_us, move.passed) == (1, 3, FIRST, None)
    move = advance(due(), FIRST)
    assert (move.next_tick_us, move.look_at_us, move.waiting_since_us) == (FIRST + MINUTE, FIRST + MINUTE, 0)


def test_nothing_is_made_before_its_time() -> None:
    move = advance(due(), FIRST - 1)
    assert move.ticks_us == ()
    assert move.next_tick_us == FIRST


@pytest.mark.parametrize(
    ("misfire", "expected"), [(Misfire.ALL, [0, 1, 2, 3, 4, 5]), (Misfire.ONCE, [3, 4, 5]), (Misfire.SKIP, [4, 5])]
)
def test_missed_ticks(misfire: Misfire, expected: list[int]) -> None:
    """In minute 5 the ticks of minutes 0 to 3 are older than the grace of a minute; 4 and 5 are not."""
    move = advance(due(misfire=misfire), FIRST + 5 * MINUTE)
    assert minutes(move) == expected
    assert move.next_tick_us == FIRST + 6 * MINUTE
    assert (move.passed is Passed.MISSED) is (misfire is not Misfire.ALL)


def test_a_daily_tick_that_was_missed_runs_once_and_the_next_one_at_its_time() -> None:
    daily = Rhythm(cron="0 9 * * *", zone="Europe/Berlin")
    first = daily.next_tick_us(FIRST)
    fifth = first
    for _ in range(4):
        fifth = daily.next_tick_us(fifth)
    now = fifth + 2 * 3600 * S
    once = advance(due(rhythm=daily, next_tick_us=first, misfire=Misfire.ONCE), now)
    assert once.ticks_us == (fifth,)
    skip = advance(due(rhythm=daily, next_tick_us=first, misfire=Misfire.SKIP), now)
    assert (skip.ticks_us, skip.passed_tick_us, skip.passed) == ((), fifth, Passed.MISSED)
    assert once.next_tick_us == skip.next_tick_us == daily.next_tick_us(now)


@pytest.mark.parametrize("misfire", [Misfire.SKIP, Misfire.ONCE])
@pytest.mark.parametrize(
    "rhythm", [Rhythm(interval_us=S), Rhythm(cron="* * * * *"), Rhythm(cron="*/5 * 1 1 *", zone="America/New_York")]
)
def test_however_long_nobody_looked_the_next_look_is_quick(misfire: Misfire, rhythm: Rhythm, monkeypatch: Any) -> None:
    asked: list[int] = []
    plain = Rhythm.next_tick_us

    def count(rhythm: Rhythm, after_us: int) -> int:
        asked.append(after_us)
        return plain(rhythm, after_us)

    monkeypatch.setattr(Rhythm, "next_tick_us", count)
    first = rhythm.next_tick_us(FIRST)
    years_later = first + 3 * 366 * 86_400 * S + 17 * S
    move = advance(due(rhythm=rhythm, misfire=misfire, next_tick_us=first), years_later)
    assert len(asked) < 2_000
    assert move.next_tick_us > years_later - MINUTE
    assert len(move.ticks_us) <= TICKS_A_LOOK_MAX


@given(
    st.sampled_from([Misfire.SKIP, Misfire.ONCE]),
    st.integers(0, 200 * MINUTE),
    st.sampled_from([0, 1, 7 * S, MINUTE]),
    st.sampled_from([MINUTELY, Rhythm(cron="*/7 * * * *", zone="Europe/Berlin")]),
)
def test_each_tick_is_judged_by_itself(misfire: Misfire, late_us: int, jitter_us: int, rhythm: Rhythm) -> None:
    """The short way past many missed ticks comes to the same as looking at each of them."""
    first = rhythm.next_tick_us(FIRST)
    now, cutoff = first + late_us, first + late_us - GRACE_US
    made = []
    tick = first
    while due_us(tick, b"seed", jitter_us) <= now:
        following = rhythm.next_tick_us(tick)
        is_missed = due_us(tick, b"seed", jitter_us) < cutoff
        so_is_the_next = due_us(following, b"seed", jitter_us) < cutoff
        if not is_missed or (misfire is Misfire.ONCE and not so_is_the_next):
            made.append(tick)
        tick = following
    move = advance(due(rhythm=rhythm, misfire=misfire, jitter_us=jitter_us, next_tick_us=first), now)
    assert list(move.ticks_us) == made
    assert move.next_tick_us == tick


def test_of_very_many_ticks_a_look_makes_a_hundred_and_goes_on() -> None:
    move = advance(due(), FIRST + 10_000 * MINUTE)
    assert minutes(move) == list(range(TICKS_A_LOOK_MAX))
    assert move.next_tick_us == move.look_at_us == FIRST + TICKS_A_LOOK_MAX * MINUTE


def test_overlap_allow_makes_the_task_beside_the_one_that_runs() -> None:
    assert minutes(advance(due(last_task_lives=True), FIRST)) == [0]


def test_overlap_skip_leaves_the_tick_out_while_the_last_task_lives() -> None:
    move = advance(due(overlap=Overlap.SKIP, last_task_lives=True), FIRST)
    assert (move.ticks_us, move.passed_tick_us, move.passed) == ((), FIRST, Passed.OVERLAP)
    assert move.next_tick_us == FIRST + MINUTE
    assert minutes(advance(due(overlap=Overlap.SKIP), FIRST)) == [0]
    several = advance(due(overlap=Overlap.SKIP), FIRST + 2 * MINUTE)
    assert minutes(several) == [0], "the others came while the first one's task had only been made"


def test_overlap_queue_keeps_the_tick_until_the_last_task_has_ended() -> None:
    wait = advance(due(overlap=Overlap.QUEUE, last_task_lives=True), FIRST + S)
    assert wait.ticks_us == ()
    assert (wait.next_tick_us, wait.look_at_us, wait.waiting_since_us) == (FIRST, FIRST + S + QUEUE_LOOK_US, FIRST + S)
    several = advance(due(overlap=Overlap.QUEUE), FIRST + 2 * MINUTE)
    assert minutes(several) == [0]
    assert several.next_tick_us == FIRST + MINUTE
    assert several.waiting_since_us == FIRST + 2 * MINUTE


@pytest.mark.parametrize("misfire", Misfire)
def test_what_waited_in_a_queue_was_not_missed(misfire: Misfire) -> None:
    now = FIRST + 30 * MINUTE
    waiting = due(overlap=Overlap.QUEUE, misfire=misfire, waiting_since_us=FIRST, look_at_us=now - S)
    assert minutes(advance(waiting, now)) == [0]
    assert advance(waiting, now).waiting_since_us == FIRST, "it has been watched all the time"


def test_a_queue_that_nobody_watched_any_more_was_missed() -> None:
    now = FIRST + 30 * MINUTE
    left_alone = due(overlap=Overlap.QUEUE, misfire=Misfire.SKIP, waiting_since_us=FIRST, look_at_us=now - GRACE_US - 1)
    assert minutes(advance(left_alone, now)) == [29]


def test_jitter_is_within_its_bound_and_always_the_same() -> None:
    seen = {due_us(FIRST + minute * MINUTE, b"seed", 10 * S) - FIRST - minute * MINUTE for minute in range(200)}
    assert len(seen) > 150
    assert 0 <= min(seen) < max(seen) < 10 * S
    assert due_us(FIRST, b"seed", 10 * S) == due_us(FIRST, b"seed", 10 * S)
    assert due_us(FIRST, b"other", 10 * S) != due_us(FIRST, b"seed", 10 * S)
    assert due_us(FIRST, b"seed", 0) == FIRST


def test_a_look_waits_for_the_jitter_and_the_tick_stays_what_it_is() -> None:
    late_us = due_us(FIRST, b"seed", 30 * S)
    jittered = due(jitter_us=30 * S)
    assert advance(jittered, late_us - 1).ticks_us == ()
    assert advance(jittered, late_us - 1).look_at_us == late_us
    move = advance(jittered, late_us)
    assert move.ticks_us == (FIRST,)
    assert move.look_at_us == due_us(FIRST + MINUTE, b"seed", 30 * S)


def test_a_schedule_that_cannot_be_read_is_put_off_and_keeps_its_tick() -> None:
    broken = due(rhythm=Rhythm(cron="0 9 * * *", zone="Mars/Olympus"))
    with pytest.raises(InvalidInput, match="Mars/Olympus"):
        advance(broken, FIRST)
    move = put_off(stay(broken), FIRST)
    assert (move.ticks_us, move.next_tick_us, move.passed) == ((), FIRST, Passed.BROKEN)
    assert move.look_at_us > FIRST


def test_ids_of_ticks_differ_by_schedule_and_tick() -> None:
    ids = {task_id_of(schedule, tick, FIRST) for schedule in (1, 2) for tick in (FIRST, FIRST + 1)}
    assert len(ids) == 4
    assert task_id_of(1, FIRST, FIRST) == task_id_of(1, FIRST, FIRST)


@given(st.integers(1, 10**12), st.integers(0, 10**15), st.integers(0, 2 * 10**15))
def test_an_interval_ticks_at_its_anchor_and_every_so_often_on_either_side(every: int, anchor: int, after: int) -> None:
    rhythm = Rhythm(interval_us=every, anchor_us=anchor)
    tick = rhythm.next_tick_us(after)
    assert after < tick <= after + every
    assert (tick - anchor) % every == 0
    assert rhythm.next_tick_us(tick) == tick + every


def test_ticks_of_a_range() -> None:
    assert MINUTELY.ticks_us(FIRST, FIRST + 3 * MINUTE, 10) == [FIRST, FIRST + MINUTE, FIRST + 2 * MINUTE]
    assert MINUTELY.ticks_us(FIRST, FIRST + 3 * MINUTE, 2) == [FIRST, FIRST + MINUTE]
    assert MINUTELY.ticks_us(FIRST + 1, FIRST + MINUTE, 10) == []


def definition(**fields: Any) -> Definition:
    return structs.replace(Definition("mail.digest", "mail.digest", MINUTELY), **fields)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": ""}, "name: '' is not the name of a schedule"),
        ({"name": "Täglich"}, "name: 'Täglich' is not the name"),
        ({"name": "x" * 201}, "use 1 to 200 of"),
        ({"lambda_name": "digest"}, "lambda: 'digest' has no dot"),
        ({"rhythm": Rhythm()}, "cron: give either a cron expression or an interval"),
        ({"rhythm": Rhythm(cron="* * * * *", interval_us=S)}, "every: give either"),
        ({"rhythm": Rhythm(cron="* * * *")}, "cron: '* * * *' has 4 fields"),
        ({"rhythm": Rhythm(cron="* * * * *", zone="Berlin")}, "tz: 'Berlin' is no time zone"),
        ({"rhythm": Rhythm(cron="* * * * *", anchor_us=5)}, "anchor: is for intervals"),
        ({"rhythm": Rhythm(interval_us=S, zone="Europe/Berlin")}, "tz: is for cron expressions"),
        ({"rhythm": Rhythm(interval_us=S - 1)}, "every: 0.999999 s are outside of 1 to"),
        ({"rhythm": Rhythm(interval_us=-S)}, "every: -1 s are outside"),
        ({"rhythm": Rhythm(interval_us=10**15)}, "every: 1e+09 s are outside"),
        ({"rhythm": Rhythm(interval_us=S, anchor_us=-1)}, "anchor: -1 us are outside"),
        ({"rhythm": Rhythm(interval_us=S, anchor_us=2**62)}, "anchor: "),
        ({"jitter_us": -1}, "jitter: -1e-06 s are outside of 0 to 60"),
        ({"jitter_us": MINUTE + 1}, "jitter: 60 s are outside of 0 to 60"),
        ({"rhythm": Rhythm(cron="* * * * *"), "jitter_us": 86_401 * S}, "outside of 0 to 86400"),
        ({"collection": "a\0b"}, "collection: holds a NUL"),
    ],
)
def test_what_a_schedule_may_not_be(fields: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        definition(**fields).check()
    assert words in str(refused.value)


def test_a_checked_definition_is_tidy() -> None:
    checked = definition(rhythm=Rhythm(cron=" 0  9 * * * ", zone="Europe/Berlin")).check()
    assert checked.rhythm == Rhythm("0 9 * * *", "Europe/Berlin")
    assert definition(rhythm=Rhythm(interval_us=MINUTE, zone="")).check().rhythm == MINUTELY


def standing(app: str = "", retired: bool = False) -> Schedule:
    return Schedule(1, 1, definition(), 1, app, False, retired, FIRST, b"seed")


def test_whose_a_name_is() -> None:
    check_is_same(standing(), definition())
    with pytest.raises(Conflict, match="other content; delete it first"):
        check_is_same(standing(), definition(priority=Priority.LOW))
    with pytest.raises(Conflict, match="declared by the code of app mail"):
        check_is_same(standing("mail"), definition())
    check_is_apps(standing("mail"), "mail")
    with pytest.raises(Conflict, match="is made by a call, not by app mail"):
        check_is_apps(standing(), "mail")
    with pytest.raises(Conflict, match="is declared by app files, not by app mail"):
        check_is_apps(standing("files"), "mail")


def test_what_begins_anew() -> None:
    assert not begins_anew(standing("mail"), definition(payload=b'{"a":1}', overlap=Overlap.SKIP))
    assert begins_anew(standing("mail"), definition(jitter_us=5))
    assert begins_anew(standing("mail"), definition(rhythm=Rhythm(interval_us=S)))
    assert begins_anew(standing("mail", retired=True), definition())
