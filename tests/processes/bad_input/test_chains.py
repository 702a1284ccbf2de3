"""Parents at the wire and at the command line: what is wrong is refused with its place, and nothing is stored."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.cli.main import run
from penstock.model.identity import TaskId, text_of
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, NOBODY, PATIENCE_S, group, one, refusal, schedule

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

NOT_FOUND = grpc.StatusCode.NOT_FOUND


def parents(*of: bytes | int, on_failure: int = 0) -> pb.Parents:
    references = [
        pb.ParentReference(sibling=each) if isinstance(each, int) else pb.ParentReference(task_id=each) for each in of
    ]
    made = pb.Parents(of=references)
    made.on_failure = on_failure  # type: ignore[assignment]
    return made


def family(*of: pb.Parents, **columns: Any) -> pb.TaskGroup:
    return group(*[b"{}"] * len(of), parents=of, **columns)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (family(parents(), parents(1)), "tasks[1].parents[0]: names the task itself"),
        (family(parents(1), parents(2), parents(0)), "tasks[2].parents[0]: closes a cycle of 3 tasks"),
        (family(parents(), parents(0, 2)), "tasks[1].parents[1]: names tasks[2]; the call has 2 tasks"),
        (family(parents(), parents(0, 0)), "tasks[1].parents[1]: names the same task as parents[0]"),
        (family(parents(), parents(NOBODY)), "tasks[1].parents[0]: no such task in this namespace"),
        (family(parents(NOBODY)), "tasks[0].parents[0]: no such task in this namespace"),
        (family(parents(b"x" * 15)), "tasks[0].parents[0]: has 15 bytes"),
        (family(parents(), parents(0, on_failure=3)), "tasks[1].on_failure: 3 is none"),
        (family(pb.Parents(of=[pb.ParentReference()])), "tasks[0].parents[0]: names no task"),
        (group(b"{}", b"{}", parents=[parents()]), "groups[0].parents: has 1 entries for 2 payloads"),
        (group(b"{}", b"nonsense", parents=[parents(), parents(0)]), "tasks[1].payload: "),
        (family(*[parents(*range(at)) for at in range(200)]), "parents: are 19,900 in this call; the limit is 10,000"),
        (family(*[parents((at + 1) % 10_000) for at in range(10_000)]), "tasks[9999].parents[0]: closes a cycle of"),
        (family(*[parents()] * 9_999, parents(), parents(0)), "groups: hold 10001 tasks; the limit is 10000"),
    ],
)
def test_a_family_that_cannot_be_is_refused(platform: Platform, wrong: pb.TaskGroup, told: str) -> None:
    refused = refusal(platform.frontend.Schedule, one(wrong))
    assert refused.status in {INVALID, grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert refused.sentence.startswith(told)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("call", "request_", "status"),
    [
        ("ListParents", pb.ListParentsRequest(task_id=NOBODY), NOT_FOUND),
        ("ListParents", pb.ListParentsRequest(task_id=b"x"), INVALID),
        ("GetTree", pb.GetTreeRequest(task_id=NOBODY), NOT_FOUND),
        ("GetTree", pb.GetTreeRequest(task_id=NOBODY, limit=1_001), INVALID),
        ("GetTree", pb.GetTreeRequest(task_id=NOBODY, namespace="../x"), INVALID),
        ("CancelTree", pb.CancelTreeRequest(task_id=NOBODY), NOT_FOUND),
        ("CancelTree", pb.CancelTreeRequest(task_id=b""), INVALID),
    ],
)
def test_a_question_about_nobody_is_refused(
    platform: Platform, call: str, request_: Any, status: grpc.StatusCode
) -> None:
    refused = refusal(getattr(platform.frontend, call), request_)
    assert refused.status in {status, grpc.StatusCode.RESOURCE_EXHAUSTED}


def test_a_family_is_shown_explained_and_cancelled_as_a_whole(
    platform: Platform, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = schedule(platform, family(parents(), parents(0), parents(0), parents(1, 2)))
    page = platform.frontend.ListParents(pb.ListParentsRequest(task_id=ids[3]), timeout=PATIENCE_S)
    assert [(each.task_id, each.status) for each in page.parents] == [
        (ids[1], pb.STATUS_HELD),
        (ids[2], pb.STATUS_HELD),
    ]
    texts = [text_of(TaskId(each)) for each in ids]

    def cli(*words: str) -> Any:
        assert run([*words, "--json", "--address", platform.address]) == 0
        return json.loads(capsys.readouterr().out)

    why = cli("tasks", "explain", texts[3])
    assert why["code"] == "parents"
    assert why["sentence"] == f"It waits for 2 parents, first: {texts[1]} (held)."
    assert cli("tasks", "show", texts[3])["family"]["unfinished_parents"] == 2
    assert {task["id"] for task in cli("tasks", "tree", texts[1])["tasks"]} == set(texts)
    assert len(cli("tasks", "tree", texts[1], "--limit", "2")["tasks"]) == 2
    assert run(["tasks", "tree", texts[2], "--limit", "2", "--address", platform.address]) == 0
    told = capsys.readouterr()
    assert "(this task)" in told.out
    assert "the tree is larger" in told.err
    [done] = cli("tasks", "cancel", texts[2], "--tree")
    assert done["cancelled"] == "4 cancelled"
    assert {task["status"] for task in cli("tasks", "tree", texts[0])["tasks"]} == {"cancelled"}
    assert run(["tasks", "tree", text_of(TaskId(NOBODY)), "--address", platform.address]) == 1
    assert "no task" in capsys.readouterr().err
