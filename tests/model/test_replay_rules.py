"""What may be asked of a replay, and what the end of one of its claims has done."""

from __future__ import annotations

import pytest
from msgspec import structs

from penstock.model.delivery import delivery_id, is_delivery, is_replay, replay_id, replayed_id
from penstock.model.delivery_row import Advance, EventLetter, Part, Settle
from penstock.model.errors import InvalidInput
from penstock.model.event import StoredEvent, StreamId
from penstock.model.identity import BUCKETS, TaskId, bucket_of, make_ids
from penstock.model.lane import LambdaId
from penstock.model.lifecycle import Event
from penstock.model.ordering import blocks, done_by, in_replay
from penstock.model.replay_rules import check_bounds
from penstock.model.subscription import Order, SubscriptionSpec, WhenDead

ID = TaskId(bytes(16))
LETTER = EventLetter(StoredEvent("a", bytes(16), 6, 1, "changed", b""), 5, 0, False, "budget")


@pytest.mark.parametrize("bucket", [0, 1, BUCKETS // 2, BUCKETS - 1])
def test_a_replay_and_its_subject_are_known_from_each_other(bucket: int) -> None:
    subject = delivery_id(LambdaId(7), StreamId(3), bytes(16), bucket)
    replay = replay_id(subject)
    assert replay != subject
    assert (is_replay(subject), is_replay(replay)) == (False, True)
    assert is_delivery(replay)
    assert (replayed_id(replay), replay_id(replay)) == (subject, replay)
    assert (bucket_of(replay), bucket_of(subject)) == (bucket, bucket), "the same scheduler has both"


def test_no_task_is_taken_for_a_replay() -> None:
    assert not any(map(is_replay, make_ids(1_700_000_000_000, b"seed", 1_000)))


def test_what_died_and_what_was_dropped_was_not_done() -> None:
    assert done_by(Advance(ID, 1, 8), 3, 9) == Part(ID, 3, 8)
    assert done_by(Advance(ID, 1, 12), 3, 9) == Part(ID, 3, 9), "never over the head"
    assert done_by(Settle(ID, 1, Event.RAISED, 5), 3, 9) == Part(ID, 3, 5)
    assert done_by(Settle(ID, 1, Event.RAISED), 3, 9) == Part(ID, 3, 3)
    assert done_by(Settle(ID, 1, Event.CAUGHT_UP, 6, letter=LETTER), 3, 9) == Part(ID, 3, 5)
    assert done_by(Settle(ID, 1, Event.DROP, 9), 3, 9) == Part(ID, 3, 3)


@pytest.mark.parametrize("when_dead", list(WhenDead), ids=str)
def test_what_dies_in_a_replay_blocks_nothing(when_dead: WhenDead) -> None:
    spec = SubscriptionSpec("files", when_dead=when_dead)
    assert not blocks(in_replay(spec))
    assert structs.replace(in_replay(spec), when_dead=when_dead) == spec


@pytest.mark.parametrize("bounds", [(0, 0, 0, 0), (5, 0, 5, 0), (0, 5, 0, 5), (5, 0, 0, 7), (0, 7, 5, 0), (9, 0, 0, 0)])
def test_bounds_that_may_hold_something(bounds: tuple[int, int, int, int]) -> None:
    check_bounds(*bounds)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        ((6, 0, 5, 0), "nothing is between them"),
        ((0, 6, 0, 5), "nothing is between them"),
        ((1, 1, 0, 0), "a sequence and a time at once"),
        ((0, 0, 1, 1), "a sequence and a time at once"),
        ((-1, 0, 0, 0), "is no sequence"),
        ((0, 0, 1 << 63, 0), "is no sequence"),
        ((0, -1, 0, 0), "is no time"),
        ((0, 0, 0, 1 << 60), "is no time"),
    ],
)
def test_bounds_that_mean_nothing(bounds: tuple[int, int, int, int], words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        check_bounds(*bounds)


def test_nothing_is_set_aside_of_a_replay() -> None:
    assert in_replay(SubscriptionSpec("files", order=Order.NONE)).order is Order.SUBJECT
    assert in_replay(SubscriptionSpec("files", order=Order.LATEST)).order is Order.LATEST
