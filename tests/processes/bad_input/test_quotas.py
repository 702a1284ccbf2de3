"""Quotas at the wire: what is wrong is refused with its field and changes nothing; what is over one is told when."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.cli.main import run
from penstock.model.errors import QuotaExceeded
from penstock.sdk.refusal import refusal_of
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, PATIENCE_S, group, refusal, register, schedule

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

SCHEDULE, START, WEIGHT = pb.QUOTA_KIND_SCHEDULE, pb.QUOTA_KIND_START, pb.QUOTA_KIND_WEIGHT


def order(name: str = LAMBDA, **fields: Any) -> pb.SetQuotaRequest:
    made = pb.SetQuotaRequest(**({"kind": SCHEDULE, "amount": 5.0} | fields))
    setattr(made, "lambda", name)
    return made


def declared(**fields: Any) -> pb.RegisterLambdasRequest:
    policy = pb.LambdaPolicy(quota=pb.LambdaQuota(**fields))
    return pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name=LAMBDA, version="1", policy=policy)])


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (order(kind=0), "kind"),
        (order(kind=9), "kind"),
        (order(name=""), "lambda"),
        (order(name="shop.*"), "lambda"),
        (order(namespace="../x"), "namespace"),
        (order(amount=0), "amount"),
        (order(amount=-1), "amount"),
        (order(amount=float("nan")), "amount"),
        (order(amount=float("-inf")), "amount"),
        (order(kind=WEIGHT, amount=float("inf")), "amount"),
        (order(burst=2**32 - 1), "burst"),
        (order(kind=WEIGHT, amount=1, burst=1), "burst"),
        (order(amount=None, burst=1), "burst"),
        (order(priority=1), "priority"),
        (order(kind=START, priority=9), "priority"),
        (order(reason="r" * 1_025), "reason"),
        (order(who="w" * 257), "who"),
        (order(request_token=b"short"), "request_token"),
    ],
)
def test_a_wrong_order_names_its_field(platform: Platform, wrong: pb.SetQuotaRequest, field: str) -> None:
    status, sentence = refusal(platform.frontend.SetQuota, wrong)
    assert status is INVALID
    assert sentence.startswith(f"{field}: ")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (declared(schedule_per_s=0), "schedule_per_s"),
        (declared(start_per_s=float("inf")), "start_per_s"),
        (declared(weight=float("nan")), "weight"),
        (declared(schedule_burst=5), "schedule_burst"),
        (declared(schedule_per_s=1, schedule_burst=2**32 - 1), "schedule_burst"),
    ],
)
def test_a_wrong_declaration_names_its_field(platform: Platform, wrong: pb.RegisterLambdasRequest, field: str) -> None:
    status, sentence = refusal(platform.frontend.RegisterLambdas, wrong)
    assert status is INVALID
    assert sentence.startswith(f"{field}: ")


@pytest.mark.usefixtures("unchanged")
def test_a_lambda_or_a_namespace_that_nobody_has_named_is_not_found_and_not_made(platform: Platform) -> None:
    for wrong in (order(name="shop.never_named"), order(namespace="nobodys")):
        assert refusal(platform.frontend.SetQuota, wrong).status is grpc.StatusCode.NOT_FOUND
    assert platform.frontend.ListQuotas(pb.ListQuotasRequest(namespace="nobodys")) == pb.ListQuotasReply()
    for question in (pb.QuotaHistoryRequest(limit=1_001), pb.QuotaHistoryRequest(before_version=2**64 - 1)):
        assert refusal(platform.frontend.QuotaHistory, question).status is INVALID


def test_the_command_line_sets_lists_clears_and_tells_who_did_it(
    platform: Platform, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside what the code declares, and heeded by the frontend at once."""
    name = "shop.limited"
    register(platform, name)

    def cli(*words: str) -> Any:
        assert run([*words, "--json", "--address", platform.address]) == 0
        return json.loads(capsys.readouterr().out)

    [quota] = cli("quota", "set", name, "schedule", "6/m", "--burst", "2", "--reason", "slow partner")
    assert (quota["amount"], quota["burst"], quota["in_force"], quota["declared"]) == (0.1, 2, True, False)
    assert quota["who"]
    stops_at_s = time.monotonic() + PATIENCE_S
    while not _is_over_quota(platform, name):
        assert time.monotonic() < stops_at_s
    assert run(["schedule", name, "{}", "--address", platform.address]) == 1
    told = capsys.readouterr().err
    assert f"{name} is over its quota of 0.1/s, 2 at once" in told
    assert run(["quota", "list", "--address", platform.address]) == 0
    assert "slow partner" in capsys.readouterr().out
    assert [each["kind"] for each in cli("quota", "set", name, "start", "unlimited", "--priority", "low")] == [
        "schedule",
        "start",
    ]
    assert cli("quota", "clear", name, "start", "--priority", "low")[0]["kind"] == "schedule"
    assert cli("quota", "clear", name, "schedule") == []
    assert [line["order"] for line in cli("quota", "history", name)] == [
        "cleared",
        "cleared",
        "unlimited",
        "0.1/s, 2 at once",
    ]


def _is_over_quota(platform: Platform, name: str) -> bool:
    try:
        schedule(platform, group(name=name))
    except grpc.RpcError as error:
        found = refusal_of(error)
        assert isinstance(found, QuotaExceeded)
        assert 0 < found.retry_after_s <= 10
        assert (found.lambda_name, found.quota) == (name, "0.1/s, 2 at once")
        return True
    return False


@pytest.mark.parametrize(
    ("words", "place"),
    [
        (("shop.x", "schedule", "fast"), "AMOUNT"),
        (("shop.x", "schedule", "5/week"), "AMOUNT"),
        (("shop.x", "schedule", "0"), "AMOUNT"),
        (("shop.x", "schedule", "inf"), "AMOUNT"),
        (("shop.x", "weight", "unlimited"), "AMOUNT"),
        (("shop.x", "weight", "5/s"), "AMOUNT"),
        (("shop.x", "run", "5"), "schedule|start|weight"),
        (("shop", "schedule", "5"), "LAMBDA"),
        (("shop.x", "start", "5", "--priority", "urgent"), "--priority"),
        (("shop.x", "schedule", "5", "--priority", "low"), "--priority"),
    ],
    ids=str,
)
def test_a_wrong_word_is_told_before_anything_is_asked(
    words: tuple[str, ...], place: str, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["quota", "set", *words, "--address", "127.0.0.1:1"]) == 2
    assert capsys.readouterr().err.startswith(f"error: {place}: ")
