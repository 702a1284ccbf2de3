"""Orders over many tasks, with wrong words; nothing is begun by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, refusal

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

pytestmark = pytest.mark.usefixtures("unchanged")
CANCEL, RETRY = pb.SWEEP_KIND_CANCEL, pb.SWEEP_KIND_RETRY
SELECTIONS: list[tuple[dict[str, Any], str]] = [
    ({"lambda": ""}, "selection: selects every task there is; name a lambda, a collection or an attribute"),
    ({"lambda": "", "statuses": [pb.STATUS_NEW]}, "selection: selects every task there is"),
    ({"lambda": "nodot"}, "lambda: 'nodot' has no dot"),
    ({"collection": "x" * 257}, "collection: has 257 bytes"),
    ({"collection": "a\x00b"}, "collection: holds a NUL"),
    ({"statuses": [77]}, "statuses: 77 is none"),
    ({"statuses": [pb.STATUS_UNSPECIFIED]}, "statuses: 0 is none"),
    ({"statuses": [pb.STATUS_SUCCESS]}, "statuses: no task that is success can be meant by a"),
    ({"scheduled_from_us": -1}, "scheduled_from_us: -1 is before 1970"),
    ({"scheduled_until_us": -1}, "scheduled_until_us: -1 is before 1970"),
    ({"scheduled_from_us": 7, "scheduled_until_us": 7}, "scheduled_until_us: is not after scheduled_from_us"),
    ({"attributes": {"Customer": "7"}}, "attributes: 'Customer' is not a name"),
    ({"attributes": {"customer": ""}}, "attributes.customer: is empty"),
    ({"attributes": {"customer": "x" * 257}}, "attributes.customer: has 257 bytes"),
    ({"attributes": {f"a{n}": "x" for n in range(9)}}, "attributes: are 9; a task has 8 at most"),
]


def selection(**fields: Any) -> pb.TaskSelection:
    """Of the lambda that is known, but for what is said."""
    return pb.TaskSelection(**({"lambda": LAMBDA} | fields))


@pytest.mark.parametrize(("fields", "hint"), SELECTIONS, ids=str)
@pytest.mark.parametrize("kind", [CANCEL, RETRY], ids=pb.SweepKind.Name)
def test_a_selection_that_means_nothing(
    platform: Platform, kind: pb.SweepKind, fields: dict[str, Any], hint: str
) -> None:
    wanted = selection(**fields)
    for method, request in (
        (platform.frontend.PreviewSweep, pb.PreviewSweepRequest(kind=kind, selection=wanted)),
        (platform.frontend.StartSweep, pb.StartSweepRequest(kind=kind, selection=wanted, asked_by="ada")),
    ):
        status, sentence = refusal(method, request)
        assert status is INVALID
        assert sentence.startswith(hint)


@pytest.mark.parametrize(
    ("kind", "status"), [(CANCEL, pb.STATUS_DEAD), (RETRY, pb.STATUS_NEW), (RETRY, pb.STATUS_PROCESSING)]
)
def test_a_status_in_which_nothing_can_be_meant(platform: Platform, kind: pb.SweepKind, status: pb.Status) -> None:
    request = pb.StartSweepRequest(kind=kind, selection=selection(statuses=[status]), asked_by="ada")
    code, sentence = refusal(platform.frontend.StartSweep, request)
    assert code is INVALID
    assert sentence.startswith("statuses: no task that is ")
    assert "use some of" in sentence


def test_an_order_takes_what_its_kind_takes(platform: Platform) -> None:
    letters = pb.DeadLetterFilter(cause="budget")
    for order, hint in (
        (pb.StartSweepRequest(kind=CANCEL, filter=letters, selection=selection()), "filter: is for a REDRIVE or"),
        (pb.StartSweepRequest(kind=RETRY, filter=letters), "filter: is for a REDRIVE or a PURGE"),
        (pb.StartSweepRequest(kind=pb.SWEEP_KIND_PURGE, selection=selection()), "selection: is for a CANCEL or"),
        (pb.StartSweepRequest(kind=CANCEL), "selection: selects every task"),
    ):
        order.asked_by = "ada"
        code, sentence = refusal(platform.frontend.StartSweep, order)
        assert code is INVALID
        assert sentence.startswith(hint)
    for kind in (pb.SWEEP_KIND_UNSPECIFIED, pb.SWEEP_KIND_REDRIVE, pb.SWEEP_KIND_PURGE):
        preview = pb.PreviewSweepRequest(kind=kind, selection=selection())
        assert refusal(platform.frontend.PreviewSweep, preview).sentence.startswith("kind: ")


def test_a_lambda_or_a_namespace_that_nobody_knows(platform: Platform) -> None:
    unknown = selection(**{"lambda": "shop.unknown"})
    for method, request in (
        (platform.frontend.PreviewSweep, pb.PreviewSweepRequest(kind=CANCEL, selection=unknown)),
        (platform.frontend.StartSweep, pb.StartSweepRequest(kind=CANCEL, selection=unknown, asked_by="ada")),
        (
            platform.frontend.StartSweep,
            pb.StartSweepRequest(kind=RETRY, selection=selection(), asked_by="ada", namespace="nobodys"),
        ),
    ):
        assert refusal(method, request).status is grpc.StatusCode.NOT_FOUND
