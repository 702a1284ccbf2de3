# ruff: noqa: D103 - the name of an idea is its sentence
"""Parts of subjects that are handed over again, beside what is new."""

import asyncio
from random import Random

from msgspec import structs

from penstock.model.cursors import CursorOrder, CursorOrderKind, ReplayOrder
from penstock.model.delivery import is_replay, replay_id, replayed_id
from penstock.model.delivery_row import Advance, ClaimedRange, DeliveryRow, EventLetter, Part, Settle
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.gate import GateOrder
from penstock.model.identity import TaskId
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import HELD_FOR_REPLAY, Event, GateState, Status
from penstock.ports.due_work import ALL_BUCKETS
from penstock.testing.contracts.delivery_scene import FAILURE, SUBJECT, Stage
from penstock.testing.contracts.scene import LEASE_S, Scene
from penstock.testing.contracts.store_suites import REPLAYS


@REPLAYS.idea
async def a_part_of_a_subject_stands_beside_its_row(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    async with scene.span() as span:
        assert await scene.store.replays.begin([_order(stage, 2, 5)]) == [True]
    replay = await _replay(stage)
    assert (replay.cursor, replay.head, replay.trigger.status) == (2, 5, Status.NEW)
    assert replay.trigger.lane == lane_of(stage.first, Priority.LOW), "live events go first"
    assert (replay.subject, replay.subject_hash, replay.stream_id) == (
        SUBJECT,
        hash_of_subject(SUBJECT),
        stage.stream_id,
    )
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status) == (9, 9, Status.IDLE), "nothing has changed for it"
    (line,) = await scene.store.cursors.orders(stage.first, 10)
    assert (line.kind, line.subject, line.sequence) == (CursorOrderKind.REPLAY, SUBJECT, 5)
    assert (line.who, line.reason) == ("ada", "a new index")
    assert span.covers(line.at_us)
    assert is_replay(replay.trigger.id)
    assert not is_replay(stage.id())
    assert replayed_id(replay.trigger.id) == stage.id()


@REPLAYS.idea
async def what_cannot_be_replayed_is_refused_without_a_trace(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    begin = scene.store.replays.begin
    assert await begin([]) == []
    assert await begin([_order(stage, 2, 10)]) == [False], "its row has not completed that: it will come anyway"
    assert await begin([_order(stage, 2, 5, "nobody made it")]) == [False]
    assert await scene.store.cursors.orders(stage.first, 10) == []
    assert await begin([_order(stage, 2, 5)]) == [True]
    assert await begin([_order(stage, 0, 9)]) == [False], "it is being replayed"
    replay = await _replay(stage)
    assert (replay.cursor, replay.head) == (2, 5)
    assert len(await scene.store.cursors.orders(stage.first, 10)) == 1


@REPLAYS.idea
async def each_of_many_is_answered_in_the_order_of_the_question(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    subjects = [f"subject {number}" for number in range(8)]
    for subject in subjects[::2]:
        await stage.make(stage.new(9, 9, subject))
    begun = await scene.store.replays.begin([_order(stage, 0, 9, subject) for subject in subjects])
    assert begun == [True, False] * 4


@REPLAYS.idea
async def a_replay_goes_on_to_its_head_and_is_gone(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 2, 5)])
    claimed = await _claimed(scene, stage)
    assert (claimed.cursor, claimed.head) == (2, 5)
    await stage.apply(Advance(claimed.id, claimed.claim, 4))
    replay = await _replay(stage)
    assert (replay.cursor, replay.head, replay.trigger.status) == (4, 5, Status.NEW)
    assert replay.trigger.lane == lane_of(stage.first, Priority.LOW)
    claimed = await _claimed(scene, stage)
    assert (claimed.cursor, claimed.head) == (4, 5)
    await stage.apply(Advance(claimed.id, claimed.claim, 9), room=False)
    assert await stage.deliveries.read([claimed.id]) == {}
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status, row.trigger.held_for) == (9, 9, Status.IDLE, "")
    assert await scene.store.replays.begin([_order(stage, 2, 5)]) == [True], "and may be ordered again"


@REPLAYS.idea
async def while_it_runs_its_subject_waits_and_nothing_is_lost(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    claimed = await _claimed(scene, stage)
    row = await stage.row()
    assert (row.trigger.status, row.trigger.held_for) == (Status.HELD, HELD_FOR_REPLAY)
    assert (await stage.rise(12)).references == {}
    await scene.enqueue_all()
    assert await stage.deliveries.claim([stage.id()], LEASE_S) == []
    skip = CursorOrder(CursorOrderKind.SKIP, stage.id(), 10, 9, "ada", "")
    assert not await scene.store.cursors.obey(skip), "somebody would run it beside"
    count, _ = await scene.store.cursors.counts([stage.first, stage.second])
    assert (count.running, count.gated, count.blocked) == (1, 0, 0)
    raised = await stage.apply(Advance(claimed.id, claimed.claim, 5))
    assert scene.lane in raised.waiting
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status, row.trigger.held_for) == (9, 12, Status.NEW, "")
    assert await scene.enqueue_all() == [stage.id()]
    live = await stage.claim()
    assert (live.cursor, live.head) == (9, 12)


@REPLAYS.idea
async def while_its_subject_runs_a_replay_waits(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    await stage.rise(12)
    live = await stage.claim()
    await _enqueue_low(scene, stage)
    assert await stage.deliveries.claim([_id(stage)], LEASE_S) == []
    assert await stage.status() is Status.CLAIMED
    assert (await _replay(stage)).trigger.status is Status.ENQUEUED, "it is published again"
    await stage.done(live)
    (claimed,) = await stage.deliveries.claim([_id(stage)], LEASE_S)
    assert (claimed.cursor, claimed.head) == (0, 5)


@REPLAYS.idea
async def of_two_that_are_claimed_at_once_one_is(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    await _enqueue_low(scene, stage)
    await stage.rise(12)
    both = await stage.deliveries.claim([stage.id(), _id(stage)], LEASE_S)
    assert len(both) == 1
    assert await stage.deliveries.claim([stage.id(), _id(stage)], LEASE_S) == []


@REPLAYS.idea
async def of_two_that_are_claimed_side_by_side_one_is(scene: Scene) -> None:
    stage = await Stage.of(scene)
    subjects = [f"subject {number}" for number in range(30)]
    await stage.make(*[stage.new(9, 9, subject) for subject in subjects])
    await scene.store.replays.begin([_order(stage, 0, 5, subject) for subject in subjects])
    await _enqueue_low(scene, stage)
    for subject in subjects:
        await stage.rise(12, subject)
    live, replays = [stage.id(each) for each in subjects], [_id(stage, each) for each in subjects]
    claim = stage.deliveries.claim
    answers = await asyncio.gather(
        claim(live[:20], LEASE_S), claim(replays[10:], LEASE_S), claim(live, LEASE_S), claim(replays, LEASE_S)
    )
    claimed = [replayed_id(each.id) for answer in answers for each in answer]
    assert sorted(claimed) == sorted(live), "each subject once, by one of them"


@REPLAYS.idea
async def whatever_comes_there_is_one_of_a_subject_and_its_cursor_only_rises(scene: Scene) -> None:
    stage, chance = await _completed(scene, 9), Random(7)
    head, cursor, owned, replayed = 9, 9, dict[TaskId, ClaimedRange](), 0
    for _ in range(120):
        match chance.choice(("publish", "order", "claim", "claim", "claim", "end", "end")):
            case "publish":
                head += 1
                await stage.rise(head)
            case "order":
                await scene.store.replays.begin([_order(stage, chance.randrange(cursor), cursor)])
            case "claim":
                await scene.enqueue_all()
                await _enqueue_low(scene, stage)
                either = chance.choice((stage.id(), _id(stage)))
                owned.update({each.id: each for each in await stage.deliveries.claim([either], LEASE_S)})
            case "end" if owned:
                _, claimed = owned.popitem()
                replayed += is_replay(claimed.id)
                upto = chance.randint(claimed.cursor, claimed.head)
                ends = (Event.CAUGHT_UP, Event.RELEASE, Event.LEASE_LOST, Event.RAISED)
                await stage.apply(Settle(claimed.id, claimed.claim, chance.choice(ends), upto))
        assert len(owned) <= 1
        row = await stage.row()
        assert cursor <= row.cursor <= head == row.head
        assert (row.trigger.held_for == HELD_FOR_REPLAY) == any(map(is_replay, owned))
        cursor = row.cursor
    assert replayed > 5
    assert cursor > 9


@REPLAYS.idea
async def a_subject_that_backs_off_or_is_blocked_is_not_overtaken(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for status in (Status.RETRIABLE_FAILURE, Status.HELD):
        subject = f"is {status}"
        claimed = await stage.claimed(9, 5, subject)
        await stage.apply(Settle(claimed.id, 1, Event.RAISED if status is not Status.HELD else Event.BLOCKED))
        await scene.store.replays.begin([_order(stage, 0, 5, subject)])
        await _enqueue_low(scene, stage)
        before = await stage.row(subject)
        assert await stage.deliveries.claim([_id(stage, subject)], LEASE_S) == []
        assert await stage.row(subject) == before


@REPLAYS.idea
async def a_replay_whose_subject_was_forgotten_goes(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    (page, *_) = [row for row in await scene.store.cursors.page(_least(stage), 10) if row.id == stage.id()]
    assert await scene.store.cursors.forget([page]) == 1
    await _enqueue_low(scene, stage)
    assert await stage.deliveries.claim([_id(stage)], LEASE_S) == []
    assert await stage.deliveries.read([_id(stage)]) == {}


@REPLAYS.idea
async def however_its_claim_ends_its_subject_goes_on(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for event in (Event.RAISED, Event.LEASE_LOST, Event.RELEASE, Event.PARKED, Event.CRASHED_ALONE, Event.CAUGHT_UP):
        subject = f"ends by {event.name}"
        await stage.make(stage.new(9, 9, subject))
        await scene.store.replays.begin([_order(stage, 0, 5, subject)])
        claimed = await _claimed(scene, stage, subject)
        await stage.rise(12, subject)
        assert await stage.status(subject) is Status.HELD
        await stage.refused(Settle(claimed.id, claimed.claim + 1, event))
        assert await stage.status(subject) is Status.HELD, "that was no end of this claim"
        await stage.apply(Settle(claimed.id, claimed.claim, event, 3))
        row = await stage.row(subject)
        assert (row.cursor, row.trigger.status) == (9, Status.NEW)
        await stage.refused(Advance(claimed.id, claimed.claim, 5))


@REPLAYS.idea
async def a_gate_holds_a_replay_and_not_its_subject(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    await _enqueue_low(scene, stage)
    await scene.store.gates.order(GateOrder(scene.namespace_id, stage.first, "", GateState.PAUSE, who="ada"))
    assert await stage.deliveries.claim([_id(stage)], LEASE_S) == []
    assert (await _replay(stage)).trigger.status is Status.HELD
    assert await stage.status() is Status.IDLE


@REPLAYS.idea
async def a_dead_event_that_was_passed_over_is_closed_when_it_is_done(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await _passed_over(stage, 3)
    redrive = _order(stage, 2, 3, kind=CursorOrderKind.REDRIVE)
    assert await scene.store.replays.begin([structs.replace(redrive, after=3, upto=4)]) == [False], "it is not dead"
    assert await scene.store.replays.begin([redrive]) == [True]
    assert await scene.store.replays.begin([redrive]) == [False], "once"
    assert len(await scene.store.cursors.letters(stage.first, b"", 10)) == 1, "it is dead until it is done"
    claimed = await _claimed(scene, stage)
    assert (claimed.cursor, claimed.head) == (2, 3)
    await stage.apply(Advance(claimed.id, claimed.claim, 3))
    assert await scene.store.cursors.letters(stage.first, b"", 10) == []
    assert await scene.store.replays.begin([redrive]) == [False], "it is dead no more"
    kinds = [line.kind for line in await scene.store.cursors.orders(stage.first, 10)]
    assert kinds == [CursorOrderKind.REDRIVE]


@REPLAYS.idea
async def what_dies_again_is_told_once(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await _passed_over(stage, 3)
    await scene.store.replays.begin([_order(stage, 2, 3, kind=CursorOrderKind.REDRIVE)])
    claimed = await _claimed(scene, stage)
    await scene.advance(1.0)
    await stage.apply(_dies(claimed, 3))
    letters = await scene.store.cursors.letters(stage.first, b"", 10)
    assert [(each.letter.event.sequence, each.letter.attempts) for each in letters] == [(3, 2)]
    (standing,) = await stage.deliveries.standing([_part(stage)])
    assert standing.given_up == {3}, "for those that go after, as before"
    assert await scene.store.replays.begin([_order(stage, 2, 3, kind=CursorOrderKind.REDRIVE)]) == [True]


@REPLAYS.idea
async def what_dies_in_a_replay_only_was_done_all_the_same(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 2, 9)])
    claimed = await _claimed(scene, stage)
    await stage.apply(_dies(claimed, 3))
    (letter,) = await scene.store.cursors.letters(stage.first, b"", 10)
    assert (letter.letter.event.sequence, letter.letter.blocks) == (3, False)
    (standing,) = await stage.deliveries.standing([_part(stage)])
    assert standing.given_up == frozenset(), "those that go after are given it"
    replay = await _replay(stage)
    assert (replay.cursor, replay.trigger.status) == (3, Status.NEW), "and the replay goes on"
    claimed = await _claimed(scene, stage)
    await stage.done(claimed)
    assert len(await scene.store.cursors.letters(stage.first, b"", 10)) == 1, "that one was not done"
    assert await scene.store.replays.begin([_order(stage, 2, 3, kind=CursorOrderKind.REDRIVE)]) == [True]
    await stage.done(await _claimed(scene, stage))
    assert await scene.store.cursors.letters(stage.first, b"", 10) == []


@REPLAYS.idea
async def replays_and_others_end_in_one_trip(scene: Scene) -> None:
    stage = await _completed(scene, 9)
    await scene.store.replays.begin([_order(stage, 0, 5)])
    replay = await _claimed(scene, stage)
    live, stale = await stage.claimed(7, subject="another"), await stage.claimed(7, subject="a stale one")
    moved = await stage.deliveries.apply(
        [
            Advance(replay.id, replay.claim, 5),
            Advance(stale.id, stale.claim + 1, 7),
            Settle(live.id, live.claim, Event.RAISED),
        ],
        lambda _: 0,
    )
    assert moved.held == [True, False, True]


def _id(stage: Stage, subject: str = SUBJECT) -> TaskId:
    return replay_id(stage.id(subject))


def _least(_stage: Stage) -> TaskId:
    return TaskId(bytes(16))


def _part(stage: Stage) -> Part:
    return Part(stage.id(), 0, 9)


async def _completed(scene: Scene, cursor: int) -> Stage:
    """A subject whose subscription has completed it so far."""
    stage = await Stage.of(scene)
    await stage.make(stage.new(cursor, cursor))
    return stage


def _order(
    stage: Stage, after: int, upto: int, subject: str = SUBJECT, kind: CursorOrderKind = CursorOrderKind.REPLAY
) -> ReplayOrder:
    return ReplayOrder(kind, stage.id(subject), after, upto, "ada", "a new index")


async def _replay(stage: Stage, subject: str = SUBJECT) -> DeliveryRow:
    return (await stage.deliveries.read([_id(stage, subject)]))[_id(stage, subject)]


async def _enqueue_low(scene: Scene, stage: Stage) -> None:
    await scene.store.due_work.enqueue_due({lane_of(stage.first, Priority.LOW): 10}, ALL_BUCKETS, 5.0)


async def _claimed(scene: Scene, stage: Stage, subject: str = SUBJECT) -> ClaimedRange:
    await _enqueue_low(scene, stage)
    (claimed,) = await stage.deliveries.claim([_id(stage, subject)], LEASE_S)
    return claimed


def _letter(sequence: int, attempts: int) -> EventLetter:
    event = StoredEvent(SUBJECT, hash_of_subject(SUBJECT), sequence, 1_700_000_000_000_000, "changed", b"data")
    return EventLetter(event, attempts, 0, False, "budget", FAILURE, "host/1")


def _dies(claimed: ClaimedRange, sequence: int) -> Settle:
    return Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, sequence, letter=_letter(sequence, 2))


async def _passed_over(stage: Stage, sequence: int) -> None:
    claimed = await stage.claimed(9, sequence - 1)
    letter = _letter(sequence, 5)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, sequence, letter=letter))
