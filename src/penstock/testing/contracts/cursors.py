# ruff: noqa: D103 - the name of an idea is its sentence
"""The cursors as those see them who look after them, and what they order about events."""

from msgspec import structs

from penstock.model.cursors import CursorCount, CursorOrder, CursorOrderKind
from penstock.model.delivery_row import EventLetter, Settle
from penstock.model.event import StoredEvent, hash_of_subject
from penstock.model.identity import TaskId
from penstock.model.lifecycle import HELD_FOR_DEAD_EVENT, Event, Status
from penstock.testing.contracts.delivery_scene import FAILURE, Stage
from penstock.testing.contracts.scene import Scene
from penstock.testing.contracts.store_suites import CURSORS


@CURSORS.idea
async def who_has_come_far_enough_is_not_told_of(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=5, start=5, subject="done"), stage.new(head=9, start=9, subject="beyond"))
    ids = [stage.id("done"), stage.id("beyond")]
    assert await scene.store.cursors.behind(ids, [5, 7]) == []
    assert await scene.store.cursors.behind([], []) == []


@CURSORS.idea
async def who_is_behind_is_told_with_its_place_in_the_question(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=5, start=5, subject="done"), stage.new(head=5, start=5, subject="unheard"))
    claimed = await stage.claimed(9, start=4, subject="failed")
    await stage.apply(Settle(claimed.id, claimed.claim, Event.RAISED, attempts=3, crashes=1, delay_us=1_000_000))
    await scene.advance(60.0)
    ids = [stage.id(each) for each in ("done", "nobody made it", "unheard", "failed")]
    missing, unheard, failed = await scene.store.cursors.behind(ids, [5, 1, 6, 9])
    assert (missing.number, missing.is_missing) == (1, True)
    assert (unheard.number, unheard.is_missing, unheard.cursor, unheard.head) == (2, False, 5, 5)
    assert (unheard.status, unheard.held_for) == (Status.IDLE, "")
    assert (failed.number, failed.cursor, failed.head, failed.status) == (3, 4, 9, Status.RETRIABLE_FAILURE)
    assert (failed.attempts, failed.crashes, failed.lapses) == (3, 1, 0)
    assert 60_000_000 <= failed.stands_us < 120_000_000


@CURSORS.idea
async def who_waits_for_somebody_says_so(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED))
    (blocked,) = await scene.store.cursors.behind([stage.id()], [9])
    assert (blocked.status, blocked.held_for) == (Status.HELD, HELD_FOR_DEAD_EVENT)


@CURSORS.idea
async def what_rows_wait_for_is_counted(scene: Scene) -> None:
    stage = await Stage.of(scene)
    owned = (Status.HELD, Status.CLAIMED, Status.PROCESSING, Status.RETRIABLE_FAILURE)
    for status in (*owned, Status.NEW, Status.ENQUEUED, Status.IDLE):
        await stage.row_that_is(status, f"is {status}")
    await scene.advance(60.0)
    count, other = await scene.store.cursors.counts([stage.first, stage.second])
    assert (count.lambda_id, count.waiting, count.running, count.failed) == (stage.first, 2, 2, 1)
    assert (count.blocked, count.gated, count.letters) == (1, 0, 0)
    assert 60_000_000 <= count.longest_us < 120_000_000
    assert other == CursorCount(stage.second)
    assert await scene.store.cursors.counts([]) == []


@CURSORS.idea
async def the_slowest_come_first(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await stage.make(stage.new(head=5, start=5, subject="idle"))
    for subject in ("oldest", "older", "young"):
        await stage.make(stage.new(9, subject=subject))
        await scene.advance(10.0)
    await stage.claim("older")
    slow = await scene.store.cursors.slowest(stage.first, 10)
    assert [each.row.subject for each in slow] == ["oldest", "older", "young"]
    assert slow[0].stands_us >= 30_000_000
    assert [each.row.subject for each in await scene.store.cursors.slowest(stage.first, 1)] == ["oldest"]
    assert await scene.store.cursors.slowest(stage.second, 10) == []
    (idle,) = await scene.store.cursors.rows([stage.id("idle"), stage.id("nobody")])
    assert (idle.row.subject, idle.row.trigger.status) == ("idle", Status.IDLE)


@CURSORS.idea
async def dead_events_are_told_the_latest_first(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await _blocked(stage, "a", 3)
    await scene.advance(1.0)
    await _blocked(stage, "b", 7)
    letters = await scene.store.cursors.letters(stage.first, b"", 10)
    assert [(each.letter.event.subject, each.letter.event.sequence) for each in letters] == [("b", 7), ("a", 3)]
    assert letters[0].letter == _letter("b", 7)
    assert letters[0].died_at_us > letters[1].died_at_us
    assert [each.letter.event.subject for each in await scene.store.cursors.letters(stage.first, b"", 1)] == ["b"]
    only = await scene.store.cursors.letters(stage.first, hash_of_subject("a"), 10)
    assert [each.letter.event.subject for each in only] == ["a"]
    assert await scene.store.cursors.letters(stage.second, b"", 10) == []


@CURSORS.idea
async def a_dead_event_that_is_skipped_counts_as_done(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await _blocked(stage, "a", 3)
    order = CursorOrder(CursorOrderKind.SKIP, stage.id("a"), 3, 2, "ada", "it is broken")
    async with scene.span() as span:
        assert await scene.store.cursors.obey(order)
    row = await stage.row("a")
    assert (row.cursor, row.head, row.trigger.status, row.trigger.held_for) == (3, 9, Status.NEW, "")
    assert (row.trigger.attempts, row.batch_limit) == (0, 0)
    (line,) = await scene.store.cursors.orders(stage.first, 10)
    assert (line.kind, line.subject, line.sequence) == (CursorOrderKind.SKIP, "a", 3)
    assert (line.who, line.reason) == ("ada", "it is broken")
    assert span.covers(line.at_us)
    (letter,) = await scene.store.cursors.letters(stage.first, b"", 10)
    assert not letter.letter.blocks, "it is kept, and blocks no more"
    assert not await scene.store.cursors.obey(order), "its cursor has moved"
    assert len(await scene.store.cursors.orders(stage.first, 10)) == 1
    assert await scene.enqueue_all() == [stage.id("a")]


@CURSORS.idea
async def any_event_that_waits_can_be_skipped_and_none_that_runs(scene: Scene) -> None:
    stage = await Stage.of(scene)
    for status in (Status.NEW, Status.ENQUEUED, Status.RETRIABLE_FAILURE, Status.HELD):
        task_id, _ = await stage.row_that_is(status, f"is {status}")
        assert await scene.store.cursors.obey(_skip(task_id, 3, 0))
        row = await stage.row(f"is {status}")
        assert (row.cursor, row.trigger.status) == (3, Status.NEW)
        assert await scene.store.cursors.obey(_skip(task_id, 7, 3))
        row = await stage.row(f"is {status}")
        assert (row.cursor, row.head, row.trigger.status) == (7, 7, Status.IDLE), "nothing is left"
    for status in (Status.CLAIMED, Status.PROCESSING, Status.IDLE):
        task_id, _ = await stage.row_that_is(status, f"is {status}")
        assert not await scene.store.cursors.obey(_skip(task_id, 7, 0))
    assert not await scene.store.cursors.obey(_skip(stage.id("nobody made it"), 7, 0))


@CURSORS.idea
async def what_goes_after_a_skipped_event_follows(scene: Scene) -> None:
    stage = await Stage.of(scene, 0, 1)
    await stage.make(stage.new(9), stage.new(0, of=stage.second))
    assert (await stage.row(of=stage.second)).head == 0
    assert await scene.store.cursors.obey(_skip(stage.id(), 4, 0))
    second = await stage.row(of=stage.second)
    assert (second.head, second.trigger.status) == (4, Status.NEW)


@CURSORS.idea
async def a_dead_event_is_tried_anew_and_alone(scene: Scene) -> None:
    stage = await Stage.of(scene)
    await _blocked(stage, "a", 3)
    order = CursorOrder(CursorOrderKind.REDRIVE, stage.id("a"), 3, 2, "ada", "repaired")
    assert not await scene.store.cursors.obey(structs.replace(order, sequence=4)), "that one is not dead"
    assert not await scene.store.cursors.obey(structs.replace(order, cursor=1)), "somebody looked too long ago"
    assert await scene.store.cursors.obey(order)
    row = await stage.row("a")
    assert (row.cursor, row.head, row.trigger.status, row.trigger.held_for) == (2, 9, Status.NEW, "")
    assert (row.trigger.attempts, row.tried, row.batch_limit) == (0, 0, 1)
    assert await scene.store.cursors.letters(stage.first, b"", 10) == []
    assert [line.kind for line in await scene.store.cursors.orders(stage.first, 10)] == [CursorOrderKind.REDRIVE]
    assert not await scene.store.cursors.obey(order)


@CURSORS.idea
async def a_dead_event_that_was_passed_over_is_not_tried_in_its_place(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(9, start=2)
    letter = structs.replace(_letter(claimed.subject, 3), blocks=False)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, 3, letter=letter))
    assert not await scene.store.cursors.obey(CursorOrder(CursorOrderKind.REDRIVE, claimed.id, 3, 3, "ada", ""))
    assert len(await scene.store.cursors.letters(stage.first, b"", 10)) == 1


@CURSORS.idea
async def idle_rows_are_forgotten_and_no_others(scene: Scene) -> None:
    stage, cursors = await Stage.of(scene), scene.store.cursors
    await stage.make(stage.new(5, start=5, subject="idle"), stage.new(5, start=5, subject="raised"))
    await stage.row_that_is(Status.ENQUEUED, "enqueued")
    await scene.advance(100.0)
    page = {row.subject: row for row in await cursors.page(TaskId(bytes(16)), 10)}
    assert list(page) == sorted(page, key=stage.id)
    assert {subject: row.idle_us >= 100_000_000 for subject, row in page.items()} == {
        "idle": True,
        "raised": True,
        "enqueued": False,
    }
    first = min(page.values(), key=lambda row: row.id)
    assert [row.id for row in await cursors.page(TaskId(bytes(16)), 1)] == [first.id]
    assert first.id not in {row.id for row in await cursors.page(first.id, 10)}
    await stage.rise(6, "raised")
    assert await cursors.forget([structs.replace(page["idle"], cursor=4)]) == 0, "it has moved meanwhile"
    assert await cursors.forget(list(page.values())) == 1
    assert [row.subject for row in await cursors.page(TaskId(bytes(16)), 10)] == [
        subject for subject in page if subject != "idle"
    ]


@CURSORS.idea
async def a_row_that_tells_of_dead_events_stays(scene: Scene) -> None:
    stage = await Stage.of(scene)
    claimed = await stage.claimed(3, start=2)
    letter = structs.replace(_letter(claimed.subject, 3), blocks=False)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.CAUGHT_UP, 3, letter=letter))
    (row,) = await scene.store.cursors.page(TaskId(bytes(16)), 10)
    assert row.idle_us == -1


def _skip(task_id: TaskId, sequence: int, cursor: int) -> CursorOrder:
    return CursorOrder(CursorOrderKind.SKIP, task_id, sequence, cursor, "ada", "")


def _letter(subject: str, sequence: int) -> EventLetter:
    event = StoredEvent(subject, hash_of_subject(subject), sequence, 1_700_000_000_000_000, "changed", b"data")
    return EventLetter(event, 5, 1, True, "budget", FAILURE, "host/1")


async def _blocked(stage: Stage, subject: str, sequence: int) -> None:
    claimed = await stage.claimed(9, start=sequence - 1, subject=subject)
    letter = _letter(subject, sequence)
    await stage.apply(Settle(claimed.id, claimed.claim, Event.BLOCKED, sequence - 1, batch_limit=1, letter=letter))
