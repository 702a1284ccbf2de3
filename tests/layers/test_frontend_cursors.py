"""What people ask and order about cursors, at the frontend."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from msgspec import structs

from penstock.flow.cursor_check import SourcesAgainstCursors
from penstock.frontend.cursor_calls import CursorOrderCall, VerifyCall
from penstock.frontend.cursor_orders import CursorOrderDesk
from penstock.frontend.cursors import CursorDesk
from penstock.frontend.lambda_book import LambdaBook
from penstock.frontend.refresh import RefreshDesk
from penstock.frontend.subscription_look import SubscriptionLook
from penstock.frontend.verify import VerifyDesk
from penstock.model.attendance import Attendance
from penstock.model.cursor_words import short_reason_of
from penstock.model.delivery import aside_id
from penstock.model.errors import InvalidInput, LimitExceeded, NotFound
from penstock.model.gate import GateOrder
from penstock.model.lifecycle import Event, GateState, Status
from penstock.model.policy import LambdaPolicy
from penstock.model.refresh import RefreshLoop
from penstock.model.subscription import Order, SubscriptionSpec, WhenDead
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences
from tests.layers.test_refresh import Refreshed

if TYPE_CHECKING:
    from penstock.frontend.cursor_calls import Verified
    from penstock.model.lag import Lag
    from penstock.model.lane import LambdaId


class Desks:
    """The desks over a bench."""

    def __init__(self, bench: EventBench) -> None:
        store: Any = bench.store
        look = SubscriptionLook(store.subscriptions, LambdaBook(store.registry, bench.signals))
        self.cursors = CursorDesk(look, store.cursors, bench, store.gates, self, store.clock, store.filter_failures)
        self.verifying = VerifyDesk(
            look, SourcesAgainstCursors(store.cursors, bench), bench, store.clock, bytes(16), store.cursors
        )
        self.refresh = RefreshDesk(look, store.refreshes)
        self.orders = CursorOrderDesk(look, store.cursors, store.replays, bench)
        self.attendance: Attendance | None = None

    def of(self, _: LambdaId) -> Attendance | None:
        return self.attendance

    async def reason(self, name: str = "search", subject: str = "a") -> str:
        return (await self.cursors.subject("", f"app.{name}", subject, 0)).reason

    async def verify(self, **call: Any) -> list[Lag]:
        """Of all pages."""
        pages: list[Verified] = [await self.verifying.verify(VerifyCall("", "files", **call))]
        while pages[-1].next_page_token:
            again = VerifyCall("", "files", **{**call, "page_token": pages[-1].next_page_token})
            pages.append(await self.verifying.verify(again))
        return [lag for page in pages for lag in page.behind]


def order(sequence: int, name: str = "search", subject: str = "a", reason: str = "it is broken") -> CursorOrderCall:
    return CursorOrderCall("", f"app.{name}", subject, sequence, "ada", reason)


async def blocked(bench: EventBench, **specs: SubscriptionSpec) -> tuple[dict[str, LambdaId], list[int]]:
    """`search` has used up its attempts on the first of three events."""
    bench.policy = LambdaPolicy(attempts_max=1)
    numbers = await bench.subscribe(**{"search": ALL, **specs})
    published = await bench.published(count=3)
    await bench.report(await bench.handed(numbers["search"]), Event.RAISED, failed_at=published[0])
    return numbers, published


@on_event_bench
async def test_verify_says_complete_only_when_all_is(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    desks = Desks(bench)
    published = await bench.publish(count=2)
    (lag,) = await desks.verify()
    assert (lag.subject.subject, lag.cursor, lag.subject.sequence) == ("a", 0, published[-1])
    assert short_reason_of(lag) == "refresh: nobody has heard of it"
    await bench.ping(published[-1])
    assert [short_reason_of(each) for each in await desks.verify()] == ["its turn"]
    claimed = await bench.handed(search)
    assert [short_reason_of(each) for each in await desks.verify()] == ["its end: it runs"]
    await bench.report(claimed)
    assert await desks.verify() == []


@on_event_bench
async def test_what_was_set_aside_is_not_complete_until_it_is_done(bench: EventBench) -> None:
    search = (await bench.subscribe(search=structs.replace(ALL, order=Order.NONE)))["search"]
    first, _ = await bench.published(count=2)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=first)
    await bench.report(await bench.handed(search))
    desks = Desks(bench)
    (lag,) = await desks.verify()
    assert (lag.subject.subject, lag.cursor, lag.subject.sequence) == ("a", first - 1, first)
    assert lag.row.attempts == 1
    assert await desks.verify(subscription="app.search") == [lag]
    await asyncio.sleep(3_600)
    await bench.store.due_work.enqueue_due({search * 4 + 2: 100}, ((0, 1023),), 5.0)  # type: ignore[dict-item]
    (apart,) = await bench.task_state.claim([aside_id(bench.id(search), first)])
    await bench.report(apart)
    assert await desks.verify() == []


@on_event_bench
async def test_verify_goes_through_all_subjects_page_by_page(bench: EventBench) -> None:
    await bench.subscribe(search=ALL, audit=ALL)
    for number in range(25):
        await bench.publish(f"s{number}")
    desks = Desks(bench)
    lags = await desks.verify(page_size=10)
    assert len({(lag.subject.subject, lag.subscription.lambda_name) for lag in lags}) == len(lags) == 50
    assert {lag.subscription.lambda_name for lag in await desks.verify(subscription="app.audit")} == {"app.audit"}


@on_event_bench
async def test_verify_knows_where_a_subscription_began(bench: EventBench) -> None:
    await bench.publish("old")
    await asyncio.sleep(1)
    await bench.subscribe(search=SubscriptionSpec("files"))
    desks = Desks(bench)
    assert await desks.verify() == [], "what was there before is none of its business"
    await asyncio.sleep(1)
    await bench.publish("new")
    await bench.publish("old")
    assert {lag.subject.subject for lag in await desks.verify()} == {"new", "old"}


@on_event_bench
async def test_verify_says_who_waits_for_whom(bench: EventBench) -> None:
    numbers, _ = await blocked(bench, notify=structs.replace(ALL, after=("app.search",)))
    said = {lag.subscription.lambda_name: short_reason_of(lag) for lag in await Desks(bench).verify()}
    assert said == {"app.search": "a dead event", "app.notify": "those that go first"}
    await bench.store.gates.order(GateOrder(1, numbers["search"], "", GateState.PAUSE))
    assert len(await Desks(bench).verify()) == 2


@on_event_bench
async def test_what_verify_is_asked_must_mean_something(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    desks = Desks(bench)
    for call, error in (
        (VerifyCall("", "no name"), InvalidInput),
        (VerifyCall("", "orders"), NotFound),
        (VerifyCall("", "files", "app.nobody"), NotFound),
        (VerifyCall("", "files", "nodot"), InvalidInput),
        (VerifyCall("", "files", page_size=1_001), LimitExceeded),
        (VerifyCall("", "files", page_token="x"), InvalidInput),
        (VerifyCall("other", "files"), NotFound),
    ):
        with pytest.raises(error):
            await desks.verifying.verify(call)


@on_event_bench
async def test_subscriptions_are_listed_with_what_their_subjects_wait_for(bench: EventBench) -> None:
    await blocked(bench, audit=ALL, bill=SubscriptionSpec("orders"))
    desks = Desks(bench)
    found = {each.subscription.lambda_name: each.count for each in await desks.cursors.summaries("")}
    assert (found["app.search"].blocked, found["app.search"].letters) == (1, 1)
    assert found["app.audit"].waiting == 1
    assert [each.subscription.lambda_name for each in await desks.cursors.summaries("", "orders")] == ["app.bill"]
    shown = await desks.cursors.slowest("", "app.search", 0)
    assert [each.row.subject for each in shown.rows] == ["a"]
    with pytest.raises(NotFound):
        await desks.cursors.slowest("", "app.nobody", 0)
    with pytest.raises(LimitExceeded):
        await desks.cursors.slowest("", "app.search", 1_001)


@on_event_bench
async def test_a_subject_is_explained_on_its_way(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, notify=structs.replace(ALL, after=("app.search",)))
    desks = Desks(bench)
    assert await desks.reason() == "its source has no event of it"
    (sequence,) = await bench.publish()
    assert await desks.reason() == f"nobody has heard that its source has {sequence}; refresh finds it"
    await bench.ping(sequence)
    desks.attendance = Attendance()
    assert await desks.reason() == "waits in its lane, and no worker takes it"
    assert await desks.reason("notify") == "waits for app.search, which has completed nothing of it"
    await bench.store.gates.order(GateOrder(1, numbers["search"], "", GateState.PAUSE, reason="a deploy", who="ada"))
    assert await desks.reason() == "held by a gate of ada: a deploy"
    assert (await desks.reason("notify")).endswith(", and is held by a gate")
    await bench.store.gates.order(GateOrder(1, numbers["search"], "", GateState.OPEN))
    claimed = await bench.handed(numbers["search"])
    await bench.report(claimed)
    assert await desks.reason() == f"complete up to {sequence}, the last event that its source has"


@on_event_bench
async def test_a_skipped_event_is_passed_over_and_its_subject_goes_on(bench: EventBench) -> None:
    numbers, published = await blocked(bench, notify=structs.replace(ALL, after=("app.search",)))
    desks = Desks(bench)
    assert "dead after 1 attempt (ValueError: no); redrive or skip it" in await desks.reason()
    assert await desks.orders.skip(order(published[0])) == published[0]
    claimed = await bench.handed(numbers["search"])
    assert sequences(claimed) == published[1:]
    await bench.report(claimed)
    assert sequences(await bench.handed(numbers["notify"])) == published[1:], "who goes after it skips it, too"
    shown = await desks.cursors.subject("", "app.search", "a", 0)
    assert [(line.who, line.reason, line.sequence) for line in shown.orders] == [("ada", "it is broken", published[0])]
    assert not shown.letters[0].letter.blocks


@on_event_bench
async def test_the_last_event_can_be_skipped_too(bench: EventBench) -> None:
    bench.policy = LambdaPolicy(attempts_max=1)
    search = (await bench.subscribe(search=ALL))["search"]
    (only,) = await bench.published()
    await bench.report(await bench.handed(search), Event.RAISED)
    await Desks(bench).orders.skip(order(only))
    assert bench.status(search) is Status.IDLE


@on_event_bench
async def test_only_the_event_that_comes_next_can_be_skipped(bench: EventBench) -> None:
    _, published = await blocked(bench)
    desks = Desks(bench)
    for sequence in (published[1], published[2] + 1, published[0] - 1):
        with pytest.raises(InvalidInput, match=f"the event that comes next is {published[0]}"):
            await desks.orders.skip(order(sequence))
    with pytest.raises(InvalidInput, match="reason"):
        await desks.orders.skip(order(published[0], reason=""))
    with pytest.raises(NotFound):
        await desks.orders.skip(order(1, subject="unheard of"))
    with pytest.raises(NotFound):
        await desks.orders.skip(order(1, name="nobody"))
    with pytest.raises(InvalidInput):
        await desks.orders.skip(order(0))
    await desks.orders.skip(order(published[0]))
    with pytest.raises(InvalidInput, match=f"is behind the cursor, which stands at {published[0]}: it is passed"):
        await desks.orders.skip(order(published[0]))


@on_event_bench
async def test_what_runs_is_not_skipped(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    (only,) = await bench.published()
    claimed = await bench.handed(search)
    with pytest.raises(InvalidInput, match="is being run just now"):
        await Desks(bench).orders.skip(order(only))
    await bench.report(claimed)
    assert bench.place(search).cursor == only


@on_event_bench
async def test_a_redriven_event_is_tried_anew_with_all_its_attempts(bench: EventBench) -> None:
    numbers, published = await blocked(bench)
    desks = Desks(bench)
    done = await desks.orders.redrive(order(published[0]))
    assert (done.cursor < published[0], done.out_of_order) == (True, False)
    bench.policy = LambdaPolicy(attempts_max=3)
    again = await bench.handed(numbers["search"])
    assert (sequences(again), again.attempts) == (published[:1], 0), "it alone, so that no other fails with it"
    await bench.report(again)
    assert sequences(await bench.handed(numbers["search"])) == published[1:]
    assert (await desks.cursors.subject("", "app.search", "a", 0)).letters == []


@on_event_bench
async def test_only_a_dead_event_can_be_redriven(bench: EventBench) -> None:
    _, published = await blocked(bench)
    desks = Desks(bench)
    with pytest.raises(NotFound, match="is not dead for app"):
        await desks.orders.redrive(order(published[1]))


@on_event_bench
async def test_a_policy_that_skips_leaves_a_letter_that_says_so(bench: EventBench) -> None:
    bench.policy = LambdaPolicy(attempts_max=1)
    search = (await bench.subscribe(search=structs.replace(ALL, when_dead=WhenDead.SKIP)))["search"]
    published = await bench.published(count=2)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=published[0])
    (letter,) = (await Desks(bench).cursors.subject("", "app.search", "a", 0)).letters
    assert (letter.letter.event.sequence, letter.letter.blocks) == (published[0], False)
    assert sequences(await bench.handed(search)) == published[1:]


@on_event_bench
async def test_refresh_is_shown_and_asked_for(bench: EventBench) -> None:
    await blocked(bench)
    desks = Desks(bench)
    assert (await desks.refresh.show("")).loops == []
    await Refreshed(bench).for_s(3)
    shown = await desks.refresh.show("", "files", 10)
    assert [(name, state.loop) for name, state in shown.loops] == [
        ("files", RefreshLoop.RECENT),
        ("files", RefreshLoop.FULL),
    ]
    assert [found.subject for found in shown.findings] == ["a"]
    before = shown.loops[1][1].last_ended_at_us
    asked = await desks.refresh.begin("", "files", "ada")
    assert asked.loops[0][1].asked_by == "ada"
    await asyncio.sleep(1)
    await Refreshed(bench).for_s(3)
    assert (await desks.refresh.show("", "files")).loops[1][1].last_ended_at_us > before
    with pytest.raises(NotFound, match="nobody subscribes to a stream 'orders'"):
        await desks.refresh.begin("", "orders", "ada")
    with pytest.raises(InvalidInput, match="asked_by"):
        await desks.refresh.begin("", "files", "")
    with pytest.raises(InvalidInput, match="name it"):
        await desks.refresh.show("", "", 5)
    with pytest.raises(LimitExceeded):
        await desks.refresh.show("", "files", 1_001)
