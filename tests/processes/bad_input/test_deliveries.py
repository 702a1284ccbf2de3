"""A delivery is no task: what is asked of a task by its id is refused; and results that cannot be a delivery's."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, group, hello, one, refusal, results, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.processes.platform_fixture import Platform

LAMBDA = "river.listen"
STREAM = "deliveries"
_numbers = count(1)


class Given:
    """A delivery that was handed to a worker which has gone silent."""

    def __init__(self, task_id: bytes, claim: int, upto: int, subject: str) -> None:
        self.id, self.claim, self.upto, self.subject = task_id, claim, upto, subject

    def result(self, **columns: Any) -> pb.SetResultsRequest:
        return results([(self.id, self.claim)], **columns)


@pytest.fixture
def given(platform: Platform) -> Iterator[Given]:
    """Of a subject of its own with three events; it is done in the end."""
    subscription = pb.Subscription(stream=STREAM, start_at_us=0)
    registration = pb.LambdaRegistration(name=LAMBDA, version="1", subscription=subscription)
    platform.frontend.RegisterLambdas(pb.RegisterLambdasRequest(lambdas=[registration]), timeout=PATIENCE_S)
    subject = f"s{next(_numbers)}"
    with work(platform, pb.WorkRequest(hello=hello(LAMBDA), credit_total=1, stamp_us=1)) as replies:
        events = pb.EventGroup(stream=STREAM, subjects=[subject] * 3, types=["changed"] * 3, data=[b"{}"] * 3)
        last = platform.frontend.Publish(pb.PublishRequest(groups=[events]), timeout=PATIENCE_S).sequences[-1]
        found = next(reply.assignments for reply in replies if reply.assignments.task_ids)
    made = Given(found.task_ids, found.claims[0], last, subject)
    yield made
    platform.orchestrator.SetResults(made.result(upto=[last]), timeout=PATIENCE_S)
    assert _row(platform, made)["cursor"] == last, "its claim still stood"


def _row(platform: Platform, given: Given) -> dict[str, Any]:
    (row,) = platform.sql("select * from penstock.delivery where subject = $1", given.subject)
    return dict(row)


def _still(platform: Platform, given: Given) -> tuple[Any, ...]:
    row = _row(platform, given)
    return tuple(
        row[name] for name in ("cursor", "head", "status", "claim", "cancel_requested", "held_for", "attempts")
    )


ORDERS: list[tuple[str, Any]] = [
    ("GetTask", pb.GetTaskRequest(with_history=True, with_payload=True, with_family=True)),
    ("CancelTask", pb.CancelTaskRequest()),
    ("RetryTask", pb.RetryTaskRequest()),
    ("ExplainTask", pb.ExplainTaskRequest()),
    ("ListParents", pb.ListParentsRequest()),
    ("GetTree", pb.GetTreeRequest()),
    ("CancelTree", pb.CancelTreeRequest()),
]


@pytest.mark.parametrize(("call", "request_"), ORDERS, ids=[call for call, _ in ORDERS])
def test_it_is_no_task_that_one_asks_of(platform: Platform, given: Given, call: str, request_: Any) -> None:
    before = _still(platform, given)
    request_.task_id = given.id
    status, sentence = refusal(getattr(platform.frontend, call), request_)
    assert status.name == "NOT_FOUND", sentence
    assert _still(platform, given) == before


def test_nobody_waits_for_it(platform: Platform, given: Given) -> None:
    reply = platform.frontend.AwaitTasks(pb.AwaitTasksRequest(task_ids=given.id, wait_s=0.1), timeout=PATIENCE_S)
    assert (reply.unknown, list(reply.ended)) == (given.id, [])


def test_it_is_nobodys_parent(platform: Platform, given: Given) -> None:
    request = one(group(b"{}", parents=[pb.Parents(of=[pb.ParentReference(task_id=given.id)])]))
    status, sentence = refusal(platform.frontend.Schedule, request)
    assert status is INVALID
    assert sentence.startswith("tasks[0].parents[0]: no such task in this namespace")


def test_an_order_to_cancel_all_of_a_lambda_means_tasks(platform: Platform, given: Given) -> None:
    before = _still(platform, given)
    selection = pb.TaskSelection()
    setattr(selection, "lambda", LAMBDA)
    preview = pb.PreviewSweepRequest(kind=pb.SWEEP_KIND_CANCEL, selection=selection)
    assert not platform.frontend.PreviewSweep(preview, timeout=PATIENCE_S).groups
    order = pb.StartSweepRequest(kind=pb.SWEEP_KIND_CANCEL, selection=selection, asked_by="a test", reason="none")
    sweep_id = platform.frontend.StartSweep(order, timeout=PATIENCE_S).sweep_id
    while True:
        sweeps = platform.frontend.ListSweeps(pb.ListSweepsRequest(), timeout=PATIENCE_S).sweeps
        if any(sweep.sweep_id == sweep_id and sweep.status == pb.SWEEP_STATUS_DONE for sweep in sweeps):
            break
    assert _still(platform, given) == before


def test_a_list_of_tasks_has_none(platform: Platform, given: Given) -> None:
    listed = platform.frontend.ListTasks(pb.ListTasksRequest(page_size=1_000), timeout=PATIENCE_S)
    assert given.id not in {each.task_id for each in listed.tasks}


def test_a_success_that_does_not_say_how_far_is_refused(platform: Platform, given: Given) -> None:
    """Its cursor would stay, and the same events would come again for ever."""
    before = _still(platform, given)
    for columns in ({}, {"upto": [0]}):
        status, sentence = refusal(platform.orchestrator.SetResults, given.result(**columns))
        assert status is INVALID
        assert sentence.startswith("upto: ")
        assert _still(platform, given) == before


def test_a_stale_claim_moves_nothing(platform: Platform, given: Given) -> None:
    before = _still(platform, given)
    for claim in (given.claim + 1, 0, 2**31 - 1):
        stale = results([(given.id, claim)], upto=[given.upto])
        assert platform.orchestrator.SetResults(stale, timeout=PATIENCE_S).refused == given.id
    assert _still(platform, given) == before


def test_a_failure_that_names_what_was_not_handed_over_kills_nothing(platform: Platform, given: Given) -> None:
    fatal = {"endings": [pb.ENDING_FAILED_FATALLY], "results": [b""], "upto": [given.upto]}
    platform.orchestrator.SetResults(given.result(**fatal, failed_at={0: 2**63 - 1}), timeout=PATIENCE_S)
    assert _row(platform, given)["cursor"] == 0
    assert not platform.sql("select 1 from penstock.event_letter where subject = $1", given.subject)
    with work(platform, pb.WorkRequest(hello=hello(LAMBDA), credit_total=1, stamp_us=2)) as replies:
        again = next(reply.assignments for reply in replies if reply.assignments.task_ids)
    assert again.task_ids == given.id
    given.claim = again.claims[0]
