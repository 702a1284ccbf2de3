"""Subscriptions that cannot be, and results of deliveries that cannot be true."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, claimed, refusal, results, task

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

NUL = "\x00"
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no stream": ({"stream": ""}, "stream of shop.new: '' is not a name; use 1 to 64"),
    "a stream that is a path": ({"stream": "../files"}, "stream of shop.new: '../files' is not a name"),
    "a stream that is a pattern": ({"stream": "files.>"}, "is not a name"),
    "an order of nobody's": ({"order": 99}, "order of shop.new: 99 is none; use subject, latest or none"),
    "an end of nobody's": ({"when_dead": 99}, "when_dead of shop.new: 99 is none; use block, skip or pass"),
    "more than a delivery has": ({"batch_max": 1_001}, "batch of shop.new: 1001 is outside of 1 to 1000"),
    "more than any number": ({"batch_max": 2**32 - 1}, "batch of shop.new: 4294967295 is outside of"),
    "an empty type": ({"types": [""]}, "types of shop.new: is empty; say what kind"),
    "a type with a NUL": ({"types": [NUL]}, "types of shop.new: holds a NUL"),
    "a long type": ({"types": ["x" * 257]}, "types of shop.new: has 257 bytes; the limit is 256"),
    "a type with stars": ({"types": ["*.made"]}, "types of shop.new: '*.made' has a * that is not at its end"),
    "many types": ({"types": [f"t{at}" for at in range(101)]}, "types of shop.new: are 101; the limit is 100"),
    "no extension": ({"attributes": {"": "x"}}, "attributes of shop.new: '' is not the name of one"),
    "an attribute of all": ({"attributes": {"subject": "x"}}, "'subject' is an attribute of every event"),
    "many attributes": ({"attributes": {f"a{at}": "" for at in range(21)}}, "are 21; the limit is 20"),
    "a filter that is empty": ({"filter": "{}"}, "filter of shop.new: names 0 dialects"),
    "a filter that is no JSON": ({"filter": "type = 'x'"}, "filter of shop.new: is no JSON"),
    "a filter of nobody's": ({"filter": '{"any":[{"glob":{}}]}'}, "filter.any[0] of shop.new: 'glob' is no dialect"),
    "a deep filter": ({"filter": '{"not":' * 100_000}, "filter of shop.new: has 700000 bytes as JSON; the limit is"),
    "a nested filter": ({"filter": '{"not":' * 900 + "7" + "}" * 900}, "filter of shop.new: "),
    "a long expression": ({"filter": '{"sql":"' + "x" * 1_000_000 + '"}'}, "filter of shop.new: has 1000010 bytes"),
    "no expression": ({"filter": '{"sql":"type ="}'}, "filter.sql of shop.new: at character 7: a value, such as"),
    "a dear expression": ({"filter": '{"sql":"' + " OR ".join(["id LIKE '_%'"] * 20) + '"}'}, "may cost"),
    "before time": ({"start_at_us": -(2**63)}, "start of shop.new: -9223372036854775808 us since 1970 are before it"),
    "after time": ({"start_at_us": 2**63 - 1}, "are outside of the years 1970 to 9999"),
    "tomorrow": ({"start_at_us": 253_402_300_000_000_000}, "s in the future; use now, and begin when its worker"),
    "after no lambda": ({"after": ["index"]}, "after of shop.new: 'index' has no dot"),
    "after itself": ({"after": ["shop.new"]}, "after of shop.new: names shop.new itself"),
    "after one twice": ({"after": ["shop.a", "shop.a"]}, "after of shop.new: names one lambda twice"),
    "after many": ({"after": [f"shop.a{at}" for at in range(101)]}, "after of shop.new: names 101 lambdas"),
    "before one that waits for it": ({"order": pb.SUBSCRIPTION_ORDER_NONE}, "after shop.new, whose order is none"),
    "a ring": ({"after": ["shop.good"]}, "on stream files: each would wait for the next one for ever"),
}


def on(name: str, **fields: Any) -> pb.LambdaRegistration:
    return pb.LambdaRegistration(name=name, subscription=pb.Subscription(**{"stream": "files", **fields}))


@pytest.mark.parametrize("case", WRONG)
@pytest.mark.usefixtures("unchanged")
def test_one_wrong_subscription_keeps_the_whole_worker_out(platform: Platform, case: str) -> None:
    fields, hint = WRONG[case]
    tick = pb.PeriodicDefinition(name="wrong", cron="0 9 * * *")
    setattr(tick, "lambda", "shop.good")
    request = pb.RegisterLambdasRequest(
        lambdas=[on("shop.good", after=["shop.new"]), on("shop.new", **fields)], app="shop-wrong", schedules=[tick]
    )
    status, sentence = refusal(platform.frontend.RegisterLambdas, request)
    assert status is INVALID
    assert hint in sentence


def test_what_may_not_be_meant_is_said(platform: Platform) -> None:
    request = pb.RegisterLambdasRequest(lambdas=[on("shop.after", after=["shop.unheard_of"])])
    reply = platform.frontend.RegisterLambdas(request, timeout=PATIENCE_S)
    assert list(reply.warnings) == [
        "shop.after goes after shop.unheard_of, which no worker has registered: it holds nobody back until that changes"
    ]
    plain = pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name="shop.after")])
    assert not platform.frontend.RegisterLambdas(plain, timeout=PATIENCE_S).warnings, "it subscribes no more"


@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        ({"upto": [1, 2]}, "upto: has 2 values for 1 ids"),
        ({"upto": [-1]}, "upto: -1 is no sequence"),
        ({"failed_at": {1: 7}}, "failed_at: names position 1 of 1 ids"),
        ({"failed_at": {0: -7}}, "failed_at: -7 is no sequence"),
    ],
)
def test_a_result_that_no_delivery_has_is_refused(platform: Platform, columns: dict[str, Any], hint: str) -> None:
    [key] = claimed(platform, "shop.delivered")
    request = results([key])
    request.MergeFrom(pb.SetResultsRequest(**columns))
    status, sentence = refusal(platform.orchestrator.SetResults, request)
    assert status is INVALID
    assert hint in sentence
    assert not platform.orchestrator.SetResults(results([key]), timeout=PATIENCE_S).refused, "its claim still stands"


def test_a_task_has_no_cursor_to_move(platform: Platform) -> None:
    [key] = claimed(platform, "shop.delivered")
    request = results([key])
    request.MergeFrom(pb.SetResultsRequest(upto=[2**63 - 1], failed_at={0: 2**63 - 1}))
    assert not platform.orchestrator.SetResults(request, timeout=PATIENCE_S).refused
    assert task(platform, key[0]).status == pb.STATUS_SUCCESS
