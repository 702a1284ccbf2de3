# ruff: noqa: D103 - the name of an idea is its sentence
"""For whom streams keep events longer, and what a blocked subject loses: never without a trace."""

from msgspec import structs

from penstock.model.cursors import CursorOrder, CursorOrderKind, CursorOrderLine
from penstock.model.delivery_row import EventLetter, Settle
from penstock.model.event import StoredEvent
from penstock.model.lifecycle import Event, Status
from penstock.model.refresh import PassCount, RefreshLoop, RefreshWish, StepDone
from penstock.model.stream_hold import EXPIRED, GIVEN_UP_BY, GivenUp, GiveUp, HeldStream, HoldChange, StreamHold
from penstock.model.subscription import EventFilter, Subscription, SubscriptionSpec
from penstock.model.work import Beat
from penstock.testing.contracts.delivery_scene import FAILURE, SUBJECT, Stage
from penstock.testing.contracts.event_scene import append, event, events_of
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import EVENT_HOLDS

DAY_S = 86_400.0
LONGEST = HoldChange(30 * DAY_S)


@EVENT_HOLDS.idea
async def streams_that_wait_for_nobody_are_not_told(scene: Scene) -> None:
    stage = await Stage.of(scene)
    assert await scene.store.event_holds.held() == []
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, LONGEST)
    assert (await _held(scene)).stream_id == stage.stream_id
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, HoldChange(0.0))
    assert await scene.store.event_holds.held() == []


@EVENT_HOLDS.idea
async def a_stream_that_waits_is_told_with_its_subscriptions(scene: Scene) -> None:
    async with scene.span() as declared:
        stage = await Stage.of(scene, 0, 1)
    await scene.store.streams.keep(scene.namespace_id, "files", 7_200.0, LONGEST)
    await scene.store.streams.keep(scene.namespace_id, "other", 0.0, LONGEST)
    async with scene.span() as span:
        files, other = sorted(await scene.store.event_holds.held(), key=lambda each: each.name)
    assert span.covers(files.now_us)
    assert (files.name, files.keep_s, files.hold) == ("files", 7_200.0, StreamHold(30 * DAY_S))
    assert [each.lambda_id for each in files.subscriptions] == sorted([stage.first, stage.second])
    assert {each.lambda_id: each.after for each in files.subscriptions}[stage.second] == (stage.first,)
    assert declared.covers(files.changed_at_us)
    assert declared.covers(files.seen_at_us[stage.first])
    assert (files.compared_at_us, other.subscriptions) == (0, ())


@EVENT_HOLDS.idea
async def what_is_declared_again_has_not_changed_and_what_is_retired_has(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, LONGEST)
    before = await _held(scene)
    await scene.advance(100.0)
    await Stage.of(scene)
    assert (await _held(scene)).changed_at_us == before.changed_at_us
    async with scene.span() as retired:
        await scene.store.subscriptions.declare(scene.namespace_id, {}, [stage.first])
    gone = await _held(scene)
    assert retired.covers(gone.changed_at_us)
    assert gone.subscriptions == ()
    await scene.advance(100.0)
    async with scene.span() as back:
        await Stage.of(scene)
    assert back.covers((await _held(scene)).changed_at_us), "its rows were parked meanwhile"


@EVENT_HOLDS.idea
async def who_is_served_was_seen(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0)
    await scene.store.event_holds.seen([stage.first])
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, LONGEST)
    declared = (await _held(scene)).seen_at_us
    await scene.advance(1_000.0)
    async with scene.span() as span:
        await scene.store.event_holds.seen([stage.first])
    await scene.store.event_holds.seen([])
    assert span.covers((await _held(scene)).seen_at_us[stage.first])
    assert (await _held(scene)).seen_at_us[stage.second] == declared[stage.second]
    await scene.advance(1_000.0)
    async with scene.span() as later:
        await scene.store.event_holds.seen([stage.first, stage.second])
    assert all(later.covers(each) for each in (await _held(scene)).seen_at_us.values())


@EVENT_HOLDS.idea
async def only_a_full_pass_that_has_ended_has_compared_all(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await scene.store.streams.keep(scene.namespace_id, "files", 0.0, LONGEST)
    refreshes = scene.store.refreshes
    wishes = [RefreshWish(stage.stream_id, loop, 7) for loop in RefreshLoop]
    begun_us = {}
    for loop in (RefreshLoop.RECENT, RefreshLoop.FULL):
        await refreshes.next_step_in_s(wishes)
        step = await refreshes.take(wishes, "one", 60.0)
        assert step is not None
        assert step.loop is loop
        begun_us[loop] = step.began_at_us
        assert (await _held(scene)).compared_at_us == 0, f"{loop} is under way"
        await scene.advance(5.0)
        await refreshes.note(step, "one", StepDone(b"m", PassCount(), is_end=True, pause_s=1_000.0))
    assert (await _held(scene)).compared_at_us == begun_us[RefreshLoop.FULL]


@EVENT_HOLDS.idea
async def what_rows_that_wait_or_run_have_not_passed_is_needed(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for status in (Status.NEW, Status.ENQUEUED, Status.HELD, Status.CLAIMED, Status.PROCESSING, Status.IDLE):
        subject = f"is {status}"
        first, second = await _published(scene, stage, subject)
        await scene.advance(10.0)
        cursor = first.sequence if status is not Status.IDLE else second.sequence
        await _row(scene, stage, status, subject, cursor, second.sequence)
        expected = second.appended_at_us if status is not Status.IDLE else second.appended_at_us + 5
        assert await _needed(scene, stage, second.appended_at_us + 5) == expected, subject
        assert await _needed(scene, stage, second.appended_at_us) == second.appended_at_us, "none before"
        if status is not Status.IDLE:
            await _remove(scene, stage, subject)


@EVENT_HOLDS.idea
async def others_rows_need_nothing_of_a_subscription(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 0)
    _, second = await _published(scene, stage, SUBJECT)
    await stage.make(stage.new(second.sequence, of=stage.second))
    later_us = second.appended_at_us + 5
    assert await scene.store.event_holds.needed_from(stage.stream_id, [stage.first], later_us) == later_us
    assert await scene.store.event_holds.needed_from(stage.stream_id, [], later_us) == later_us
    both = [stage.first, stage.second]
    assert await scene.store.event_holds.needed_from(stage.stream_id, both, later_us) < later_us


@EVENT_HOLDS.idea
async def a_blocked_subject_loses_its_events_as_dead_letters_and_goes_on(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 1)
    old = await _published(scene, stage, SUBJECT, 3)
    await scene.advance(100.0)
    (young,) = await _published(scene, stage, SUBJECT, 1)
    await _blocked_at(stage, old[0], young.sequence)
    await stage.make(stage.new(0, old[0].sequence - 1, of=stage.second))
    await scene.advance(1.0)
    wish = GiveUp(await _subscription(scene, stage), await scene.now_us(), young.appended_at_us)
    async with scene.span() as span:
        assert await scene.store.event_holds.give_up(wish, 10) == GivenUp(1, 2)
    row = await stage.row()
    assert (row.cursor, row.head) == (old[2].sequence, young.sequence)
    assert (row.trigger.status, row.trigger.held_for) == (Status.NEW, "")
    letters = {each.letter.event: each for each in await scene.store.cursors.letters(stage.first, b"", 10)}
    assert set(letters) == set(old), "each with all that it held"
    assert [letters[each].letter.reason for each in old] == ["budget", EXPIRED, EXPIRED]
    assert letters[old[0]].letter.failure == FAILURE, "what is known of the dead one stays"
    assert not any(each.letter.blocks for each in letters.values())
    assert span.covers(letters[old[1]].died_at_us)
    (line,) = await scene.store.cursors.orders(stage.first, 10)
    assert (line.kind, line.sequence, line.who) == (CursorOrderKind.SKIP, old[2].sequence, GIVEN_UP_BY)
    assert "3 events" in line.reason
    second = await stage.row(of=stage.second)
    assert (second.head, second.trigger.status) == (old[2].sequence, Status.NEW), "what goes after it follows"
    assert await scene.store.event_holds.give_up(wish, 10) == GivenUp()


@EVENT_HOLDS.idea
async def a_blocked_subject_that_has_lost_all_is_idle(scene: Scene) -> None:
    stage = await Stage.of(scene)
    old = await _published(scene, stage, SUBJECT)
    await _blocked_at(stage, old[0], old[1].sequence)
    await scene.advance(1.0)
    wish = GiveUp(await _subscription(scene, stage), await scene.now_us(), await scene.now_us())
    assert (await scene.store.event_holds.give_up(wish, 10)).subjects == 1
    row = await stage.row()
    assert (row.cursor, row.trigger.status) == (old[1].sequence, Status.IDLE)
    (more,) = await _published(scene, stage, SUBJECT, 1)
    await stage.rise(more.sequence)
    assert await stage.status() is Status.ENQUEUED


@EVENT_HOLDS.idea
async def only_what_was_blocked_for_long_and_has_old_events_loses(scene: Scene) -> None:
    stage = await Stage.of(scene)
    old = await _published(scene, stage, "long")
    await _blocked_at(stage, old[0], old[1].sequence, "long")
    await scene.advance(5.0)
    between_us = await scene.now_us()
    await scene.advance(5.0)
    late = await _published(scene, stage, "late")
    await _blocked_at(stage, late[0], late[1].sequence, "late")
    failing = await _published(scene, stage, "failing")
    await _row(scene, stage, Status.NEW, "failing", 0, failing[1].sequence)
    subscription = await _subscription(scene, stage)
    now_us = await scene.now_us() + 1_000_000
    none_older = GiveUp(subscription, now_us, old[0].appended_at_us)
    assert await scene.store.event_holds.give_up(none_older, 10) == GivenUp()
    assert (await scene.store.event_holds.give_up(GiveUp(subscription, between_us, now_us), 10)).subjects == 1
    assert [await stage.status(each) for each in ("long", "late")] == [Status.IDLE, Status.HELD]
    assert await stage.status("failing") is Status.NEW
    assert (await stage.row("failing")).cursor == 0


@EVENT_HOLDS.idea
async def what_was_never_wanted_is_no_dead_letter(scene: Scene) -> None:
    stage = await Stage.of(scene)
    old = await _published(scene, stage, SUBJECT, 3)
    await _blocked_at(stage, old[0], old[2].sequence)
    subscription = await _subscription(scene, stage)
    spec = SubscriptionSpec("files", wanted=EventFilter(types=("deleted",)))
    picky = structs.replace(subscription, spec=spec)
    await scene.advance(1.0)
    now_us = await scene.now_us()
    assert await scene.store.event_holds.give_up(GiveUp(picky, now_us, now_us), 10) == GivenUp(1, 0)
    assert len(await scene.store.cursors.letters(stage.first, b"", 10)) == 1
    assert (await stage.row()).cursor == old[2].sequence


@EVENT_HOLDS.idea
async def who_has_much_to_lose_stays_blocked_until_all_of_it_is_a_letter(scene: Scene) -> None:
    stage = await Stage.of(scene)
    first = await _published(scene, stage, SUBJECT, 600)
    every = first + await _published(scene, stage, SUBJECT, 600)
    await _blocked_at(stage, every[0], every[-1].sequence)
    await scene.advance(1.0)
    now_us = await scene.now_us()
    wish = GiveUp(await _subscription(scene, stage), now_us, now_us)
    assert await scene.store.event_holds.give_up(wish, 10) == GivenUp(1, 999)
    assert await stage.status() is Status.HELD
    assert await scene.store.event_holds.give_up(wish, 10) == GivenUp(1, 200)
    assert (await stage.row()).cursor == every[-1].sequence
    assert await stage.status() is Status.IDLE


@EVENT_HOLDS.idea
async def the_longest_blocked_lose_first(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for subject in ("first", "second"):
        old = await _published(scene, stage, subject)
        await _blocked_at(stage, old[0], old[1].sequence, subject)
        await scene.advance(1.0)
    wish = GiveUp(await _subscription(scene, stage), await scene.now_us(), await scene.now_us())
    assert (await scene.store.event_holds.give_up(wish, 1)).subjects == 1
    assert [await stage.status(each) for each in ("first", "second")] == [Status.IDLE, Status.HELD]
    lines: list[CursorOrderLine] = await scene.store.cursors.orders(stage.first, 10)
    assert [line.subject for line in lines] == ["first"]


async def _held(scene: Scene) -> HeldStream:
    (held,) = await scene.store.event_holds.held()
    return held


async def _subscription(scene: Scene, stage: Stage) -> Subscription:
    (found,) = [each for each in await scene.store.subscriptions.all() if each.lambda_id == stage.first]
    return found


async def _needed(scene: Scene, stage: Stage, before_us: int) -> int:
    return await scene.store.event_holds.needed_from(stage.stream_id, [stage.first], before_us)


async def _published(scene: Scene, stage: Stage, subject: str, count: int = 2) -> list[StoredEvent]:
    """Events of a subject, each stored a moment after the one before it where they are few."""
    known = await events_of(scene, stage.stream_id, subject)
    if count < 10:
        for _ in range(count):
            await append(scene, event(stage.stream_id, subject))
            await scene.advance(0.001)
    else:
        await append(scene, *[event(stage.stream_id, subject)] * count)
    return await events_of(scene, stage.stream_id, subject, known[-1].sequence if known else 0)


async def _row(scene: Scene, stage: Stage, status: Status, subject: str, cursor: int, head: int) -> None:
    """A row in a status, with a cursor."""
    waits = status in {Status.NEW, Status.IDLE}
    await stage.make(stage.new(head, cursor, subject), room=not waits)
    if waits or status is Status.ENQUEUED:
        return
    claimed = await stage.claim(subject)
    if status is Status.HELD:
        await stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED))
    elif status is Status.PROCESSING:
        await scene.store.transitions.heartbeat([Beat(claimed.id, claimed.claim, started=True)], 60.0)


async def _remove(scene: Scene, stage: Stage, subject: str) -> None:
    """The row needs nothing any more."""
    row = await stage.row(subject)
    if row.trigger.status in {Status.CLAIMED, Status.PROCESSING}:
        await stage.apply(Settle(row.trigger.id, row.trigger.claim, Event.CAUGHT_UP, row.head))
    else:
        order = CursorOrder(CursorOrderKind.SKIP, row.trigger.id, row.head, row.cursor, "ada", "")
        assert await scene.store.cursors.obey(order)


async def _blocked_at(stage: Stage, dead: StoredEvent, head: int, subject: str = SUBJECT) -> None:
    """A row that is blocked by its first event."""
    await stage.make(stage.new(head, dead.sequence - 1, subject))
    await stage.scene.enqueue_all()
    claimed = await stage.claim(subject)
    letter = EventLetter(dead, 3, 0, True, "budget", FAILURE)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED, letter=letter))
