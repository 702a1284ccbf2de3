"""What every ending means for a cursor, whoever is named, whatever was tried before."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from penstock.model.delivery import aside_id, delivery_id, is_aside, is_delivery
from penstock.model.delivery_row import Advance, DeliveryRow, SetAside, Settle
from penstock.model.event import StoredEvent, StreamId
from penstock.model.identity import TaskId, bucket_of
from penstock.model.lane import LambdaId, LaneId
from penstock.model.lifecycle import DELIVERY_MATRIX, REPORTABLE, Event, Status
from penstock.model.ordering import BATCH_LIMIT_MAX, blocks, decide, grown, lapse, needs_events
from penstock.model.policy import CRASHES_MAX, LAPSES_MAX, LambdaPolicy
from penstock.model.subscription import Order, SubscriptionSpec, WhenDead
from penstock.model.task import Failure, Report, Trigger

POLICY = LambdaPolicy(attempts_max=3, backoff_base_s=8.0, backoff_factor=2.0)
BLOCK = SubscriptionSpec("files")
SKIP = SubscriptionSpec("files", when_dead=WhenDead.SKIP)
OWN_DOING = (Event.FAILED_RETRIABLY, Event.TIMED_OUT, Event.RAISED)
AT_ONCE = (Event.FAILED_FATALLY, Event.UNDECODABLE)
SAYS_NOTHING = (Event.RELEASE, Event.STOPPED_FOR_CANCEL, Event.CRASHED_IN_COMPANY, Event.LEASE_LOST)
OF_EVENTS = (*OWN_DOING, *AT_ONCE, Event.CRASHED_ALONE)
WHY = Failure("ValueError", "no")


def row(cursor: int = 10, tried: int = 0, batch_limit: int = 0, **trigger: Any) -> DeliveryRow:
    return DeliveryRow(
        Trigger(TaskId(bytes(16)), LaneId(6), Status.PROCESSING, 50, claim=4, **trigger),
        1, StreamId(1), "a", bytes(16), cursor, 99, batch_limit, tried,
    )  # fmt: skip


def handed(*sequences: int) -> list[StoredEvent]:
    return [StoredEvent("a", bytes(16), sequence, 0, "changed", b"") for sequence in sequences]


def report(ending: Event, failed_at: int = 0, upto: int = 40, **fields: Any) -> Report:
    return Report(TaskId(bytes(16)), 4, ending, failure=WHY, upto=upto, failed_at=failed_at, executor="host", **fields)


def settled(
    ending: Event, *sequences: int, of: DeliveryRow | None = None, spec: SubscriptionSpec = BLOCK, **fields: Any
) -> Settle:
    change = decide(of or row(), report(ending, **fields), handed(*sequences), POLICY, spec, 1.0)
    assert isinstance(change, Settle)
    assert (change.id, change.claim) == (TaskId(bytes(16)), 4)
    assert change.event in DELIVERY_MATRIX[Status.CLAIMED]
    return change


def test_every_ending_is_answered() -> None:
    assert {*OF_EVENTS, *SAYS_NOTHING, Event.SUCCEEDED} == set(REPORTABLE)
    for ending in REPORTABLE:
        assert needs_events(ending) is (ending in OF_EVENTS)


def test_success_moves_the_cursor_as_far_as_was_looked() -> None:
    change = decide(row(), report(Event.SUCCEEDED, namespace_id=3), [], POLICY, BLOCK, 0.0)
    assert change == Advance(TaskId(bytes(16)), 4, 40, 3)


@pytest.mark.parametrize("ending", OF_EVENTS, ids=str)
@pytest.mark.parametrize("failed_at", [0, 5, 10, 41, -1, 13])
def test_a_batch_whose_guilty_event_is_not_known_halves_and_pays_nothing(ending: Event, failed_at: int) -> None:
    for count in range(2, 9):
        change = settled(ending, *range(20, 20 + count), failed_at=failed_at, of=row(attempts=2, crashes=2, tried=7))
        assert change.batch_limit == max(1, count // 2)
        assert change.event is ending
        assert change.upto == 0
        assert (change.attempts, change.crashes, change.tried, change.letter) == (None, None, None, None)
        assert change.delay_us == 8_000_000
        assert change.suspect is (ending is Event.CRASHED_ALONE)
        assert change.history is not None


@pytest.mark.parametrize("ending", OF_EVENTS, ids=str)
def test_halving_always_ends_with_an_event_alone(ending: Event) -> None:
    count, rounds = 1_000, 0
    while count > 1:
        change = settled(ending, *range(20, 20 + count))
        assert change.batch_limit is not None
        count, rounds = min(count, change.batch_limit), rounds + 1
    assert rounds <= 10


@pytest.mark.parametrize("ending", OWN_DOING, ids=str)
def test_those_before_the_named_event_are_done_and_it_is_tried_alone(ending: Event) -> None:
    for place, named in enumerate((12, 15, 19)):
        change = settled(ending, 12, 15, 19, failed_at=named)
        assert change.upto == (10, 12, 15)[place]
        assert (change.batch_limit, change.tried, change.attempts, change.event) == (1, named, 1, ending)
        assert change.delay_us == 8_000_000


@pytest.mark.parametrize("ending", OWN_DOING, ids=str)
def test_attempts_are_spent_by_one_event_only(ending: Event) -> None:
    mine = settled(ending, 12, of=row(tried=12, attempts=1))
    assert (mine.attempts, mine.tried, mine.delay_us) == (2, 12, 16_000_000)
    others = settled(ending, 12, of=row(tried=11, attempts=2, crashes=2))
    assert (others.attempts, others.crashes, others.tried) == (1, 0, 12)


@pytest.mark.parametrize("ending", OWN_DOING, ids=str)
def test_an_event_without_attempts_left_blocks_its_subject(ending: Event) -> None:
    for sequences, named in (((12,), 0), ((11, 12, 13), 12)):
        change = settled(ending, *sequences, failed_at=named, of=row(tried=12, attempts=2))
        assert change.event is Event.BLOCKED
        assert change.upto == (10 if named == 0 else 11)
        assert change.letter is not None
        assert (change.letter.event.sequence, change.letter.attempts, change.letter.reason) == (12, 3, "budget")
        assert (change.letter.blocks, change.letter.failure, change.letter.executor) == (True, WHY, "host")
        assert (change.attempts, change.tried, change.batch_limit, change.delay_us) == (0, 0, 1, 0)


@pytest.mark.parametrize("ending", OWN_DOING, ids=str)
def test_or_is_passed_over(ending: Event) -> None:
    change = settled(ending, 11, 12, 13, failed_at=12, of=row(tried=12, attempts=2), spec=SKIP)
    assert (change.event, change.upto, change.batch_limit) == (Event.CAUGHT_UP, 12, 0)
    assert change.letter is not None
    assert not change.letter.blocks


@pytest.mark.parametrize("ending", AT_ONCE, ids=str)
def test_what_trying_again_cannot_help_is_dead_at_once(ending: Event) -> None:
    change = settled(ending, 11, 12, failed_at=12)
    assert change.event is Event.BLOCKED
    assert change.letter is not None
    assert change.letter.reason == {"FAILED_FATALLY": "fatal", "UNDECODABLE": "undecodable"}[ending.name]
    assert change.letter.attempts == int(ending is Event.FAILED_FATALLY)


def test_crashes_alone_make_an_event_poison() -> None:
    for crashes in range(CRASHES_MAX):
        change = settled(Event.CRASHED_ALONE, 12, of=row(tried=12, crashes=crashes, attempts=2))
        if crashes + 1 < CRASHES_MAX:
            assert (change.crashes, change.attempts, change.suspect) == (crashes + 1, 2, True)
            assert change.letter is None
        else:
            assert change.letter is not None
            assert (change.letter.reason, change.letter.crashes) == ("poison", CRASHES_MAX)


def test_who_crashed_in_company_is_a_suspect_and_loses_nothing() -> None:
    change = settled(Event.CRASHED_IN_COMPANY, of=row(attempts=2))
    assert (change.event, change.suspect, change.attempts, change.batch_limit) == (
        Event.CRASHED_IN_COMPANY, True, None, None,
    )  # fmt: skip


@pytest.mark.parametrize("ending", [Event.RELEASE, Event.STOPPED_FOR_CANCEL], ids=str)
def test_what_is_handed_back_costs_nothing(ending: Event) -> None:
    change = settled(ending, of=row(attempts=2, suspect=True))
    assert change == Settle(TaskId(bytes(16)), 4, Event.RELEASE)


@pytest.mark.parametrize("ending", OF_EVENTS, ids=str)
def test_a_failure_of_events_that_are_gone_costs_nothing(ending: Event) -> None:
    assert settled(ending) == Settle(TaskId(bytes(16)), 4, Event.RELEASE)


def test_lost_leases_count_and_never_kill() -> None:
    for lapses in (0, LAPSES_MAX - 2):
        change = lapse(row(lapses=lapses), POLICY, 1.0)
        assert (change.event, change.lapses, change.batch_limit, change.delay_us) == (
            Event.LEASE_LOST, lapses + 1, None, 0,
        )  # fmt: skip
        assert change.seen_trigger_at_us == 50
        assert change.history is not None
        assert change.history.failure.type == "LeaseLost"
    many = lapse(row(lapses=LAPSES_MAX), POLICY, 1.0)
    assert (many.batch_limit, many.letter, many.delay_us) == (1, None, 16_000_000)
    assert settled(Event.LEASE_LOST).seen_trigger_at_us is None, "its supervisor says so: the code has stopped"
    assert lapse(row(lapses=32_767), POLICY, 1.0).lapses == 30_000


def test_the_lambda_may_say_when() -> None:
    assert settled(Event.FAILED_RETRIABLY, 12, retry_delay_s=0.5).delay_us == 500_000
    assert settled(Event.FAILED_RETRIABLY, 12, 13, retry_delay_s=0.0).delay_us == 0


def test_where_only_the_latest_counts_nothing_blocks() -> None:
    for order in Order:
        for when in WhenDead:
            expected = when is WhenDead.BLOCK and order is Order.SUBJECT
            assert blocks(SubscriptionSpec("files", order=order, when_dead=when)) is expected


def test_batches_grow_until_nothing_limits_them() -> None:
    limit, seen = 1, []
    while limit:
        limit = grown(limit)
        seen.append(limit)
    assert seen == [2 << n for n in range(14)] + [0]
    assert grown(0) == 0
    assert grown(BATCH_LIMIT_MAX - 1) > BATCH_LIMIT_MAX


UNORDERED = SubscriptionSpec("files", order=Order.NONE)
ASIDE = aside_id(TaskId(bytes(16)), 21)


def of_aside(**fields: Any) -> DeliveryRow:
    made = row(cursor=20, tried=21, attempts=1, **fields)
    return structs.replace(made, trigger=structs.replace(made.trigger, id=ASIDE), head=21)


@pytest.mark.parametrize("ending", [*OWN_DOING, Event.CRASHED_ALONE], ids=str)
def test_where_order_does_not_matter_the_guilty_event_is_set_aside_and_its_subject_goes_on(ending: Event) -> None:
    change = settled(ending, 20, 21, 22, failed_at=21, spec=UNORDERED)
    crashes = ending is Event.CRASHED_ALONE
    assert change.aside == SetAside(ASIDE, 21, int(not crashes), int(crashes), crashes, 8_000_000)
    assert (change.event, change.upto, change.delay_us, change.suspect) == (Event.CAUGHT_UP, 21, 0, False)
    assert (change.tried, change.attempts, change.crashes, change.letter) == (0, 0, 0, None)
    assert change.history is not None
    assert settled(ending, 20, 21, spec=UNORDERED).aside is None, "nobody knows which"
    assert settled(ending, 21, spec=BLOCK).aside is None


@pytest.mark.parametrize("ending", AT_ONCE, ids=str)
def test_what_cannot_be_helped_is_not_set_aside_first(ending: Event) -> None:
    change = settled(ending, 21, 22, failed_at=21, spec=UNORDERED)
    assert change.aside is None
    assert change.letter is not None
    assert not change.letter.blocks
    assert (change.event, change.upto) == (Event.CAUGHT_UP, 21)


@pytest.mark.parametrize("spec", [UNORDERED, BLOCK, SKIP], ids=["none", "block", "skip"])
def test_an_event_that_was_set_aside_is_tried_as_any_other_and_blocks_nothing(spec: SubscriptionSpec) -> None:
    again = decide(of_aside(), structs.replace(report(Event.RAISED), id=ASIDE), handed(21), POLICY, spec, 1.0)
    assert isinstance(again, Settle)
    assert (again.event, again.upto, again.attempts, again.tried) == (Event.RAISED, 20, 2, 21)
    assert again.aside is None
    used_up = structs.replace(of_aside(), trigger=structs.replace(of_aside().trigger, attempts=2))
    dead = decide(used_up, structs.replace(report(Event.RAISED), id=ASIDE), handed(21), POLICY, spec, 1.0)
    assert isinstance(dead, Settle)
    assert dead.letter is not None
    assert (dead.event, dead.upto, dead.letter.blocks, dead.letter.attempts) == (Event.CAUGHT_UP, 21, False, 3)


def test_the_id_of_what_is_set_aside_is_a_deliverys_in_the_same_bucket() -> None:
    of = delivery_id(LambdaId(7), StreamId(3), bytes(range(16)), 777)
    asides = {aside_id(of, sequence) for sequence in range(1, 2_000)}
    assert len(asides) == 1_999
    assert all(is_aside(each) and is_delivery(each) and bucket_of(each) == 777 for each in asides)
    assert is_delivery(of)
    assert not is_aside(of)
    assert not is_delivery(TaskId(bytes.fromhex("019a0000000070008000000000000000")))
    assert aside_id(of, 5) == aside_id(of, 5)
