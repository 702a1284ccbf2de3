"""Row 32, of lambdas: parameters that what waits does not fit are refused, and those that stand stay."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import PATIENCE_S, group, refusal, schedule

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

NAME = "shop.signed"


def registering(required: list[str], **call: Any) -> pb.RegisterLambdasRequest:
    properties = {name: {"type": "integer"} for name in required}
    parameters = {"type": "object", "properties": properties, "required": required, "additionalProperties": False}
    signature = json.dumps({"parameters": parameters}).encode()
    made = pb.LambdaRegistration(name=NAME, version=str(len(required)), signature=signature)
    return pb.RegisterLambdasRequest(lambdas=[made], **call)


def test_a_worker_that_cannot_take_what_waits_is_refused_and_changes_nothing(platform: Platform) -> None:
    register = platform.frontend.RegisterLambdas
    register(registering(["a"]), timeout=PATIENCE_S)
    schedule(platform, group(b'{"a":1}', name=NAME))
    kept = platform.sql("select version, signature from penstock.lambda where name = 'shop.signed'")
    refused = refusal(register, registering(["a", "b"]))
    assert refused.status == grpc.StatusCode.FAILED_PRECONDITION
    assert "1 task waits for it that this version cannot take: field 'b': it is required now" in refused.sentence
    assert platform.sql("select version, signature from penstock.lambda where name = 'shop.signed'") == kept
    assert not register(registering(["a"]), timeout=PATIENCE_S).warnings
    register(registering(["a", "b"], accept_signatures=True), timeout=PATIENCE_S)
    assert platform.sql("select version from penstock.lambda where name = 'shop.signed'")[0]["version"] == "2"
