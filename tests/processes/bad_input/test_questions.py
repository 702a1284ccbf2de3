"""Row 25, and ids: what is asked about tasks with wrong ids, filters and page tokens; nothing is made by asking."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import INVALID, LAMBDA, NOBODY, group, refusal, schedule

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

INT64 = 2**63
ELSEWHERE = "nobodys"
pytestmark = pytest.mark.usefixtures("unchanged")


@pytest.fixture(scope="module")
def known(platform: Platform) -> bytes:
    """A task that stands."""
    return schedule(platform, group(collection="questions"), group(collection="questions"))[0]


@pytest.mark.parametrize("length", [0, 1, 15, 17, 32])
def test_an_id_of_a_wrong_length(platform: Platform, length: int) -> None:
    wrong = b"x" * length
    for method, request in (
        (platform.frontend.GetTask, pb.GetTaskRequest(task_id=wrong)),
        (platform.frontend.CancelTask, pb.CancelTaskRequest(task_id=wrong)),
        (platform.frontend.RetryTask, pb.RetryTaskRequest(task_id=wrong)),
    ):
        status, sentence = refusal(method, request)
        assert status is INVALID
        assert sentence == f"task_id: has {length} bytes; a task id has 16"


@pytest.mark.parametrize("task_id", [bytes(16), NOBODY, b"\xff" * 16], ids=bytes.hex)
def test_an_id_that_names_nothing(platform: Platform, task_id: bytes) -> None:
    for method, request in (
        (platform.frontend.GetTask, pb.GetTaskRequest(task_id=task_id, with_history=True, with_payload=True)),
        (platform.frontend.CancelTask, pb.CancelTaskRequest(task_id=task_id)),
        (platform.frontend.RetryTask, pb.RetryTaskRequest(task_id=task_id)),
    ):
        assert refusal(method, request).status is grpc.StatusCode.NOT_FOUND
    reply = platform.frontend.AwaitTasks(pb.AwaitTasksRequest(task_ids=task_id, wait_s=60))
    assert reply.unknown == task_id


def test_a_task_is_not_found_from_another_namespace(platform: Platform, known: bytes) -> None:
    """Nor does the question make that namespace."""
    for method, request in (
        (platform.frontend.GetTask, pb.GetTaskRequest(namespace=ELSEWHERE, task_id=known)),
        (platform.frontend.CancelTask, pb.CancelTaskRequest(namespace=ELSEWHERE, task_id=known)),
        (platform.frontend.RetryTask, pb.RetryTaskRequest(namespace=ELSEWHERE, task_id=known)),
    ):
        assert refusal(method, request).status is grpc.StatusCode.NOT_FOUND
    assert platform.frontend.ListTasks(pb.ListTasksRequest(namespace=ELSEWHERE)) == pb.ListTasksReply()
    reply = platform.frontend.AwaitTasks(pb.AwaitTasksRequest(namespace=ELSEWHERE, task_ids=known, wait_s=60))
    assert reply.unknown == known


def test_a_task_that_lives_is_not_retried(platform: Platform, known: bytes) -> None:
    status, sentence = refusal(platform.frontend.RetryTask, pb.RetryTaskRequest(task_id=known))
    assert status is grpc.StatusCode.FAILED_PRECONDITION
    assert "has not ended" in sentence
    request = pb.RetryTaskRequest(task_id=known, request_token=b"short")
    assert refusal(platform.frontend.RetryTask, request).sentence.startswith("request_token: has 5 bytes")


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"page_size": 1_001}, "page_size: 1001 is outside of 1 to 1000"),
        ({"page_size": 2**32 - 1}, "page_size"),
        ({"statuses": [99]}, "statuses: 99"),
        ({"statuses": [pb.STATUS_SUCCESS, 0]}, "statuses: 0"),
        ({"statuses": [-1]}, "statuses: -1"),
        ({"from_us": -1}, "from_us: -1"),
        ({"until_us": -INT64}, "until_us"),
        ({"from_us": 5, "until_us": 4}, "until_us: is before from_us"),
        ({"collection": "c" * 257}, "collection: has 257 bytes"),
        ({"collection": "\x00"}, "collection: holds a NUL"),
        ({"page_token": "forged"}, "page_token"),
        ({"page_token": "A" * 44}, "page_token"),
        ({"page_token": "é"}, "page_token"),
        ({"page_token": "A" * 1_000_000}, "page_token"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_filter(platform: Platform, fields: dict[str, Any], hint: str) -> None:
    status, sentence = refusal(platform.frontend.ListTasks, pb.ListTasksRequest(**fields))
    assert status is INVALID
    assert hint in sentence


@pytest.mark.usefixtures("known")
def test_a_page_token_is_good_for_its_own_list_only(platform: Platform) -> None:
    asked: dict[str, Any] = {"page_size": 1, "collection": "questions"}
    token = platform.frontend.ListTasks(pb.ListTasksRequest(**asked)).next_page_token
    assert token
    bent = token[:5] + ("A" if token[5] != "A" else "B") + token[6:]
    other_lambda = pb.ListTasksRequest(**asked, page_token=token)
    setattr(other_lambda, "lambda", LAMBDA)
    for request in (
        pb.ListTasksRequest(page_size=1, collection="others", page_token=token),
        pb.ListTasksRequest(**asked, statuses=[pb.STATUS_NEW], page_token=token),
        pb.ListTasksRequest(**asked, from_us=1, page_token=token),
        pb.ListTasksRequest(**asked, namespace=ELSEWHERE, page_token=token),
        pb.ListTasksRequest(**asked, namespace="default", page_token=bent),
        pb.ListTasksRequest(**asked, page_token=token[:-4]),
        pb.ListTasksRequest(**asked, page_token=token + "AAAA"),
        other_lambda,
    ):
        status, sentence = refusal(platform.frontend.ListTasks, request)
        assert status is INVALID
        assert sentence.startswith("page_token: ")
    last = platform.frontend.ListTasks(pb.ListTasksRequest(**asked, page_token=token))
    assert (len(last.tasks), last.next_page_token) == (1, "")


def test_times_at_the_end_of_int64_are_only_far_away(platform: Platform) -> None:
    assert not platform.frontend.ListTasks(pb.ListTasksRequest(from_us=INT64 - 1)).tasks
    assert platform.frontend.ListTasks(pb.ListTasksRequest(until_us=INT64 - 1)).tasks


@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"task_ids": b"x" * 17}, "task_ids: has 17 bytes"),
        ({"task_ids": b""}, "task_ids: are 0"),
        ({"task_ids": NOBODY * 10_001}, "task_ids: are 10001; use 1 to 10000"),
        ({"task_ids": NOBODY, "wait_s": float("nan")}, "wait_s: nan"),
        ({"task_ids": NOBODY, "wait_s": float("inf")}, "wait_s: inf"),
        ({"task_ids": NOBODY, "wait_s": -1}, "wait_s: -1"),
        ({"task_ids": NOBODY, "wait_s": 60.001}, "wait_s: 60.001"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_wrong_wait(platform: Platform, fields: dict[str, Any], hint: str) -> None:
    status, sentence = refusal(platform.frontend.AwaitTasks, pb.AwaitTasksRequest(**fields))
    assert status is INVALID
    assert hint in sentence
