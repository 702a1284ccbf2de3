"""What is asked about dead letters, and ordered over them, with wrong words; nothing is begun by it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, refusal

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

pytestmark = pytest.mark.usefixtures("unchanged")
FILTERS: list[tuple[dict[str, Any], str]] = [
    ({"lambda": "nodot"}, "lambda: 'nodot' has no dot"),
    ({"lambda": "shop.known\x00"}, "lambda"),
    ({"collection": "x" * 257}, "collection: has 257 bytes"),
    ({"error_type": "a\x00b"}, "error_type: holds a NUL"),
    ({"cause": "bad luck"}, "cause: 'bad luck' is none; use one of budget, poison, lapses, undecodable"),
    ({"from_us": -1}, "from_us: -1 is before 1970"),
    ({"from_us": 2, "until_us": 2}, "until_us: is not after from_us"),
]


def order(**fields: Any) -> pb.StartSweepRequest:
    """A redrive that is right but for what is said."""
    right: dict[str, Any] = {"kind": pb.SWEEP_KIND_REDRIVE, "asked_by": "ada"}
    return pb.StartSweepRequest(**(right | fields))


def of_lambda(name: str) -> pb.DeadLetterFilter:
    wanted = pb.DeadLetterFilter()
    setattr(wanted, "lambda", name)
    return wanted


@pytest.mark.parametrize(("fields", "hint"), FILTERS, ids=str)
def test_a_filter_that_means_nothing(platform: Platform, fields: dict[str, Any], hint: str) -> None:
    wanted = pb.DeadLetterFilter(**fields)
    for method, request in (
        (platform.frontend.ListDeadLetters, pb.ListDeadLettersRequest(filter=wanted)),
        (platform.frontend.CountDeadLetters, pb.CountDeadLettersRequest(filter=wanted)),
        (platform.frontend.StartSweep, order(filter=wanted)),
    ):
        status, sentence = refusal(method, request)
        assert status is INVALID
        assert sentence.startswith(hint)


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"kind": pb.SWEEP_KIND_UNSPECIFIED}, "kind: 0 is none; say one of REDRIVE, PURGE, CANCEL, RETRY"),
        ({"kind": 7}, "kind: 7 is none"),
        ({"rate_per_s": 0.001}, "rate_per_s: 0.001 is outside of 0.01 to 10000"),
        ({"rate_per_s": -1.0}, "rate_per_s"),
        ({"rate_per_s": 1e9}, "rate_per_s"),
        ({"rate_per_s": float("nan")}, "rate_per_s"),
        ({"rate_per_s": float("inf")}, "rate_per_s"),
        ({"asked_by": ""}, "asked_by: is empty"),
        ({"asked_by": "x" * 257}, "asked_by: has 257 bytes"),
        ({"reason": "x" * 1025}, "reason: has 1025 bytes"),
        ({"request_token": b"short"}, "sweep_id: has 5 bytes"),
        ({"namespace": "No Name"}, "namespace"),
    ],
    ids=str,
)
def test_an_order_that_cannot_be_carried_out(platform: Platform, fields: dict[str, Any], hint: str) -> None:
    status, sentence = refusal(platform.frontend.StartSweep, order(**fields))
    assert status is INVALID
    assert sentence.startswith(hint)
    assert platform.frontend.ListSweeps(pb.ListSweepsRequest()) == pb.ListSweepsReply()


def test_what_nobody_knows_is_not_found(platform: Platform) -> None:
    unknown = of_lambda("shop.unknown")
    for method, request in (
        (platform.frontend.ListDeadLetters, pb.ListDeadLettersRequest(filter=unknown)),
        (platform.frontend.CountDeadLetters, pb.CountDeadLettersRequest(filter=unknown)),
        (platform.frontend.StartSweep, order(filter=unknown)),
        (platform.frontend.StartSweep, order(namespace="nobodys")),
        (platform.frontend.StopSweep, pb.StopSweepRequest(sweep_id=bytes(16), stopped_by="ada")),
    ):
        assert refusal(method, request).status is grpc.StatusCode.NOT_FOUND


def test_a_page_token_of_another_list(platform: Platform) -> None:
    wanted = of_lambda(LAMBDA)
    for token in ("nonsense", "ä", "AAAA"):
        request = pb.ListDeadLettersRequest(filter=wanted, page_token=token)
        assert refusal(platform.frontend.ListDeadLetters, request).sentence.startswith("page_token: is not one")
    request = pb.ListDeadLettersRequest(filter=wanted, page_size=1_001)
    assert refusal(platform.frontend.ListDeadLetters, request).sentence.startswith("page_size: 1001")
    limit = pb.ListSweepsRequest(limit=1_001)
    assert refusal(platform.frontend.ListSweeps, limit).sentence.startswith("limit: 1001")
