"""From a raised head to a cursor: what is handed over, what each end of it means, what needs no executor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from msgspec import structs

from penstock.model.errors import Unavailable
from penstock.model.lifecycle import Event, Status
from penstock.model.limits import BATCH_BYTES_MAX
from penstock.model.subscription import EventFilter, Order, WhenDead
from penstock.model.task import Report
from penstock.ports.event_source import RangeRead
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

if TYPE_CHECKING:
    from collections.abc import Sequence

    from penstock.model.event import StreamId
    from penstock.ports.event_source import EventSource, SubjectKey, SubjectRange


@on_event_bench
async def test_events_are_handed_over_in_order_and_the_cursor_follows(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=3)
    claimed = await bench.handed(search)
    assert sequences(claimed) == published
    assert [(event.stream, event.subject, event.data) for event in claimed.events] == [("files", "a", b"data")] * 3
    assert claimed.span is not None
    assert (claimed.span.stream, claimed.span.subject) == ("files", "a")
    assert (claimed.span.after, claimed.span.upto) == (0, published[-1])
    assert claimed.scheduled_at_us == claimed.events[0].appended_at_us
    assert await bench.report(claimed) == []
    assert bench.place(search).cursor == published[-1]
    assert bench.status(search) is Status.IDLE


@on_event_bench
async def test_an_executor_with_credit_gets_events_with_its_assignment(bench: EventBench) -> None:
    await bench.subscribe(search=ALL)
    executor = await bench.executor("app.search", credit=5)
    published = await bench.published(count=2)
    await _settle()
    (assignment,) = executor.assignments
    assert [event.sequence for event in assignment.events] == published
    assert assignment.span is not None
    assert (assignment.lambda_name, assignment.payload, assignment.tries) == ("app.search", b"", 0)


@on_event_bench
async def test_a_batch_is_no_larger_than_the_subscription_says(bench: EventBench) -> None:
    search = (await bench.subscribe(search=structs.replace(ALL, batch_max=2)))["search"]
    published = await bench.published(count=5)
    for first in (0, 2, 4):
        claimed = await bench.handed(search)
        assert sequences(claimed) == published[first : first + 2]
        await bench.report(claimed)
    assert bench.status(search) is Status.IDLE


@on_event_bench
async def test_what_is_left_goes_on_at_once_where_it_was_claimed_and_waits_elsewhere(bench: EventBench) -> None:
    search = (await bench.subscribe(search=structs.replace(ALL, batch_max=2)))["search"]
    await bench.published(count=5)
    first = await bench.handed(search)
    await bench.report(first)
    assert bench.status(search) is Status.ENQUEUED
    second = await bench.handed(search)
    await bench.report(first)  # a repeat is stale, and the lane is forgotten with it
    await bench.report(second)
    assert bench.status(search) is Status.NEW


@on_event_bench
async def test_an_absurd_ping_is_answered_by_the_source(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.publish()
    await bench.ping(10**18)
    claimed = await bench.handed(search)
    assert claimed.span is not None
    assert claimed.span.upto == published[-1]
    await bench.report(claimed)
    assert bench.place(search).head == bench.place(search).cursor == published[-1]
    later = await bench.published()
    assert sequences(await bench.handed(search)) == later


@on_event_bench
async def test_a_subject_that_does_not_exist_rests_without_an_executor(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.stream()
    await bench.ping(77, "nothing")
    assert await bench.claim(search, "nothing") is None
    assert bench.status(search, "nothing") is Status.IDLE
    assert bench.place(search, "nothing").cursor == 0


@on_event_bench
async def test_a_range_without_a_wanted_event_needs_no_executor(bench: EventBench) -> None:
    only = structs.replace(ALL, wanted=EventFilter(("moved",)), batch_max=10)
    search = (await bench.subscribe(search=only))["search"]
    last = (await bench.published(count=900))[-1]
    assert await bench.claim(search) is None
    assert (bench.place(search).cursor, bench.status(search)) == (last, Status.IDLE)
    moved = await bench.published(kind="moved")
    more = await bench.published(count=4)
    claimed = await bench.handed(search)
    assert sequences(claimed) == moved
    await bench.report(claimed)
    assert bench.place(search).cursor == more[-1], "those that are not wanted are done"


@on_event_bench
async def test_a_filter_never_lets_a_wanted_event_be_passed_over(bench: EventBench) -> None:
    some = structs.replace(ALL, wanted=EventFilter(attributes=(("tenant", "7"),)), batch_max=2)
    search = (await bench.subscribe(search=some))["search"]
    wanted: list[int] = []
    for _ in range(5):
        await bench.publish(count=3, tenant="8")
        wanted += await bench.publish(tenant="7")
    await bench.ping(wanted[-1])
    seen: list[int] = []
    while claimed := await bench.claim(search):
        seen += sequences(claimed)
        await bench.report(claimed)
    assert seen == wanted


@on_event_bench
async def test_the_latest_event_stands_for_those_before_it(bench: EventBench) -> None:
    latest = structs.replace(ALL, order=Order.LATEST)
    search = (await bench.subscribe(search=latest))["search"]
    published = await bench.published(count=7)
    claimed = await bench.handed(search)
    assert sequences(claimed) == published[-1:]
    await bench.report(claimed)
    assert (bench.place(search).cursor, bench.status(search)) == (published[-1], Status.IDLE)


@on_event_bench
async def test_a_batch_is_bounded_in_bytes_and_nothing_is_lost(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=6)
    place = (await bench.stream(), bench.place(search).subject_hash)
    half = BATCH_BYTES_MAX // 2 + 1
    bench.cluster.events[place] = [structs.replace(e, data=bytes(half)) for e in bench.cluster.events[place]]
    seen: list[int] = []
    for _ in range(6):
        claimed = await bench.handed(search)
        assert len(claimed.events) == 1
        seen += sequences(claimed)
        await bench.report(claimed)
    assert seen == published


@on_event_bench
async def test_a_poisonous_event_in_the_middle_of_a_hundred_dies_alone(bench: EventBench) -> None:
    specs = {"search": structs.replace(ALL, when_dead=WhenDead.SKIP)}
    search = (await bench.subscribe(**specs))["search"]
    published = await bench.published(count=100)
    poison, done, deliveries = published[63], [], 0
    while claimed := await bench.claim(search):
        deliveries += 1
        if poison in sequences(claimed):
            await bench.report(claimed, Event.RAISED)
        else:
            done += sequences(claimed)
            await bench.report(claimed)
    assert done == published[:63] + published[64:]
    letter = bench.cluster.event_letters[bench.id(search), poison]
    assert (letter.reason, letter.attempts, letter.blocks) == ("budget", bench.policy.attempts_max, False)
    assert deliveries < 40


@on_event_bench
async def test_the_event_that_is_named_fails_and_those_before_it_are_done(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=5)
    await bench.report(await bench.handed(search), Event.RAISED, failed_at=published[2])
    assert bench.place(search).cursor == published[1]
    assert bench.status(search) is Status.RETRIABLE_FAILURE
    again = await bench.handed(search)
    assert sequences(again) == published[2:3], "it is tried alone"
    await bench.report(again, Event.FAILED_FATALLY)
    assert (bench.status(search), bench.place(search).cursor) == (Status.HELD, published[1])
    assert bench.cluster.event_letters[bench.id(search), published[2]].blocks


@on_event_bench
async def test_who_died_without_a_word_has_told_no_end(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=2)
    for _ in range(2):
        claimed = await bench.handed(search)
        await bench.task_state.set_results([Report(claimed.id, claimed.claim, Event.CRASHED_ALONE)])
    assert bench.cluster.live[claimed.id].crashes == 1, "the first crash only said that one of two did it"
    assert bench.place(search).tried == published[0]


@on_event_bench
async def test_stale_reports_are_refused_and_counted(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.published()
    claimed = await bench.handed(search)
    for ending in (Event.SUCCEEDED, Event.RAISED, Event.RELEASE):
        assert await bench.report(structs.replace(claimed, claim=9), ending) == [claimed.id]
    assert bench.task_state.stale_reports == 3
    assert bench.status(search) is Status.CLAIMED
    both = [Report(claimed.id, 9, Event.SUCCEEDED, upto=1), Report(claimed.id, 1, Event.SUCCEEDED, upto=5)]
    assert await bench.task_state.set_results(both) == [claimed.id, claimed.id]


@on_event_bench
async def test_a_delivery_that_nobody_subscribes_to_any_more_is_parked(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=3)
    await bench.store.subscriptions.declare(1, {}, [search])
    await bench.book.refresh()
    assert await bench.claim(search) is None
    assert (bench.status(search), bench.place(search).cursor) == (Status.IDLE, 0)
    await bench.subscribe(search=ALL)
    await bench.ping(0)
    await bench.ping(published[-1])
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_a_source_that_does_not_answer_costs_nothing(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published()
    for error in (Unavailable("no"), ValueError("a mistake")):
        healthy, bench.sources = bench.sources, Broken(error)
        assert await bench.claim(search) is None
        bench.sources = healthy
    row = bench.cluster.live[bench.id(search)]
    assert (row.status, row.attempts, row.claim) == (Status.NEW, 0, 2)
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_a_source_that_reads_less_than_it_has_is_asked_again(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published(count=3)
    healthy, bench.sources = bench.sources, Stingy(bench.sources)
    assert await bench.claim(search) is None
    assert bench.status(search) is Status.NEW, "it has more, so the head stays"
    bench.sources = healthy
    assert sequences(await bench.handed(search)) == published


@on_event_bench
async def test_what_was_heard_between_read_and_lowering_is_not_lost(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    await bench.publish()
    await bench.ping(10**18)
    late: list[int] = []

    async def meanwhile() -> None:
        late.extend(await bench.published())

    bench.sources = Interrupted(bench.sources, meanwhile)
    claimed = await bench.handed(search)
    await bench.report(claimed)
    assert sequences(await bench.handed(search)) == late


@on_event_bench
async def test_a_lambda_sees_a_subject_as_far_as_the_one_before_it(bench: EventBench) -> None:
    notify = structs.replace(ALL, after=("app.search",))
    numbers = await bench.subscribe(search=ALL, notify=notify)
    published = await bench.published(count=3)
    assert await bench.claim(numbers["notify"]) is None
    await bench.report(await bench.handed(numbers["search"]), Event.RAISED, failed_at=published[1])
    claimed = await bench.handed(numbers["notify"])
    assert sequences(claimed) == published[:1]
    await bench.report(claimed)
    await bench.report(await bench.handed(numbers["search"]))
    assert sequences(await bench.handed(numbers["notify"])) == published[1:2]


@on_event_bench
async def test_a_row_that_is_missing_where_others_went_first_is_asked_for(bench: EventBench) -> None:
    search = (await bench.subscribe(search=ALL))["search"]
    published = await bench.published()
    await bench.subscribe(search=ALL, notify=structs.replace(ALL, after=("app.search",)))
    await bench.report(await bench.handed(search))
    assert list(bench.pings._bus.reached) == [(await bench.stream(), "a")]
    await bench.ping(0)
    numbers = await bench._lambda_ids("default", ["app.notify"])
    assert sequences(await bench.handed(numbers["app.notify"])) == published


class Broken:
    """Sources that fail."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def source_of(self, _: StreamId) -> Any:
        return self

    async def read(self, *_: object) -> list[RangeRead]:
        raise self._error


class Stingy:
    """A source that can say nothing of the range now, though it knows its head."""

    def __init__(self, sources: Any) -> None:
        self._sources = sources

    def source_of(self, stream_id: StreamId) -> Any:
        self._source: EventSource = self._sources.source_of(stream_id)
        return self

    async def read(self, ranges: Sequence[SubjectRange], _bytes_max: int) -> list[RangeRead]:
        return [RangeRead([], each.after) for each in ranges]

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        return await self._source.heads(keys)


class Interrupted(Stingy):
    """Something happens right after the heads were read."""

    def __init__(self, sources: Any, meanwhile: Any) -> None:
        super().__init__(sources)
        self._meanwhile = meanwhile

    async def read(self, ranges: Sequence[SubjectRange], bytes_max: int) -> list[RangeRead]:
        return await self._source.read(ranges, bytes_max)

    async def heads(self, keys: Sequence[SubjectKey]) -> list[int]:
        heads = await self._source.heads(keys)
        meanwhile, self._meanwhile = self._meanwhile, _nothing
        await meanwhile()
        return heads


async def _nothing() -> None:
    pass


async def _settle() -> None:
    await asyncio.sleep(0.1)
