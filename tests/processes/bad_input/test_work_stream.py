"""Rows 7, 34 and overload: Work streams that begin wrong, ask for too much or turn to garbage."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.model.limits import CREDIT_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import (
    INVALID,
    PATIENCE_S,
    Refusal,
    assert_for_people,
    claimed,
    group,
    hello,
    register,
    schedule,
    task,
    work,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.processes.platform_fixture import Platform

UINT64 = 2**64


def ends(platform: Platform, requests: Iterable[bytes]) -> tuple[int, Refusal]:
    """How many replies came before the stream was refused, and how it was."""
    method: Any = platform.orchestrator_channel.stream_stream("/penstock.v1.Orchestrator/Work")
    replies: list[bytes] = []
    with pytest.raises(grpc.RpcError) as caught:
        replies.extend(method(iter(requests), timeout=PATIENCE_S))
    sentence = caught.value.details() or ""
    assert_for_people(sentence)
    return len(replies), Refusal(caught.value.code(), sentence)


def after_the_first_reply(first: pb.WorkRequest, second: bytes, platform: Platform) -> Refusal:
    """The stream is well until it says the second thing."""
    saying: queue.Queue[bytes | None] = queue.Queue()
    saying.put(first.SerializeToString())
    method: Any = platform.orchestrator_channel.stream_stream("/penstock.v1.Orchestrator/Work")
    call = method(iter(saying.get, None), timeout=PATIENCE_S)
    assert pb.WorkReply.FromString(next(call)).lease_s > 0
    saying.put(second)
    with pytest.raises(grpc.RpcError) as caught:
        list(call)
    saying.put(None)
    assert_for_people(caught.value.details() or "")
    return Refusal(caught.value.code(), caught.value.details() or "")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("requests", "hint"),
    [
        ([], "hello: did not come"),
        ([pb.WorkRequest()], "hello.lambdas: is empty"),
        ([pb.WorkRequest(credit_total=5, stamp_us=5)], "hello.lambdas: is empty"),
        ([pb.WorkRequest(hello=hello(*[f"shop.l{at}" for at in range(1_001)]))], "hello.lambdas: has 1001; the limit"),
        ([pb.WorkRequest(hello=hello("shop.*"))], "hello.lambdas: 'shop.*'"),
        ([pb.WorkRequest(hello=hello(namespace="../"))], "namespace: '../'"),
        ([pb.WorkRequest(hello=hello(), credit_total=2**63)], "credit_total: 9223372036854775808"),
        ([pb.WorkRequest(hello=hello(), credit_total=UINT64 - 1)], "credit_total: 18446744073709551615"),
        ([pb.WorkRequest(hello=hello(), credit_total=CREDIT_MAX + 1)], "credit_total: 100001"),
    ],
    ids=lambda value: str(value)[-30:],
)
def test_a_stream_that_begins_wrong_is_refused(platform: Platform, requests: list[pb.WorkRequest], hint: str) -> None:
    replies, (status, sentence) = ends(platform, [request.SerializeToString() for request in requests])
    assert (replies, status) == (0, INVALID)
    assert sentence.startswith(hint)


@pytest.mark.usefixtures("unchanged")
def test_a_stream_that_begins_with_garbage_is_refused(platform: Platform) -> None:
    replies, (status, sentence) = ends(platform, [b"\xff\xff\xff"])
    assert (replies, status) == (0, INVALID)
    assert "no message of penstock.v1" in sentence


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("second", "hint"),
    [
        (b"\xff\xff\xff", "no message of penstock.v1"),
        (pb.WorkRequest(credit_total=2**63).SerializeToString(), "credit_total: 9223372036854775808"),
    ],
    ids=["garbage", "absurd credit"],
)
def test_a_stream_that_turns_wrong_is_ended_and_told_why(platform: Platform, second: bytes, hint: str) -> None:
    status, sentence = after_the_first_reply(pb.WorkRequest(hello=hello(), credit_total=1), second, platform)
    assert status is INVALID
    assert hint in sentence


def test_who_turned_wrong_holds_nothing_back(platform: Platform) -> None:
    """The lambda's next worker is given its tasks."""
    register(platform, "shop.after")
    first = pb.WorkRequest(hello=hello("shop.after"))
    assert after_the_first_reply(first, b"\xff\xff\xff", platform).status is INVALID
    [(task_id, claim)] = claimed(platform, "shop.after")
    assert (task(platform, task_id).status, claim) == (pb.STATUS_CLAIMED, 1)


def test_a_second_hello_and_less_credit_change_nothing(platform: Platform) -> None:
    register(platform, "shop.first", "shop.second")
    with work(
        platform,
        pb.WorkRequest(hello=hello("shop.first"), credit_total=2, stamp_us=UINT64 - 1),
        pb.WorkRequest(hello=hello("shop.second"), credit_total=0, stamp_us=0),
    ) as replies:
        assert next(replies).lease_s > 0
        [other] = schedule(platform, group(name="shop.second", delay_us=[0]))
        ids = schedule(platform, group(b"{}", b"{}", name="shop.first", delay_us=[0]))
        given = b""
        while len(given) < len(b"".join(ids)):
            given += next(replies).assignments.task_ids
    assert sorted(ids) == sorted([given[:16], given[16:]])
    assert task(platform, other).status in (pb.STATUS_NEW, pb.STATUS_ENQUEUED)
    platform.frontend.CancelTask(pb.CancelTaskRequest(task_id=other))


def test_odd_texts_in_a_hello_are_only_texts(platform: Platform) -> None:
    odd = "\x00" * 5_000 + "\n<img onerror=1>"
    with work(
        platform, pb.WorkRequest(hello=pb.Hello(executor=odd, lambdas=["shop.known"], version=odd, locality=odd))
    ) as replies:
        assert next(replies).lease_s > 0
