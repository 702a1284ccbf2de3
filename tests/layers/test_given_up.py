"""What somebody has given up, and those that go after."""

from msgspec import structs

from penstock.model.lane import LambdaId
from penstock.model.lifecycle import Event, Status
from penstock.model.subscription import Order, SubscriptionSpec, WhenDead
from tests.layers.event_bench import ALL, EventBench, on_event_bench, sequences

SKIPS = structs.replace(ALL, when_dead=WhenDead.SKIP)
PASSES = structs.replace(ALL, when_dead=WhenDead.PASS)


def after(name: str, order: Order = Order.SUBJECT) -> SubscriptionSpec:
    return structs.replace(ALL, after=(f"app.{name}",), order=order)


async def given_up(bench: EventBench, number: LambdaId, sequence: int) -> None:
    """The lambda says that this event of its delivery can never be done, and is done with the rest."""
    claimed = await bench.handed(number)
    await bench.report(claimed, Event.FAILED_FATALLY, sequence)
    if sequence != claimed.events[-1].sequence:
        await bench.report(await bench.handed(number))


@on_event_bench
async def test_who_goes_after_skips_what_was_skipped(bench: EventBench) -> None:
    one = await bench.subscribe(first=SKIPS, then=after("first"), last=after("then"))
    a, b, c = await bench.published(count=3)
    await given_up(bench, one["first"], b)
    for name in ("then", "last"):
        claimed = await bench.handed(one[name])
        assert sequences(claimed) == [a, c]
        await bench.report(claimed)
        assert (bench.place(one[name]).cursor, bench.status(one[name])) == (c, Status.IDLE)


@on_event_bench
async def test_who_is_told_to_pass_it_on_does(bench: EventBench) -> None:
    one = await bench.subscribe(first=PASSES, then=after("first"))
    a, b, c = await bench.published(count=3)
    await given_up(bench, one["first"], b)
    assert sequences(await bench.handed(one["then"])) == [a, b, c]


@on_event_bench
async def test_what_is_skipped_alone_needs_no_executor(bench: EventBench) -> None:
    one = await bench.subscribe(first=SKIPS, then=after("first"))
    (only,) = await bench.published()
    await given_up(bench, one["first"], only)
    assert await bench.claim(one["then"]) is None
    assert (bench.place(one["then"]).cursor, bench.status(one["then"])) == (only, Status.IDLE)


@on_event_bench
async def test_the_latest_that_was_not_skipped_is_what_counts(bench: EventBench) -> None:
    one = await bench.subscribe(first=SKIPS, then=after("first", order=Order.LATEST))
    _, b, c = await bench.published(count=3)
    await given_up(bench, one["first"], c)
    claimed = await bench.handed(one["then"])
    assert sequences(claimed) == [b]
    await bench.report(claimed)
    assert bench.place(one["then"]).cursor == c


@on_event_bench
async def test_the_guilty_one_is_found_among_those_that_were_handed_over(bench: EventBench) -> None:
    one = await bench.subscribe(first=SKIPS, then=after("first"))
    a, b, c = await bench.published(count=3)
    await given_up(bench, one["first"], a)
    await bench.report(await bench.handed(one["then"]), Event.FAILED_FATALLY, c)
    assert bench.place(one["then"]).cursor == b
    assert (bench.id(one["then"]), c) in bench.cluster.event_letters


@on_event_bench
async def test_a_neighbour_that_goes_after_nobody_is_given_all(bench: EventBench) -> None:
    one = await bench.subscribe(first=SKIPS, free=ALL)
    a, b, c = await bench.published(count=3)
    await given_up(bench, one["first"], b)
    assert sequences(await bench.handed(one["free"])) == [a, b, c]
