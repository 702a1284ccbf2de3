"""What workers say of subscriptions at the frontend: kept, refused as a whole, warned of."""

from typing import Any

import pytest
from msgspec import structs

from penstock.model.errors import InvalidInput, LimitExceeded, Unavailable
from penstock.model.subscription import START_NOW, EventFilter, Order, SubscriptionSpec
from tests.layers.frontend_bench import FrontendBench, on_bench, registration


def on(name: str, stream: str = "files", after: tuple[str, ...] = (), **more: Any) -> Any:
    return registration(name, subscription=SubscriptionSpec(stream, after=after, **more))


async def standing(bench: FrontendBench) -> dict[str, SubscriptionSpec]:
    return {each.lambda_name: each.spec for each in await bench.store.subscriptions.all()}


def known(bench: FrontendBench) -> set[str]:
    return {record.name for record in bench.cluster.lambdas.values()}


@on_bench
async def test_a_subscription_is_kept_with_its_lambda_and_makes_its_stream(bench: FrontendBench) -> None:
    answer = await bench.register.register("", [on("search.index"), registration("search.clean")])
    assert answer.warnings == []
    kept = await standing(bench)
    assert list(kept) == ["search.index"]
    assert kept["search.index"].start_at_us > 0, "now is the moment of the registration"
    assert {"search.index", "search.clean"} < known(bench)
    assert [name for _, name in bench.cluster.streams] == ["files"]


@on_bench
async def test_the_same_again_keeps_its_start(bench: FrontendBench) -> None:
    await bench.register.register("", [on("search.index")])
    first = await standing(bench)
    await bench.register.register("", [on("search.index", batch_max=7)])
    again = await standing(bench)
    assert again["search.index"] == structs.replace(first["search.index"], batch_max=7)


@on_bench
async def test_a_lambda_that_takes_tasks_now_subscribes_no_more(bench: FrontendBench) -> None:
    await bench.register.register("", [on("search.index"), on("search.notify")])
    await bench.register.register("", [registration("search.index")])
    assert list(await standing(bench)) == ["search.notify"]


@on_bench
async def test_a_worker_of_other_lambdas_retires_nothing(bench: FrontendBench) -> None:
    await bench.register.register("", [on("search.index")])
    await bench.register.register("", [registration("mail.other"), on("mail.notify")])
    await bench.register.register("", [])
    assert list(await standing(bench)) == ["search.index", "mail.notify"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (on("search.x", stream="Files"), "stream of search.x: 'Files' is not a name; use"),
        (on("search.x", stream=""), "stream of search.x: '' is not a name; use"),
        (on("search.x", batch_max=0), "batch of search.x: 0 is outside of 1 to 1000"),
        (on("search.x", batch_max=2**31), "batch of search.x: 2147483648 is outside of 1 to 1000"),
        (
            on("search.x", order=Order.NONE),
            "after: search.good goes after search.x, whose order is none: it is never done",
        ),
        (on("search.x", wanted=EventFilter(("a*b",))), "types of search.x: 'a.b' has a . that is not at its end"),
        (on("search.x", wanted=EventFilter((), (("Region", "eu"),))), "attributes of search.x: 'Region' is not the"),
        (on("search.x", wanted=EventFilter(tree='{"exact":{}}')), "filter.exact of search.x: an empty object should"),
        (on("search.x", wanted=EventFilter(tree="{")), "filter of search.x: is no JSON"),
        (on("search.x", after=("index",)), "after of search.x: 'index' has no dot; a lambda's full name"),
        (on("search.x", after=("search.x",)), "after of search.x: names search.x itself"),
        (on("search.x", start_at_us=-7), "start of search.x: -7 us since 1970 are outside"),
        (on("search.x", start_at_us=250_000_000_000_000_000), r"start of search.x: is \d+ s in the future; use now"),
    ],
)
def test_a_mistake_refuses_all_of_the_call(wrong: Any, words: str) -> None:
    @on_bench
    async def refused(bench: FrontendBench) -> None:
        with pytest.raises(InvalidInput, match=words):
            await bench.register.register("", [on("search.good", after=("search.x",)), wrong])
        assert await standing(bench) == {}
        assert known(bench) == {"mail.send"}
        assert bench.cluster.streams == {}

    refused()


@on_bench
async def test_a_ring_within_one_call_keeps_nothing(bench: FrontendBench) -> None:
    ring = [on("search.good", after=("search.x",)), on("search.x", after=("search.good",))]
    words = r"after: search.good after search.x after search.good on stream files: each would wait"
    with pytest.raises(InvalidInput, match=words):
        await bench.register.register("", ring)
    assert (await standing(bench), known(bench), bench.cluster.streams) == ({}, {"mail.send"}, {})


@on_bench
async def test_a_limit_is_told_as_one(bench: FrontendBench) -> None:
    with pytest.raises(LimitExceeded):
        await bench.register.register("", [on("search.x", batch_max=1_001)])


@on_bench
async def test_a_ring_with_what_another_worker_declared_is_refused(bench: FrontendBench) -> None:
    await bench.register.register("", [on("a.one", after=("b.two",))])
    before = await standing(bench)
    with pytest.raises(InvalidInput, match=r"after: .* on stream files: each would wait for the next one for ever"):
        await bench.register.register("", [on("b.two", after=("a.one",)), registration("b.three")])
    assert await standing(bench) == before
    assert not {"b.two", "b.three"} & {each.name for each in bench.cluster.lambdas.values() if each.registered}
    await bench.register.register("", [on("b.two", stream="orders", after=("a.one",))])
    await bench.register.register("other", [on("b.two", after=("a.one",))])


@on_bench
async def test_a_ring_is_opened_by_the_same_call_that_would_close_it(bench: FrontendBench) -> None:
    await bench.register.register("", [on("a.one", after=("a.two",)), on("a.two")])
    await bench.register.register("", [on("a.one"), on("a.two", after=("a.one",))])
    assert (await standing(bench))["a.two"].after == ("a.one",)


@on_bench
async def test_lambdas_that_do_not_exist_yet_are_warned_of(bench: FrontendBench) -> None:
    answer = await bench.register.register("", [on("a.last", after=("a.first", "mail.send", "a.other"))])
    assert answer.warnings == [
        "a.last goes after a.first, which no worker has registered: it holds nobody back until that changes",
        "a.last goes after mail.send, which does not subscribe to files: it holds nobody back until that changes",
        "a.last goes after a.other, which no worker has registered: it holds nobody back until that changes",
    ]
    await bench.register.register("", [on("a.other", stream="orders"), on("a.first")])
    answer = await bench.register.register("", [on("a.last", after=("a.first", "a.other"))])
    assert answer.warnings == [
        "a.last goes after a.other, which does not subscribe to files: it holds nobody back until that changes"
    ]
    [last] = [each for each in await bench.store.subscriptions.all() if each.lambda_name == "a.last"]
    assert len(last.after) == 1


@on_bench
async def test_two_of_one_call_know_each_other(bench: FrontendBench) -> None:
    answer = await bench.register.register("", [on("a.last", after=("a.first",)), on("a.first")])
    assert answer.warnings == []


@on_bench
async def test_a_store_that_fails_in_between_can_be_asked_again(bench: FrontendBench) -> None:
    for trip in ("subscriptions.all", "subscriptions.declare", "registry.register"):
        bench.trips.before[trip] = Unavailable("no connection")
        with pytest.raises(Unavailable):
            await bench.register.register("", [on("a.first", start_at_us=START_NOW)])
        bench.trips.before.clear()
    assert (await bench.register.register("", [on("a.first")])).warnings == []
    assert list(await standing(bench)) == ["a.first"]
