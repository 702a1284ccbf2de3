"""The desk of endpoints: what it keeps, what it refuses, what it shows, and what is said of work that waits for one."""

import asyncio
from typing import Any

import pytest
from standardwebhooks import Webhook

from penstock.model.endpoint import EndpointSpec, Health, TargetHealth
from penstock.model.endpoint_rules import lambda_timeout_s
from penstock.model.errors import InvalidInput, NotFound
from penstock.model.explanation import Why
from penstock.model.subscription import SubscriptionSpec
from penstock.ports.signals import Topic
from tests.layers.frontend_bench import FrontendBench, on_bench

URL = "https://a.example/hook"
NAME = "billing.charge"
SPEC = EndpointSpec(urls=(URL,))


@on_bench
async def test_an_endpoint_is_a_registered_lambda_with_a_secret_that_is_shown_once(bench: FrontendBench) -> None:
    made = await bench.endpoints.put("", NAME, SPEC)
    Webhook(made.secret)  # the reference library takes it
    assert made.secret not in repr(made)
    again = await bench.endpoints.put("", NAME, EndpointSpec(urls=(URL, "https://b.example/")))
    assert again.secret == ""
    assert again.endpoint.secrets == made.endpoint.secrets
    record = (await bench.store.registry.find(made.endpoint.namespace_id, [NAME]))[NAME]
    assert record.registered
    assert record.policy.timeout_s == lambda_timeout_s(SPEC)
    assert len(bench.said[Topic.ENDPOINTS]) == 2


@on_bench
async def test_ones_own_secret_is_taken(bench: FrontendBench) -> None:
    own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    assert (await bench.endpoints.put("", NAME, SPEC, own)).secret == own
    rotated = await bench.endpoints.rotate("", NAME, 60)
    assert rotated.secret != own
    assert len(rotated.endpoint.secrets) == 2


@on_bench
async def test_a_refused_endpoint_leaves_nothing_behind(bench: FrontendBench) -> None:
    bad: list[tuple[str, dict[str, Any], str]] = [
        ("not a name", {}, "lambda"),
        (NAME, {"urls": ("https://127.0.0.1/",)}, "url"),
        (NAME, {"urls": ("http://a.example/",)}, "url"),
        (NAME, {"headers": (("Host", "x"),)}, "headers"),
        (NAME, {"subscription": SubscriptionSpec("not a stream!")}, "stream"),
        (NAME, {"subscription": SubscriptionSpec("files", after=(NAME,))}, "after"),
    ]
    for name, fields, field in bad:
        with pytest.raises(InvalidInput) as caught:
            await bench.endpoints.put("", name, EndpointSpec(**{"urls": (URL,)} | fields))
        assert field in caught.value.field
    with pytest.raises(InvalidInput, match="secret"):
        await bench.endpoints.put("", NAME, SPEC, "whsec_short")
    assert await bench.endpoints.standing("") == []
    namespace_id = await bench.store.registry.namespace("default")
    assert not await bench.store.registry.find(namespace_id, [NAME])


@on_bench
async def test_a_removed_endpoint_subscribes_to_nothing(bench: FrontendBench) -> None:
    await bench.endpoints.put("", NAME, EndpointSpec((URL,), subscription=SubscriptionSpec("files", batch_max=1)))
    assert [each.lambda_name for each in await bench.store.subscriptions.all()] == [NAME]
    await bench.endpoints.remove("", NAME)
    assert await bench.store.subscriptions.all() == []
    with pytest.raises(NotFound):
        await bench.endpoints.remove("", NAME)


@on_bench
async def test_orders_about_what_is_no_endpoint(bench: FrontendBench) -> None:
    desk = bench.endpoints
    for order in (
        desk.standing("", NAME),
        desk.rotate("", NAME, 1),
        desk.switch("", NAME, True),
        desk.remove("", NAME),
        desk.remove("no-such-tenant", NAME),
    ):
        with pytest.raises(NotFound, match="is no endpoint"):
            await order
    await desk.put("", NAME, SPEC)
    with pytest.raises(InvalidInput, match="both_s"):
        await desk.rotate("", NAME, 1e9)
    with pytest.raises(InvalidInput, match="reason"):
        await desk.switch("", NAME, True, "why not")


@on_bench
async def test_a_push_worker_is_wanted_once_there_is_an_endpoint(bench: FrontendBench) -> None:
    wanted = asyncio.create_task(bench.endpoints.wait_until_any())
    await asyncio.sleep(100)
    assert not wanted.done()
    await bench.endpoints.put("", NAME, SPEC)
    await asyncio.wait_for(wanted, 1)


@on_bench
async def test_explain_says_what_an_endpoint_does(bench: FrontendBench) -> None:
    made = await bench.endpoints.put("", NAME, SPEC)
    await bench.schedule(b"{}", name=NAME)

    async def why() -> tuple[Why, str]:
        answer = (await bench.explain.lane("", NAME)).explanation
        return answer.code, answer.sentence

    code, sentence = await why()
    assert (code, "no push worker" in sentence) == (Why.ENDPOINT, True)
    now_us = bench.store.clock.now_us()
    word = TargetHealth(
        made.endpoint.lambda_id,
        URL,
        "here/1",
        Health.OPEN,
        now_us - 9_000_000,
        now_us + 20_000_000,
        problem="answered 500",
    )
    await bench.store.endpoints.tell([word])
    code, sentence = await why()
    assert code is Why.ENDPOINT
    assert f"Endpoint {URL} is open since" in sentence
    assert "next probe at" in sentence
    assert "answered 500" in sentence
    await bench.endpoints.switch("", NAME, False, "on holiday")
    code, sentence = await why()
    assert "is disabled since" in sentence
    assert sentence.endswith("on holiday.")
    assert code is Why.ENDPOINT
