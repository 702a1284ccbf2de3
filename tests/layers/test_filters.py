"""Filters in flow: what is not wanted needs no executor, and one that fails is counted and blocks nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from msgspec import structs

from penstock.filters import any_of, exact, not_, sql
from penstock.flow.filter_failures import FilterFailureBook
from penstock.flow.subscription_book import SubscriptionBook
from penstock.model.errors import Unavailable
from penstock.model.event import StoredEvent
from penstock.model.event_filter import written
from penstock.model.filter_failures import FilterFailures
from penstock.model.filters.dialects import write_text
from penstock.model.lane import LambdaId
from penstock.model.lifecycle import Status
from penstock.model.subscription import EventFilter
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences
from tests.layers.test_frontend_cursors import Desks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from penstock.model.subscription import SubscriptionSpec

RARE = any_of(exact(rank="rare"), sql("size > 100"))


def wanting(value: Any) -> SubscriptionSpec:
    return structs.replace(ALL, wanted=EventFilter(tree=write_text(value)))


class Failing:
    """A bench whose filters tell somebody of their failures."""

    def __init__(self, bench: EventBench) -> None:
        self.failures = FilterFailureBook(bench.store.filter_failures)
        bench.book = SubscriptionBook(bench.store.subscriptions, bench.signals, self.failures.of)
        bench.deliveries._book = bench.deliveries._reader._book = bench.book


@on_event_bench
async def test_of_a_thousand_events_only_the_wanted_ones_need_an_executor(bench: EventBench) -> None:
    search = (await bench.subscribe(search=wanting(RARE)))["search"]
    await bench.publish(count=700, size="7")
    (wanted,) = await bench.publish(rank="rare")
    last = (await bench.publish(count=299, size="8"))[-1]
    await bench.ping(last)
    claimed = await bench.handed(search)
    assert sequences(claimed) == [wanted]
    await bench.report(claimed)
    assert await bench.claim(search) is None
    assert bench.place(search).cursor == last


@on_event_bench
async def test_a_range_without_any_wanted_event_passes_by_itself(bench: EventBench) -> None:
    search = (await bench.subscribe(search=wanting(RARE)))["search"]
    last = (await bench.published(count=1_000, size="7"))[-1]
    assert await bench.claim(search) is None
    assert (bench.place(search).cursor, bench.status(search)) == (last, Status.IDLE)


@on_event_bench
async def test_a_filter_that_fails_is_counted_and_its_subject_goes_on(bench: EventBench) -> None:
    failing = Failing(bench)
    search = (await bench.subscribe(search=wanting(any_of(sql("size / 0 = 1"), sql("size > 100")))))["search"]
    await bench.publish(count=3, size="7")
    await bench.publish(count=2)  # without a size
    last = (await bench.published(size="200"))[-1]
    claimed = await bench.handed(search)
    assert sequences(claimed) == [last]
    await bench.report(claimed)
    await failing.failures.tell()
    shown = (await Desks(bench).cursors.slowest("", "app.search", 0)).filter_failures
    assert shown is not None
    assert shown.failures == FilterFailures(search, 6, "math: a division by 0", "a", last), "an event counts once"
    one = (await Desks(bench).cursors.subject("", "app.search", "a", 0)).filter_failures
    assert one == shown


@on_event_bench
async def test_the_contrary_of_what_fails_is_wanted(bench: EventBench) -> None:
    search = (await bench.subscribe(search=wanting(not_(sql("size > 100")))))["search"]
    published = await bench.published(count=2)
    assert sequences(await bench.handed(search)) == published


class Away:
    """A store that does not answer at first."""

    def __init__(self) -> None:
        self.is_there = False
        self.told: list[FilterFailures] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def add(self, found: Sequence[FilterFailures]) -> None:
        self.meanwhile()
        if not self.is_there:
            raise Unavailable("not now")
        self.told += found

    async def of(self, lambda_id: LambdaId) -> None: ...


async def test_what_cannot_be_told_yet_is_told_later() -> None:
    store, one = Away(), StoredEvent("a", bytes(16), 1, 1, "t", b"")
    book = FilterFailureBook(store)
    failed = book.of(LambdaId(1))
    failed(one, "first")
    failed(one, "in another place of the same filter")
    store.meanwhile = lambda: failed(structs.replace(one, sequence=2), "x" * 1_000)
    await book.tell()
    book.of(LambdaId(2))(one, "other")
    store.is_there, store.meanwhile = True, lambda: None
    await book.tell()
    await book.tell()
    assert store.told == [
        FilterFailures(LambdaId(1), 2, "x" * 300, "a", 2),
        FilterFailures(LambdaId(2), 1, "other", "a", 1),
    ]


@on_event_bench
async def test_a_filter_of_another_version_keeps_its_events_and_disturbs_nobody(bench: EventBench) -> None:
    unknown = structs.replace(ALL, wanted=EventFilter(tree='{"of_a_later_version":1}'))
    numbers = await bench.subscribe(search=unknown, told=ALL)
    published = await bench.published(count=2)
    assert await bench.claim(numbers["search"]) is None
    assert bench.place(numbers["search"]).cursor < published[0]
    assert sequences(await bench.handed(numbers["told"])) == published


@on_event_bench
async def test_a_filter_is_made_ready_once_and_again_when_it_changes(bench: EventBench) -> None:
    search = (await bench.subscribe(search=wanting(RARE)))["search"]
    (of,) = await bench.store.subscriptions.all()
    first = bench.book.wants(of)
    await bench.book.refresh()
    assert bench.book.wants(of) is first
    await bench.subscribe(search=wanting(exact(rank="other")))
    assert bench.book.wants(of) is not first
    published = await bench.published(rank="other")
    assert sequences(await bench.handed(search)) == published


def test_all_of_a_filter_is_written_as_one() -> None:
    assert written(EventFilter()) == ""
    assert written(EventFilter(("*", "a"))) == ""
    assert json.loads(written(EventFilter(("a",)))) == exact(type="a")
    assert json.loads(written(EventFilter(("a", "b.*"), (("tenant", "7"),), write_text(sql("TRUE"))))) == {
        "all": [
            {"any": [{"exact": {"type": "a"}}, {"prefix": {"type": "b."}}]},
            {"exact": {"tenant": "7"}},
            sql("TRUE"),
        ]
    }
