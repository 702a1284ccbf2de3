"""Completed events are handed over again: what may be asked, and what comes of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.replay import ReplayDesk
from penstock.frontend.replay_calls import ReplayCall
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.model.cursors import CursorOrderKind
from penstock.model.delivery import replay_id
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.lifecycle import HELD_FOR_REPLAY, Event, Status
from penstock.model.policy import LambdaPolicy
from penstock.model.subscription import EventFilter, Order, SubscriptionSpec, WhenDead
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences
from tests.layers.test_frontend_cursors import Desks, order

if TYPE_CHECKING:
    from penstock.frontend.replay_calls import Replayed
    from penstock.model.lane import LambdaId

SKIPS = structs.replace(ALL, when_dead=WhenDead.SKIP)


def desk_of(bench: EventBench) -> ReplayDesk:
    store: Any = bench.store
    look = SubscriptionLook(store.subscriptions, LambdaBook(store.registry, bench.signals))
    return ReplayDesk(look, store.cursors, store.replays, store.deliveries, bench, bytes(16))


async def ordered(bench: EventBench, *subjects: str, **call: Any) -> Replayed:
    call = {"who": "ada", "reason": "a new index", **call}
    return await desk_of(bench).replay(ReplayCall("", "app.search", subjects=subjects, **call))


async def completed(
    bench: EventBench, *subjects: str, count: int = 3, spec: SubscriptionSpec = ALL
) -> tuple[LambdaId, dict[str, list[int]]]:
    """All that was published has been done."""
    search = (await bench.subscribe(search=spec))["search"]
    published = {}
    for subject in subjects or ("a",):
        published[subject] = await bench.published(subject, count)
        await bench.report(await bench.handed(search, subject))
    return search, published


def now_us(bench: EventBench) -> int:
    return bench.cluster.now_us()


@on_event_bench
async def test_a_subject_is_handed_over_again_and_its_cursor_stays(bench: EventBench) -> None:
    search, published = await completed(bench, "a", "b")
    done = await ordered(bench, "a")
    assert (done.subjects, done.events, done.busy, done.looked_at) == (1, 3, 0, 1)
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == published["a"]
    assert bench.place(search).cursor == published["a"][-1]
    assert await bench.replayed(search, "b") is None
    assert await bench.report(claimed) == []
    assert replay_id(bench.id(search)) not in bench.cluster.deliveries
    assert (bench.status(search), bench.place(search).cursor) == (Status.IDLE, published["a"][-1])
    shown = await Desks(bench).cursors.subject("", "app.search", "a", 0)
    assert [(line.kind, line.who, line.reason) for line in shown.orders] == [
        (CursorOrderKind.REPLAY, "ada", "a new index")
    ]


@on_event_bench
async def test_what_is_new_goes_on_beside_and_never_at_the_same_time(bench: EventBench) -> None:
    search, published = await completed(bench, spec=structs.replace(ALL, batch_max=1))
    while bench.status(search) is not Status.IDLE:
        await bench.report(await bench.handed(search))
    await ordered(bench, "a")
    again = []
    for number in range(3):
        claimed = await bench.replayed(search)
        assert claimed is not None
        again += sequences(claimed)
        new = await bench.published()
        assert await bench.claim(search) is None, "one of a subject at a time"
        assert bench.cluster.live[bench.id(search)].held_for == HELD_FOR_REPLAY
        assert "waits for a replay" in await Desks(bench).reason()
        await bench.report(claimed)
        live = await bench.handed(search)
        assert sequences(live) == new, f"live events have their turn after delivery {number}"
        if number < 2:
            assert await bench.replayed(search) is None, "and the replay waits for them"
        await bench.report(live)
    assert again == published["a"]


@on_event_bench
async def test_a_range_is_handed_over_and_nothing_beside_it(bench: EventBench) -> None:
    search, published = await completed(bench, count=5)
    all_five = published["a"]
    done = await ordered(bench, "a", from_sequence=all_five[1], to_sequence=all_five[3])
    assert done.events == 3
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == all_five[1:4]


@on_event_bench
async def test_a_range_of_time_is_taken_of_every_subject(bench: EventBench) -> None:
    search, _ = await completed(bench, "a", "b", "c")
    await asyncio.sleep(100)
    began_us = now_us(bench)
    middle = {}
    for subject in ("a", "b"):
        middle[subject] = await bench.published(subject, 2)
        await bench.report(await bench.handed(search, subject))
    ended_us = now_us(bench)
    await asyncio.sleep(100)
    await bench.published("a")
    await bench.report(await bench.handed(search))
    preview = await ordered(bench, from_us=began_us, to_us=ended_us, preview=True)
    assert (preview.subjects, preview.events, preview.looked_at) == (2, 4, 3)
    assert began_us <= preview.first_us <= ended_us
    done = await ordered(bench, from_us=began_us, to_us=ended_us)
    assert (done.subjects, done.events) == (2, -1)
    for subject, expected in middle.items():
        claimed = await bench.replayed(search, subject)
        assert claimed is not None
        assert sequences(claimed) == expected


@on_event_bench
async def test_all_subjects_are_gone_through_page_by_page(bench: EventBench) -> None:
    subjects = [f"s{number}" for number in range(12)]
    search, _ = await completed(bench, *subjects, count=1)
    pages = [await ordered(bench, page_size=5)]
    while token := pages[-1].next_page_token:
        with pytest.raises(InvalidInput, match="page_token"):
            await ordered(bench, page_size=5, page_token=token, to_us=now_us(bench))
        pages.append(await ordered(bench, page_size=5, page_token=token))
    assert (sum(page.subjects for page in pages), sum(page.busy for page in pages)) == (12, 0)
    assert len(pages) > 1
    for subject in subjects:
        assert await bench.replayed(search, subject) is not None
    assert (await ordered(bench)).busy == 12, "once is enough"


@on_event_bench
async def test_a_preview_counts_and_changes_nothing(bench: EventBench) -> None:
    search, _ = await completed(bench, "a", "b")
    seen = await ordered(bench, preview=True, reason="")
    assert (seen.subjects, seen.events) == (2, 6)
    assert await bench.replayed(search) is None
    assert bench.cluster.cursor_orders == []


@on_event_bench
async def test_only_events_that_are_wanted_are_counted_and_given(bench: EventBench) -> None:
    spec = structs.replace(ALL, wanted=EventFilter(types=("changed",)))
    search, published = await completed(bench, count=2, spec=spec)
    other = await bench.published(kind="looked at")
    assert await bench.claim(search) is None
    assert bench.place(search).cursor == other[-1]
    assert (await ordered(bench, "a", preview=True)).events == 2
    await ordered(bench, "a")
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == published["a"]


@on_event_bench
async def test_of_the_latest_only_the_latest_is_given(bench: EventBench) -> None:
    search, published = await completed(bench, spec=structs.replace(ALL, order=Order.LATEST))
    assert (await ordered(bench, "a")).events == 1
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == published["a"][-1:]


@on_event_bench
async def test_what_is_new_is_none_of_a_replay(bench: EventBench) -> None:
    search, published = await completed(bench)
    await bench.published(count=2)
    assert (await ordered(bench, "a")).events == 3
    assert sequences(await bench.handed(search)) != published["a"]
    await bench.subscribe(other=ALL)
    quiet = await desk_of(bench).replay(ReplayCall("", "app.other", "ada", "why not", ["a"]))
    assert (quiet.subjects, quiet.events) == (0, 0), "it gets all of it anyway"


@on_event_bench
async def test_who_began_later_can_have_what_was_before(bench: EventBench) -> None:
    old = await bench.published(count=2)
    await asyncio.sleep(10)
    search = (await bench.subscribe(search=SubscriptionSpec("files")))["search"]
    assert (await ordered(bench, "a")).subjects == 1
    assert (bench.status(search), bench.place(search).cursor) == (Status.IDLE, old[-1])
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == old
    new = await bench.published()
    await bench.report(claimed)
    assert sequences(await bench.handed(search)) == new


@on_event_bench
async def test_a_dead_event_of_a_replay_holds_up_nothing(bench: EventBench) -> None:
    search, published = await completed(bench)
    a, b, c = published["a"]
    await ordered(bench, "a")
    claimed = await bench.replayed(search)
    assert claimed is not None
    await bench.report(claimed, Event.FAILED_FATALLY, b)
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert sequences(claimed) == [c], "the replay goes on"
    (letter,) = (await Desks(bench).cursors.subject("", "app.search", "a", 0)).letters
    assert (letter.letter.event.sequence, letter.letter.blocks) == (b, False)
    assert a < b


@on_event_bench
async def test_a_replay_backs_off_alone(bench: EventBench) -> None:
    bench.policy = LambdaPolicy(attempts_max=3)
    search, published = await completed(bench)
    await ordered(bench, "a")
    claimed = await bench.replayed(search)
    assert claimed is not None
    await bench.report(claimed, Event.RAISED, published["a"][0])
    own = bench.cluster.live[replay_id(bench.id(search))]
    assert (own.status, own.attempts) == (Status.RETRIABLE_FAILURE, 1)
    new = await bench.published()
    live = await bench.handed(search)
    assert (sequences(live), live.attempts) == (new, 0)


@on_event_bench
async def test_an_event_that_was_passed_over_is_redriven_out_of_order(bench: EventBench) -> None:
    bench.policy = LambdaPolicy(attempts_max=1)
    numbers = await bench.subscribe(search=SKIPS, then=structs.replace(ALL, after=("app.search",)))
    search, desks = numbers["search"], Desks(bench)
    a, b, c = await bench.published(count=3)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=b)
    await bench.report(await bench.handed(search))
    done = await desks.orders.redrive(order(b))
    assert (done.cursor, done.out_of_order) == (c, True)
    with pytest.raises(InvalidInput, match="its subject is being replayed"):
        await desks.orders.redrive(order(b))
    claimed = await bench.replayed(search)
    assert claimed is not None
    assert (sequences(claimed), claimed.attempts) == ([b], 0)
    (letter,) = (await desks.cursors.subject("", "app.search", "a", 0)).letters
    assert letter.letter.event.sequence == b, "until it is done"
    await bench.report(claimed)
    assert (await desks.cursors.subject("", "app.search", "a", 0)).letters == []
    assert (bench.status(search), bench.place(search).cursor) == (Status.IDLE, c)
    assert sequences(await bench.handed(numbers["then"])) == [a, b, c], "who goes after sees it, if he was not beyond"
    with pytest.raises(NotFound, match="is not dead"):
        await desks.orders.redrive(order(b))


@on_event_bench
async def test_a_dead_event_that_its_source_forgot_stays_a_letter(bench: EventBench) -> None:
    bench.policy = LambdaPolicy(attempts_max=1)
    search = (await bench.subscribe(search=SKIPS))["search"]
    published = await bench.published(count=2)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=published[0])
    for events in bench.cluster.events.values():
        del events[0]
    with pytest.raises(NotFound, match="does not keep event"):
        await Desks(bench).orders.redrive(order(published[0]))
    assert bench.cluster.cursor_orders == []


@on_event_bench
async def test_a_replay_of_what_is_forgotten_says_so(bench: EventBench) -> None:
    search, published = await completed(bench)
    for events in bench.cluster.events.values():
        del events[:2]
    with pytest.raises(NotFound, match=r"keeps no event of 'a' in this range: .* or has forgotten them"):
        await ordered(bench, "a", to_sequence=published["a"][1])
    assert (await ordered(bench, "a")).events == 1
    for events in bench.cluster.events.values():
        events.clear()
    assert await bench.replayed(search) is None, "nothing is left of it"
    await asyncio.sleep(60)
    assert bench.status(search) is Status.IDLE


@on_event_bench
async def test_bad_input_is_told_and_nothing_has_begun(bench: EventBench) -> None:
    await completed(bench, "a", "b")
    with pytest.raises(NotFound, match=r"no subscription of 'app\.nobody'"):
        await desk_of(bench).replay(ReplayCall("", "app.nobody", "ada", "why not"))
    with pytest.raises(NotFound, match="no event of a subject 'unheard of'"):
        await ordered(bench, "a", "unheard of")
    with pytest.raises(InvalidInput, match="nothing is between them"):
        await ordered(bench, "a", from_sequence=9, to_sequence=8)
    with pytest.raises(InvalidInput, match="nothing is between them"):
        await ordered(bench, from_us=9, to_us=8)
    with pytest.raises(InvalidInput, match="sequences of one subject only"):
        await ordered(bench, from_sequence=9)
    with pytest.raises(InvalidInput, match="sequences of one subject only"):
        await ordered(bench, "a", "b", to_sequence=9)
    with pytest.raises(InvalidInput, match="a sequence and a time at once"):
        await ordered(bench, "a", from_sequence=9, from_us=8)
    with pytest.raises(InvalidInput, match="is no sequence"):
        await ordered(bench, "a", to_sequence=-1)
    with pytest.raises(InvalidInput, match="is no time"):
        await ordered(bench, "a", to_us=1 << 62)
    with pytest.raises(InvalidInput, match="names one of them twice"):
        await ordered(bench, "a", "a")
    with pytest.raises(InvalidInput, match="say why"):
        await ordered(bench, "a", reason="")
    with pytest.raises(InvalidInput, match="subjects"):
        await ordered(bench, "")
    with pytest.raises(LimitExceeded):
        await ordered(bench, *map(str, range(1_001)))
    with pytest.raises(LimitExceeded):
        await ordered(bench, page_size=1_001)
    with pytest.raises(InvalidInput, match="page_token"):
        await ordered(bench, page_token="bent")
    assert bench.cluster.cursor_orders == []
