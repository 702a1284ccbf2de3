"""Gates at the wire: what is wrong is refused with its field and changes nothing; what is right stops tasks."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.cli.main import run
from penstock.model.identity import TaskId, text_of
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import (
    INVALID,
    LAMBDA,
    PATIENCE_S,
    group,
    hello,
    refusal,
    register,
    results,
    schedule,
    task,
    work,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.processes.platform_fixture import Platform


def order(state: int = pb.GATE_STATE_PAUSE, name: str = LAMBDA, **fields: Any) -> pb.SetGateRequest:
    made = pb.SetGateRequest(**fields)
    made.state = state  # type: ignore[assignment]
    setattr(made, "lambda", name)
    return made


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (order(0), "state"),
        (order(9), "state"),
        (order(name=""), "lambda"),
        (order(name="shop.*"), "lambda"),
        (order(name="../x.y"), "lambda"),
        (order(namespace="../x"), "namespace"),
        (order(collection="c" * 257), "collection"),
        (order(collection="a\0b"), "collection"),
        (order(reason="r" * 1_025), "reason"),
        (order(who="w" * 257), "who"),
        (order(request_token=b"short"), "request_token"),
        (order(until_us=-(2**63)), "until_us"),
        (order(until_us=1), "until_us"),
        (order(until_us=2**63 - 1), "until_us"),
        (order(for_us=-1), "for_us"),
        (order(for_us=2**63 - 1), "for_us"),
        (order(for_us=1, until_us=2**62), "for_us"),
        (order(pb.GATE_STATE_OPEN, for_us=1), "until_us"),
    ],
)
def test_a_wrong_order_names_its_field(platform: Platform, wrong: pb.SetGateRequest, field: str) -> None:
    status, sentence = refusal(platform.frontend.SetGate, wrong)
    assert status is INVALID
    assert sentence.startswith(f"{field}: ")


@pytest.mark.usefixtures("unchanged")
def test_a_lambda_or_a_namespace_that_nobody_has_named_is_not_found_and_not_made(platform: Platform) -> None:
    for wrong in (order(name="shop.nobodys"), order(namespace="nobodys")):
        assert refusal(platform.frontend.SetGate, wrong).status is grpc.StatusCode.NOT_FOUND
    assert platform.frontend.ListGates(pb.ListGatesRequest(namespace="nobodys")) == pb.ListGatesReply()
    assert platform.frontend.GateHistory(pb.GateHistoryRequest(namespace="nobodys")) == pb.GateHistoryReply()


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "wrong", [pb.GateHistoryRequest(limit=1_001), pb.GateHistoryRequest(before_version=2**64 - 1)], ids=str
)
def test_a_wrong_question_is_refused(platform: Platform, wrong: pb.GateHistoryRequest) -> None:
    assert refusal(platform.frontend.GateHistory, wrong).status is INVALID


def test_the_command_line_pauses_shows_opens_and_tells_who_did_it(
    platform: Platform, working_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Held at the door, shown with its gate, freed and run once it is open."""
    name = "shop.gated"
    register(platform, name)

    def cli(*words: str) -> Any:
        assert run([*words, "--json", "--address", platform.address]) == 0
        return json.loads(capsys.readouterr().out)

    paused = cli("gate", "pause", name, "--collection", "letters", "--for", "1d", "--reason", "bounces")
    assert (paused["state"], paused["collection"], paused["reason"]) == ("pause", "letters", "bounces")
    [held] = schedule(platform, group(name=name, collection="letters", delay_us=[0]))
    [free] = schedule(platform, group(name=name, delay_us=[0]))
    shown = cli("tasks", "show", text_of(TaskId(held)))
    assert (shown["status"], shown["held_for"]) == ("held", "collection gate")
    assert (shown["gate"]["since"], shown["gate"]["who"]) == (paused["since"], paused["who"])
    assert paused["who"]
    assert run(["tasks", "show", text_of(TaskId(held)), "--address", platform.address]) == 0
    assert f"pause on {name}, collection letters since" in capsys.readouterr().out
    [listed] = cli("gate", "list", name)
    assert (listed["held"], listed["until"]) == (1, paused["until"])
    assert run(["gate", "list", "--address", platform.address]) == 0
    assert "letters" in capsys.readouterr().out

    with work(platform, pb.WorkRequest(hello=hello(name), credit_total=2, stamp_us=1)) as replies:
        given = next(reply for reply in replies if reply.assignments.task_ids)
        assert given.assignments.task_ids == free
        assert given.assignments.checked_us >= 1
        opened = cli("gate", "open", name, "--collection", "letters")
        assert opened["state"] == "open"
        given = next(reply for reply in replies if reply.assignments.task_ids)
        assert given.assignments.task_ids == held
    keys = [(task_id, 1) for task_id in (held, free)]
    assert not platform.orchestrator.SetResults(results(keys), timeout=PATIENCE_S).refused
    assert task(platform, held).status == pb.STATUS_SUCCESS
    assert [line["state"] for line in cli("gate", "history", name)] == ["open", "pause"]
    assert run(["gate", "history", name, "--collection", "letters", "--address", platform.address]) == 0
    assert "bounces" in capsys.readouterr().out


def test_what_is_dropped_is_recorded_as_dropped_and_its_waiter_is_told(
    platform: Platform, working_folder: Path
) -> None:
    name = "shop.dropped"
    register(platform, name)
    assert run(["gate", "drop", name, "--yes", "--address", platform.address]) == 0
    [dropped] = schedule(platform, group(name=name, delay_us=[0]))
    reply = platform.frontend.AwaitTasks(pb.AwaitTasksRequest(task_ids=dropped, wait_s=30.0), timeout=PATIENCE_S)
    [ended] = reply.ended
    assert (ended.status, ended.reason, ended.attempts, ended.started_at_us) == (pb.STATUS_DROPPED, "gate", 0, 0)
    assert run(["gate", "open", name, "--address", platform.address]) == 0
    assert working_folder.exists()
