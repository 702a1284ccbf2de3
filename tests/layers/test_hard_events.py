"""Hard cases of events: few are wanted, those that go first are stopped, servers know what was true before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from msgspec import structs

from penstock.model.errors import InvalidInput, Unavailable
from penstock.model.gate import GateOrder
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import HELD_FOR_GATE, Event, GateState, Status
from penstock.model.subscription import EventFilter, Subscription, SubscriptionSpec
from penstock.model.task import Report
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences
from tests.layers.test_refresh import Refreshed

if TYPE_CHECKING:
    from penstock.model.lane import LambdaId

THEN = structs.replace(ALL, after=("app.search",))


@on_event_bench
async def test_who_wants_one_in_a_thousand_is_given_these_and_nothing_else(bench: EventBench) -> None:
    rare = structs.replace(ALL, wanted=EventFilter(("rare",)))
    search = (await bench.subscribe(search=rare))["search"]
    wanted: list[int] = []
    for _ in range(5):
        await bench.publish(count=999)
        wanted += await bench.publish(kind="rare")
    await bench.ping(wanted[-1])
    seen: list[int] = []
    deliveries = claims = 0
    while bench.status(search) is not Status.IDLE:
        claims += 1
        claimed = await bench.claim(search)
        if claimed is not None:
            deliveries += 1
            seen += sequences(claimed)
            await bench.report(claimed)
    assert seen == wanted
    assert deliveries <= len(wanted), "an executor is asked for wanted events only"
    assert claims <= len(wanted) + 1, "a thousand events are looked at in one go"


@on_event_bench
async def test_many_subjects_of_which_few_are_wanted_need_few_executions(bench: EventBench) -> None:
    rare = structs.replace(ALL, wanted=EventFilter(("rare",)))
    search = (await bench.subscribe(search=rare))["search"]
    for number in range(1_000):
        await bench.published(f"s{number}", kind="rare" if number == 500 else "changed")
    await bench.store.due_work.enqueue_due({lane_of(search, Priority.NORMAL): 1_000}, ((0, 1023),), 5.0)
    claimed = await bench.task_state.claim([bench.id(search, f"s{number}") for number in range(1_000)])
    assert [each.events[0].subject for each in claimed] == ["s500"]
    assert sum(bench.status(search, f"s{number}") is Status.IDLE for number in range(1_000)) == 999


@on_event_bench
async def test_a_gate_before_holds_who_goes_after(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, then=THEN)
    await bench.store.gates.order(GateOrder(1, numbers["search"], "", GateState.PAUSE))
    published = await bench.published(count=2)
    assert await bench.claim(numbers["search"]) is None
    assert bench.status(numbers["search"]) is Status.HELD
    assert (bench.status(numbers["then"]), bench.place(numbers["then"]).head) == (Status.IDLE, 0)
    await bench.store.gates.order(GateOrder(1, numbers["search"], "", GateState.OPEN))
    assert await bench.store.due_work.free_held(HELD_FOR_GATE, [numbers["search"]], 10) == 1
    await bench.report(await bench.handed(numbers["search"]))
    assert sequences(await bench.handed(numbers["then"])) == published


@on_event_bench
async def test_who_goes_after_one_that_is_removed_while_it_holds_a_delivery_is_held_no_more(bench: EventBench) -> None:
    numbers = await bench.subscribe(search=ALL, then=THEN)
    published = await bench.published(count=2)
    claimed = await bench.handed(numbers["search"])
    namespace = await bench.store.registry.namespace("default")
    await bench.store.subscriptions.declare(namespace, {}, [numbers["search"]])
    await bench.book.refresh()
    bench.dispatcher._subscriptions._outdate()
    await bench.report(claimed)
    await bench.ping(published[-1])
    assert sequences(await bench.handed(numbers["then"])) == published


@on_event_bench
async def test_one_that_begins_later_holds_nobody_back_before_its_start(bench: EventBench) -> None:
    old = await bench.publish(count=2)
    await asyncio.sleep(1)
    numbers = await bench.subscribe(search=SubscriptionSpec("files"), then=THEN)
    await bench.ping(old[-1])
    assert await bench.claim(numbers["search"]) is None
    first = await bench.handed(numbers["then"])
    assert sequences(first) == old
    await bench.report(first)
    new = await bench.published(count=2)
    await bench.report(await bench.handed(numbers["search"]))
    assert sequences(await bench.handed(numbers["then"])) == new


@on_event_bench
async def test_who_goes_after_somebody_from_now_on_is_given_nothing_that_is_not_done_there(bench: EventBench) -> None:
    """Its row knows already how far the subject has come."""
    numbers = await bench.subscribe(search=ALL, then=ALL)
    published = await bench.published(count=3)
    await bench.subscribe(search=structs.replace(ALL, batch_max=2), then=THEN)
    assert await bench.claim(numbers["then"]) is None
    assert bench.status(numbers["then"]) is Status.IDLE
    await bench.report(await bench.handed(numbers["search"]))
    then = await bench.handed(numbers["then"])
    assert sequences(then) == published[:2]
    await bench.report(await bench.handed(numbers["search"]))
    await bench.report(then)
    assert sequences(await bench.handed(numbers["then"])) == published[2:]


@pytest.mark.parametrize("is_heard", [True, False])
def test_who_goes_after_a_new_one_from_now_on_is_given_what_that_counts_as_complete(is_heard: bool) -> None:
    """The new one has no row for the subject, and nobody speaks of the subject any more."""

    @on_event_bench
    async def test_it(bench: EventBench) -> None:
        numbers = await bench.subscribe(then=ALL)
        published = await bench.published(count=3)
        await asyncio.sleep(1)
        await bench.subscribe(new=SubscriptionSpec("files"), then=structs.replace(ALL, after=("app.new",)))
        assert await bench.claim(numbers["then"]) is None
        if is_heard:
            (asked,) = bench.ping_bus.reached.items()
            await bench.ping(asked[1], asked[0][1])
        else:
            await Refreshed(bench).for_s(10)
        assert sequences(await bench.handed(numbers["then"])) == published

    test_it()


@on_event_bench
async def test_a_subscription_that_a_server_has_not_heard_of_is_not_parked(bench: EventBench) -> None:
    search = await _declared_unheard(bench)
    published = await bench.published(count=2)
    claimed = await bench.claim(search)
    assert claimed is not None
    assert sequences(claimed) == published
    await bench.report(claimed)
    assert bench.place(search).cursor == published[-1]


@on_event_bench
async def test_no_event_is_judged_by_a_filter_that_was_replaced(bench: EventBench) -> None:
    search = (await bench.subscribe(search=structs.replace(ALL, wanted=EventFilter(("moved",)))))["search"]
    await bench.published()
    assert await bench.claim(search) is None
    namespace = await bench.store.registry.namespace("default")
    await bench.store.subscriptions.declare(namespace, {search: ALL}, [])  # and the signal is on its way
    published = await bench.published()
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_an_answer_that_comes_late_replaces_none_that_was_asked_for_later(bench: EventBench) -> None:
    search = (await bench.subscribe(search=structs.replace(ALL, wanted=EventFilter(("moved",)))))["search"]
    old, good = await bench.store.subscriptions.all(), bench.book._subscriptions
    came = asyncio.Event()

    class Slow:
        async def all(self) -> list[Subscription]:
            await came.wait()
            return old

    bench.book._subscriptions = Slow()  # type: ignore[assignment]
    late = asyncio.ensure_future(bench.book.refresh())
    await asyncio.sleep(0)
    bench.book._subscriptions = good
    await bench.subscribe(search=ALL)
    came.set()
    await late
    published = await bench.published()
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_while_nobody_can_be_asked_nothing_is_parked(bench: EventBench) -> None:
    search = await _declared_unheard(bench)
    published = await bench.published(count=2)
    good = bench.book._subscriptions

    class Silent:
        async def all(self) -> None:
            raise Unavailable("no answer")

    bench.book._subscriptions = Silent()  # type: ignore[assignment]
    assert await bench.claim(search) is None
    assert bench.status(search) is Status.NEW
    bench.book._subscriptions = good
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_a_failure_is_judged_by_a_server_that_has_not_heard_of_the_subscription(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published()
    claimed = await bench.handed(search)
    bench.book._known = {}
    await bench.report(claimed, Event.RAISED)
    assert bench.status(search) is Status.RETRIABLE_FAILURE
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_a_success_that_does_not_say_how_far_settles_nothing(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published()
    claimed = await bench.handed(search)
    with pytest.raises(InvalidInput, match="upto: is missing"):
        await bench.task_state.set_results([Report(claimed.id, claimed.claim, Event.SUCCEEDED)])
    assert (bench.status(search), bench.place(search).cursor) == (Status.CLAIMED, 0)
    assert await bench.report(claimed) == []
    assert bench.place(search).cursor == published[-1]


async def _declared_unheard(bench: EventBench) -> LambdaId:
    """A subscription that the dispatcher knows of, and whoever claims does not: signals come in any order."""
    namespace = await bench.store.registry.namespace("default")
    number = (await bench._lambda_ids("default", ["app.search"]))["app.search"]
    await bench.store.subscriptions.declare(namespace, {number: ALL}, [])
    return number  # type: ignore[no-any-return]
