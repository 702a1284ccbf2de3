"""Wrong questions about why nothing runs: the field is named, nothing is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.cli.main import run
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, NOBODY, refusal

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform

pytestmark = pytest.mark.usefixtures("unchanged")
NOT_FOUND = grpc.StatusCode.NOT_FOUND


def asked(request: Any, name: str = LAMBDA) -> Any:
    setattr(request, "lambda", name)
    return request


@pytest.mark.parametrize(
    ("call", "request_", "status", "words"),
    [
        ("ExplainTask", pb.ExplainTaskRequest(), INVALID, "task_id: has 0 bytes"),
        ("ExplainTask", pb.ExplainTaskRequest(task_id=b"x" * 17), INVALID, "task_id: has 17 bytes"),
        ("ExplainTask", pb.ExplainTaskRequest(task_id=NOBODY), NOT_FOUND, "no task"),
        ("ExplainTask", pb.ExplainTaskRequest(task_id=NOBODY, namespace="nobodys"), NOT_FOUND, "no task"),
        ("ExplainTask", pb.ExplainTaskRequest(task_id=NOBODY, namespace="../x"), INVALID, "namespace: "),
        ("ExplainLane", pb.ExplainLaneRequest(), INVALID, "lambda: "),
        ("ExplainLane", asked(pb.ExplainLaneRequest(), "shop.nobodys"), NOT_FOUND, "no lambda shop.nobodys"),
        ("ExplainLane", asked(pb.ExplainLaneRequest(namespace="nobodys")), NOT_FOUND, "no lambda"),
        ("ExplainLane", asked(pb.ExplainLaneRequest(priority=9)), INVALID, "priority: 9 is none"),  # type: ignore[arg-type]
        ("ListLanes", asked(pb.ListLanesRequest(), "../x.y"), INVALID, "lambda: "),
        ("ListLanes", pb.ListLanesRequest(after_lambda="x"), INVALID, "after_lambda: "),
        ("ListLanes", pb.ListLanesRequest(limit=1_001), INVALID, "limit: 1001 is outside"),
    ],
)
def test_a_wrong_question_is_refused_with_its_field(
    platform: Platform, call: str, request_: Any, status: grpc.StatusCode, words: str
) -> None:
    refused = refusal(getattr(platform.frontend, call), request_)
    assert refused.status is status
    assert refused.sentence.startswith(words)


def test_a_namespace_that_nobody_has_made_has_no_lanes(platform: Platform) -> None:
    assert not platform.frontend.ListLanes(pb.ListLanesRequest(namespace="nobodys")).lanes


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["tasks", "explain"], "ID: give either the id of a task or --lambda"),
        (["tasks", "explain", "x", "--lambda", LAMBDA], "ID: give either"),
        (["tasks", "explain", "no-id"], "no-id"),
        (["tasks", "explain", NOBODY.hex(), "--priority", "low"], "--priority: goes with --lambda"),
        (["tasks", "explain", "--lambda", LAMBDA, "--priority", "urgent"], "--priority: 'urgent' is none"),
        (["tasks", "explain", "--lambda", "mail"], "--lambda: 'mail' has no dot"),
        (["lanes", "--lambda", "mail"], "--lambda: 'mail' has no dot"),
    ],
)
def test_a_wrong_command_line_is_told_in_one_line(
    platform: Platform, working_folder: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str
) -> None:
    assert working_folder.exists()
    assert run([*words, "--address", platform.address]) == 2
    told = capsys.readouterr().err
    assert said in told
    assert told.count("\n") == 1
