"""Hard cases of events: few are wanted, those that go first are stopped, servers know what was true before."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from msgspec import structs

from penstock.model.errors import Unavailable
from penstock.model.gate import GateOrder
from penstock.model.lane import Priority, lane_of
from penstock.model.lifecycle import HELD_FOR_GATE, Event, GateState, Status
from penstock.model.subscription import EventFilter, SubscriptionSpec
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

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
async def test_a_subscription_that_a_server_has_not_heard_of_is_not_parked(bench: EventBench) -> None:
    search = await _declared_unheard(bench)
    published = await bench.published(count=2)
    claimed = await bench.claim(search)
    assert claimed is not None
    assert sequences(claimed) == published
    await bench.report(claimed)
    assert bench.place(search).cursor == published[-1]


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


async def _declared_unheard(bench: EventBench) -> LambdaId:
    """A subscription that the dispatcher knows of, and whoever claims does not: signals come in any order."""
    namespace = await bench.store.registry.namespace("default")
    number = (await bench._lambda_ids("default", ["app.search"]))["app.search"]
    await bench.store.subscriptions.declare(namespace, {number: ALL}, [])
    return number  # type: ignore[no-any-return]
