"""Words for raw calls: nothing of the SDK stands between these tests and the server."""

from __future__ import annotations

import queue
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.processes.platform_fixture import Platform

HOUR_US = 3600 * 1_000_000
LAMBDA = "shop.known"
NOBODY = bytes(15) + b"\x01"
PATIENCE_S = 60.0
SIGN_EVERY_S = 0.5
"""who says nothing for longer than a few seconds is given no work"""
INVALID = grpc.StatusCode.INVALID_ARGUMENT


class Refusal(NamedTuple):
    status: grpc.StatusCode
    sentence: str


def refusal(method: Callable[..., Any], request: Any, **options: Any) -> Refusal:
    """How the server refuses; the sentence is one, for people, and shows nothing of our insides."""
    with pytest.raises(grpc.RpcError) as caught:
        method(request, timeout=PATIENCE_S, **options)
    status, sentence = caught.value.code(), caught.value.details() or ""
    assert_for_people(sentence)
    return Refusal(status, sentence)


def assert_for_people(sentence: str) -> None:
    assert sentence
    assert len(sentence) < 400
    for inside in ("Traceback", "Error(", "<class", "asyncpg", 'File "', "query argument", "penstock.", "object at"):
        assert inside not in sentence.replace("penstock.v1", "").replace("penstock.toml", "")


def group(*payloads: bytes, name: str = LAMBDA, **columns: Any) -> pb.TaskGroup:
    """Tasks of one lambda, far ahead unless told otherwise, so that nobody moves them."""
    if "due_at_us" not in columns and "delay_us" not in columns:
        columns["delay_us"] = [HOUR_US]
    made = pb.TaskGroup(payloads=payloads or (b"{}",), **columns)
    setattr(made, "lambda", name)
    return made


def one(*groups: pb.TaskGroup, **call: Any) -> pb.ScheduleRequest:
    return pb.ScheduleRequest(groups=groups, **call)


def schedule(platform: Platform, *groups: pb.TaskGroup, **call: Any) -> list[bytes]:
    """The ids of tasks that must be taken."""
    reply = platform.frontend.Schedule(one(*groups, **call), timeout=PATIENCE_S)
    assert not reply.problems
    return [reply.task_ids[at : at + 16] for at in range(0, len(reply.task_ids), 16)]


def register(platform: Platform, *names: str) -> None:
    lambdas = [pb.LambdaRegistration(name=name, version="1") for name in names]
    platform.frontend.RegisterLambdas(pb.RegisterLambdasRequest(lambdas=lambdas), timeout=PATIENCE_S)


@contextmanager
def work(platform: Platform, *requests: pb.WorkRequest) -> Iterator[Any]:
    """A Work stream that says these and then only that it lives; iterate over its replies."""
    saying: queue.Queue[pb.WorkRequest | None] = queue.Queue()
    for request in requests:
        saying.put(request)
    call = platform.orchestrator.Work(_with_signs_of_life(saying), timeout=PATIENCE_S)
    try:
        yield call
    finally:
        saying.put(None)
        call.cancel()


def _with_signs_of_life(saying: queue.Queue[pb.WorkRequest | None]) -> Iterator[pb.WorkRequest]:
    while True:
        try:
            request = saying.get(timeout=SIGN_EVERY_S)
        except queue.Empty:
            request = pb.WorkRequest()
        if request is None:
            return
        yield request


def hello(*names: str, **fields: Any) -> pb.Hello:
    return pb.Hello(executor="raw/1", lambdas=names or (LAMBDA,), **fields)


def claimed(platform: Platform, name: str, count: int = 1) -> list[tuple[bytes, int]]:
    """Tasks of the lambda that were given to a worker which has gone silent: (id, claim)."""
    register(platform, name)
    keys: list[tuple[bytes, int]] = []
    with work(platform, pb.WorkRequest(hello=hello(name), credit_total=count, stamp_us=1)) as replies:
        schedule(platform, group(*[b"{}"] * count, name=name, delay_us=[0]))
        for reply in replies:
            ids = reply.assignments.task_ids
            keys += [(ids[at * 16 : at * 16 + 16], claim) for at, claim in enumerate(reply.assignments.claims)]
            if len(keys) >= count:
                break
    return keys


def results(keys: Sequence[tuple[bytes, int]], **columns: Any) -> pb.SetResultsRequest:
    """Successes, unless the columns say otherwise."""
    count = len(keys)
    columns = {
        "executor": "raw/1",
        "endings": [pb.ENDING_SUCCEEDED] * count,
        "results": [b"null"] * count,
        "run_us": [1] * count,
        **columns,
    }
    return pb.SetResultsRequest(
        task_ids=b"".join(task_id for task_id, _ in keys), claims=[claim for _, claim in keys], **columns
    )


def task(platform: Platform, task_id: bytes) -> pb.Task:
    request = pb.GetTaskRequest(task_id=task_id, with_history=True, with_payload=True)
    found: pb.Task = platform.frontend.GetTask(request, timeout=PATIENCE_S)
    return found
