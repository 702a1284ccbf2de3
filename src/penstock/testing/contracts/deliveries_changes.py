# ruff: noqa: D103 - the name of an idea is its sentence
"""The ends of claims: the fence, the cursor, what is tried again, what is dead."""

from penstock.model.delivery import aside_id
from penstock.model.delivery_row import Advance, EventLetter, Part, SetAside, Settle
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.lifecycle import DELIVERY_MATRIX, HELD_FOR_DEAD_EVENT, OWNED, Event, Status
from penstock.model.subscription import EventFilter, SubscriptionSpec
from penstock.model.work import Beat
from penstock.testing.contracts.delivery_scene import FAILURE, SUBJECT, Stage, ids_of, plenty
from penstock.testing.contracts.scene import LEASE_S, Scene
from penstock.testing.contracts.store_suites import DELIVERIES

ENDS = (
    Event.CAUGHT_UP,
    Event.BLOCKED,
    Event.PARKED,
    Event.RAISED,
    Event.RELEASE,
    Event.LEASE_LOST,
    Event.CRASHED_ALONE,
    Event.CRASHED_IN_COMPANY,
)


@DELIVERIES.idea
async def a_claim_says_what_is_to_be_handed_over_and_raises_the_fence(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=9, start=4))
    async with scene.span() as span:
        claimed = await stage.claim()
    assert (claimed.id, claimed.claim, claimed.lane) == (stage.id(), 1, scene.lane)
    assert (claimed.cursor, claimed.head, claimed.batch_limit) == (4, 9, 0)
    assert (claimed.attempts, claimed.crashes, claimed.suspect) == (0, 0, False)
    assert (claimed.stream_id, claimed.subject) == (stage.stream_id, SUBJECT)
    assert claimed.subject_hash == hash_of_subject(SUBJECT)
    assert span.covers((await stage.row()).trigger.trigger_at_us, LEASE_S)
    assert await stage.deliveries.claim([stage.id(), stage.id()], LEASE_S) == []


@DELIVERIES.idea
async def a_claim_tells_when_subscriptions_are_others(scene: Scene) -> None:
    stage = await Stage.of(scene)
    editions = []
    for subject, types in (("a", ()), ("b", ()), ("c", ("moved",)), ("d", ("moved",)), ("e", ())):
        spec = SubscriptionSpec("files", start_at_us=0, wanted=EventFilter(types))
        if subject not in ("b", "d"):
            await scene.store.subscriptions.declare(scene.namespace_id, {stage.first: spec}, [])
        editions.append((await stage.claimed(head=9, subject=subject)).edition)
    assert editions[0] == editions[1] != editions[2] == editions[3] != editions[4]
    await scene.store.subscriptions.declare(scene.namespace_id, {}, [stage.first])
    assert (await stage.claimed(head=9, subject="f")).edition not in editions


@DELIVERIES.idea
async def success_moves_the_cursor_and_the_row_rests(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9, start=4)
    async with scene.span() as span:
        raised = await stage.done(claimed)
    assert (raised.references, raised.waiting) == ({}, frozenset())
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status, row.trigger.claim) == (9, 9, Status.IDLE, 1)
    assert span.covers(row.since_us)


@DELIVERIES.idea
async def what_was_not_looked_at_yet_follows(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9)
    raised = await stage.done(claimed, 6)
    assert raised.waiting == {scene.lane}
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status) == (6, 9, Status.NEW)
    assert await scene.enqueue_all() == [stage.id()]
    second = await stage.claim()
    assert (second.claim, second.cursor, second.head) == (2, 6, 9)


@DELIVERIES.idea
async def what_is_left_goes_on_at_once_where_its_lane_is_known_and_has_room(scene: Scene) -> None:
    stage = await Stage.of(scene)
    first = await stage.claimed(head=9)
    raised = await stage.apply(Advance(first.id, 1, 6, lane=first.lane))
    assert (ids_of(raised), raised.waiting) == ([first.id], frozenset())
    second = await stage.claim()
    assert (second.claim, second.cursor, second.head) == (2, 6, 9)
    raised = await stage.apply(Advance(first.id, 2, 8, lane=first.lane), room=False)
    assert (ids_of(raised), raised.waiting, await stage.status()) == ([], frozenset([scene.lane]), Status.NEW)
    await scene.enqueue_all()
    await stage.claim()
    raised = await stage.apply(Advance(first.id, 3, 9, lane=first.lane))
    assert (ids_of(raised), raised.waiting, await stage.status()) == ([], frozenset(), Status.IDLE)


@DELIVERIES.idea
async def a_cursor_never_passes_the_head_and_never_moves_back(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.done(await stage.claimed(head=9, start=4), 10**18)
    assert (await stage.row()).cursor == 9
    await stage.done(await stage.claimed(head=9, start=4, subject="b"), 2)
    row = await stage.row("b")
    assert (row.cursor, row.trigger.status) == (4, Status.NEW)


@DELIVERIES.idea
async def a_stale_claim_changes_nothing(scene: Scene) -> None:
    stage = await Stage.of(scene)
    first = await stage.claimed(head=9)
    await stage.apply(Settle(first.id, 1, Event.RELEASE))
    await scene.enqueue_all()
    await stage.claim()
    await stage.refused(Advance(first.id, 1, 9))
    await stage.refused(Settle(first.id, 1, Event.RAISED))
    await stage.refused(Advance(first.id, 3, 9))
    other = await scene.store.registry.namespace("other")
    await stage.refused(Advance(first.id, 2, 9, namespace_id=other))
    await stage.refused(Settle(first.id, 2, Event.RAISED, namespace_id=other))
    await stage.apply(Advance(first.id, 2, 9, namespace_id=scene.namespace_id))
    await stage.refused(Advance(first.id, 2, 9))


@DELIVERIES.idea
async def every_end_is_possible_of_owned_rows_only(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for status in DELIVERY_MATRIX:
        for event in ENDS:
            subject = f"{status.name} {event.name}"
            task_id, claim = await stage.row_that_is(status, subject)
            change = Settle(task_id, claim, event, upto=7)
            if status not in OWNED:
                await stage.refused(change)
                continue
            await stage.apply(change)
            row = await stage.row(subject)
            assert row.trigger.status is DELIVERY_MATRIX[status][event], subject
            assert row.cursor == 7, subject


@DELIVERIES.idea
async def counters_become_what_they_are_told_or_stay(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9)
    async with scene.span() as span:
        await stage.apply(
            Settle(
                claimed.id,
                1,
                Event.RAISED,
                3,
                1,
                tried=5,
                attempts=2,
                crashes=1,
                lapses=4,
                suspect=True,
                delay_us=60_000_000,
            )
        )
    row = await stage.row()
    assert (row.cursor, row.batch_limit, row.tried) == (3, 1, 5)
    trigger = row.trigger
    assert (trigger.attempts, trigger.crashes, trigger.lapses, trigger.suspect) == (2, 1, 4, True)
    assert trigger.status is Status.RETRIABLE_FAILURE
    assert span.covers(trigger.trigger_at_us, 60.0)
    assert await scene.enqueue_all() == []
    await scene.advance(61.0)
    batch = await scene.store.due_work.enqueue_due({scene.lane: 9}, ((0, 1023),), 5.0)
    assert [reference.alone for reference in batch.references[scene.lane]] == [True]
    again = await stage.claim()
    assert (again.batch_limit, again.attempts, again.crashes, again.suspect) == (1, 2, 1, True)
    await stage.apply(Settle(again.id, 2, Event.RELEASE))
    kept = await stage.row()
    assert (kept.batch_limit, kept.tried, kept.trigger.attempts, kept.trigger.suspect) == (1, 5, 2, True)


@DELIVERIES.idea
async def success_forgives_and_batches_grow_again(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=100)
    await stage.apply(Settle(claimed.id, 1, Event.RAISED, 0, 3, 5, 2, 1, 4, suspect=True))
    for number, limit in ((2, 6), (3, 12)):
        await scene.enqueue_all()
        await stage.done(await stage.claim(), number)
        row = await stage.row()
        assert (row.batch_limit, row.tried) == (limit, 0)
        trigger = row.trigger
        assert (trigger.attempts, trigger.crashes, trigger.lapses, trigger.suspect) == (0, 0, 0, False)
    await scene.enqueue_all()
    await stage.apply(Settle(stage.id(), (await stage.claim()).claim, Event.RAISED))
    assert (await stage.row()).batch_limit == 12


@DELIVERIES.idea
async def a_blocked_subject_waits_for_somebody(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9)
    await stage.apply(Settle(claimed.id, 1, Event.BLOCKED, 3))
    row = await stage.row()
    assert (row.cursor, row.trigger.status, row.trigger.held_for) == (3, Status.HELD, HELD_FOR_DEAD_EVENT)
    assert (await stage.rise(12)).references == {}
    await scene.advance(10_000.0)
    assert await scene.enqueue_all() == []
    assert await scene.store.due_work.free_held(HELD_FOR_DEAD_EVENT, [stage.first], 10) == 1
    assert await scene.enqueue_all() == [stage.id()]
    assert (await stage.claim()).head == 12


@DELIVERIES.idea
async def a_dead_event_is_kept_with_the_end_of_its_claim(scene: Scene) -> None:
    stage = await Stage.of(scene)
    event = StoredEvent(SUBJECT, hash_of_subject(SUBJECT), 5, 1_700_000_000_000_000, "changed", b"\x00\xff")
    letter = EventLetter(event, 3, 1, True, "budget", FAILURE, "host/1")
    claimed = await stage.claimed(head=9)
    line = stage.line(claimed, Event.RAISED)
    await stage.apply(Settle(claimed.id, 1, Event.BLOCKED, 4, history=line, letter=letter))
    assert [(each.ending, each.failure) for each in await scene.under_test.history(claimed.id)] == [
        (Event.RAISED, FAILURE)
    ]
    assert (await stage.row()).cursor == 4


@DELIVERIES.idea
async def what_a_row_went_on_after_is_told_for_a_part_of_its_subject(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for subject, sequence, blocks in ((SUBJECT, 5, False), (SUBJECT, 7, False), (SUBJECT, 8, True), ("b", 6, False)):
        event = StoredEvent(subject, hash_of_subject(subject), sequence, 1_700_000_000_000_000, "changed", b"")
        letter = EventLetter(event, 1, 0, blocks, "fatal", FAILURE, "host/1")
        if sequence in (5, 6):
            await stage.make(stage.new(head=9, subject=subject))
        else:
            await scene.enqueue_all()
        claimed = await stage.claim(subject)
        end = Event.BLOCKED if blocks else Event.CAUGHT_UP
        await stage.apply(Settle(claimed.id, claimed.claim, end, sequence - blocks, letter=letter))
    own, nobody = stage.id(), stage.id("nobody has it")
    asked = [Part(own, 0, 9), Part(own, 5, 9), Part(own, 4, 6), Part(nobody, 0, 9), Part(stage.id("b"), 0, 9)]
    told = await stage.deliveries.standing(asked)
    assert [each.given_up for each in told] == [{5, 7}, {7}, {5}, frozenset(), {6}]
    assert [each.cursor for each in told] == [7, 7, 7, 0, 6]
    assert await stage.deliveries.standing([]) == []


@DELIVERIES.idea
async def a_lapse_is_refused_when_the_lease_was_renewed(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9)
    seen_us = (await stage.row()).trigger.trigger_at_us
    await scene.advance(1.0)
    await scene.store.transitions.heartbeat([Beat(claimed.id, 1, started=True)], LEASE_S)
    await stage.refused(Settle(claimed.id, 1, Event.LEASE_LOST, seen_trigger_at_us=seen_us))
    now_us = (await stage.row()).trigger.trigger_at_us
    await stage.apply(Settle(claimed.id, 1, Event.LEASE_LOST, seen_trigger_at_us=now_us))
    assert await stage.status() is Status.NEW


@DELIVERIES.idea
async def a_parked_row_stays_where_it_is_and_is_moved_on_by_the_next_word(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(head=9, start=4)
    raised = await stage.apply(Settle(claimed.id, 1, Event.PARKED))
    assert (raised.references, raised.waiting) == ({}, frozenset())
    row = await stage.row()
    assert (row.cursor, row.head, row.trigger.status) == (4, 9, Status.IDLE)
    assert (await stage.rise(9)).references != {}


@DELIVERIES.idea
async def changes_of_many_rows_are_told_apart(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claims = [await stage.claimed(5, subject=f"s{n}") for n in range(4)]
    moved = await stage.deliveries.apply(
        [
            Advance(claims[0].id, 1, 5),
            Settle(claims[1].id, 9, Event.RAISED),
            Settle(claims[2].id, 1, Event.RAISED),
            Advance(claims[3].id, 9, 5),
        ],
        plenty,
    )
    assert moved.held == [True, False, True, False]


@DELIVERIES.idea
async def what_is_set_aside_is_tried_apart_and_its_subject_goes_on(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9, start=2)
    aside = SetAside(aside_id(claimed.id, 3), 3, 1, 2, suspect=True, delay_us=60_000_000)
    change = Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, 3, tried=0, attempts=0, aside=aside)
    async with scene.span() as span:
        raised = await stage.apply(change)
    main = await stage.row()
    assert (main.cursor, main.head, main.trigger.status) == (3, 9, Status.NEW)
    assert raised.waiting == {scene.lane}
    made = await stage.deliveries.read([aside.id])
    assert list(made) == [aside.id], "it is in one place or in the other"
    row = made[aside.id]
    assert (row.cursor, row.head, row.tried) == (2, 3, 3)
    assert (row.stream_id, row.subject, row.subject_hash) == (main.stream_id, main.subject, main.subject_hash)
    assert (row.namespace_id, row.trigger.lane) == (main.namespace_id, scene.lane)
    assert (row.trigger.status, row.trigger.attempts, row.trigger.crashes) == (Status.RETRIABLE_FAILURE, 1, 2)
    assert row.trigger.suspect
    assert span.covers(row.trigger.trigger_at_us, plus_s=60.0)
    await stage.refused(change)
    assert await scene.enqueue_all() == [claimed.id]
    await scene.advance(61.0)
    assert await scene.enqueue_all() == [aside.id]
    (apart,) = await stage.deliveries.claim([aside.id], LEASE_S)
    assert (apart.cursor, apart.head, apart.attempts, apart.subject) == (2, 3, 1, claimed.subject)
    await stage.done(apart)
    assert (await stage.deliveries.read([aside.id]))[aside.id].trigger.status is Status.IDLE
    assert (await stage.row()).cursor == 3, "its subject's row is another one"


@DELIVERIES.idea
async def what_was_set_aside_before_stays_as_it_is(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9, start=2)
    aside = SetAside(aside_id(claimed.id, 3), 3, 4, 0, suspect=False, delay_us=0)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, 3, aside=aside))
    before = await stage.deliveries.read([aside.id])
    await scene.enqueue_all()
    again = await stage.claim()
    await scene.advance(1.0)
    fewer = SetAside(aside.id, 3, 1, 0, suspect=False, delay_us=9)
    await stage.apply(Settle(again.id, again.claim, Event.CAUGHT_UP, 4, aside=fewer))
    row = (await stage.deliveries.read([aside.id]))[aside.id]
    assert row.trigger.attempts == before[aside.id].trigger.attempts == 4
