"""Rows 5, 7, 8, 16, 17, 20: names, labels, keys, times and columns of a Schedule call, and of a registration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from penstock.model.limits import (
    COLLECTION_BYTES_MAX,
    HORIZON_S_MAX,
    KEY_BYTES_MAX,
    KEY_LIFE_S_MAX,
    SIGNATURE_BYTES_MAX,
)
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import HOUR_US, INVALID, LAMBDA, PATIENCE_S, group, one, refusal, schedule, task

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

LONG = "x" * 64
NO_LAMBDAS = [
    "",
    ".",
    "..",
    "shop",
    "shop.",
    ".known",
    "shop.known.more",
    f"{LONG}x.known",
    f"shop.{LONG}x",
    "../shop.known",
    "shop.../known",
    "shop.*",
    "*",
    ">",
    "shop.>",
    "shop. known",
    "shop.known ",
    "shop.known\n",
    "shop.known\x00",
    "Shop.known",
    "sh\u043ep.known",  # a Cyrillic o
    "shop.\uff4bnown",  # a full-width k
    "shop.kno\u0301wn",  # an accent of its own
    "shop.kn\u00f3wn",  # the same, composed
    "shop.kn\u200bown",
    "shop'.known",
    "shop.known;drop table",
    "$JS.known",
    "<img onerror=1>.known",
    "x" * 100_000,
]
NO_NAMESPACES = [f"{LONG}x", "../", "*", ">", "a b", ".", "A", "d\u00e9fault", "default\x00"]
YEAR_1_US, YEAR_9999_US = -62_135_596_800_000_000, 253_402_300_799_000_000
INT64 = 2**63


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", NO_LAMBDAS, ids=lambda name: ascii(name[:30]))
def test_what_is_no_lambda_is_refused_wherever_it_is_named(platform: Platform, name: str) -> None:
    listing = pb.ListTasksRequest()
    setattr(listing, "lambda", name)
    registration = pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name=name)])
    stream = iter([pb.WorkRequest(hello=pb.Hello(lambdas=[LAMBDA, name]))])
    refusals = [
        refusal(platform.frontend.Schedule, one(group(name=LAMBDA), group(name=name))),
        refusal(platform.frontend.RegisterLambdas, registration),
        refusal(lambda requests, timeout: list(platform.orchestrator.Work(requests, timeout=timeout)), stream),
    ]
    if name:
        refusals.append(refusal(platform.frontend.ListTasks, listing))
    for status, sentence in refusals:
        assert status is INVALID
        assert "lambda" in sentence
        assert "app.lambda" in sentence
        assert repr(name[:20])[1:-1] in sentence


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("name", NO_NAMESPACES, ids=ascii)
def test_what_is_no_namespace_is_refused_by_every_call(platform: Platform, name: str) -> None:
    known, some = platform.frontend, bytes(16)
    for method, request in (
        (known.Schedule, one(group(), namespace=name)),
        (known.Schedule, one(namespace=name)),
        (known.RegisterLambdas, pb.RegisterLambdasRequest(namespace=name)),
        (known.GetTask, pb.GetTaskRequest(namespace=name, task_id=some)),
        (known.ListTasks, pb.ListTasksRequest(namespace=name)),
        (known.CancelTask, pb.CancelTaskRequest(namespace=name, task_id=some)),
        (known.RetryTask, pb.RetryTaskRequest(namespace=name, task_id=some)),
        (known.AwaitTasks, pb.AwaitTasksRequest(namespace=name, task_ids=some)),
    ):
        status, sentence = refusal(method, request)
        assert status is INVALID
        assert sentence.startswith("namespace: ")
        assert "a-z, 0-9, _ and -" in sentence


def test_names_of_just_64_are_names(platform: Platform) -> None:
    name = f"{LONG}.{LONG}"
    [task_id] = schedule(platform, group(name=name), namespace=LONG)
    found: Any = platform.frontend.GetTask(pb.GetTaskRequest(task_id=task_id, namespace=LONG))
    assert getattr(found, "lambda") == name
    assert found.held_for == "registration"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("columns", "hint"),
    [
        ({"collection": "c" * (COLLECTION_BYTES_MAX + 1)}, "collection: has 257 bytes; the limit is 256"),
        ({"collection": "é" * (COLLECTION_BYTES_MAX // 2) + "c"}, "collection: has 257 bytes"),
        ({"collection": "a\x00"}, "collection: holds a NUL"),
        ({"keys": ["k" * (KEY_BYTES_MAX + 1)]}, "key: has 1025 bytes; the limit is 1024"),
        ({"keys": ["a\x00"]}, "key: holds a NUL"),
        ({"keys": ["a"], "key_life_s": -1}, "key_life_s"),
        ({"keys": ["a"], "key_life_s": KEY_LIFE_S_MAX + 1}, "key_life_s"),
        ({"keys": ["a"], "key_life_s": INT64 - 1}, "key_life_s"),
        ({"keys": ["a", "b"]}, "keys: has 2 entries for 1 payloads"),
        ({"priority": 4}, "priority: 4"),
        ({"priority": -1}, "priority: -1"),
        ({"priority": 2**31 - 1}, "priority"),
        ({"parent_id": b"x" * 15}, "parent_id: has 15 bytes"),
        ({"parent_id": b"x" * 17}, "parent_id: has 17 bytes"),
        ({"due_at_us": [YEAR_1_US]}, "due_at_us"),
        ({"due_at_us": [-1]}, "due_at_us: -1 is before 1970"),
        ({"due_at_us": [YEAR_9999_US]}, "due_at_us"),
        ({"due_at_us": [-INT64]}, "due_at_us"),
        ({"due_at_us": [INT64 - 1]}, "due_at_us"),
        ({"due_at_us": [1, 2]}, "due_at_us: has 2 entries for 1 payloads"),
        ({"delay_us": [-1]}, "delay_us: -1"),
        ({"delay_us": [HORIZON_S_MAX * 1_000_000 + 1]}, "delay_us"),
        ({"delay_us": [INT64 - 1]}, "delay_us"),
        ({"delay_us": [-INT64]}, "delay_us"),
        ({"delay_us": [1, 2]}, "delay_us: has 2 entries for 1 payloads"),
        ({"delay_us": [1], "due_at_us": [1]}, "delay_us: is set together with due_at_us"),
        ({"attributes": {"Customer": "7"}}, "attributes: 'Customer' is not a name; use 1 to 64 of a-z"),
        ({"attributes": {"": "7"}}, "attributes: '' is not a name"),
        ({"attributes": {"a" * 65: "7"}}, "attributes: 'aaa"),
        ({"attributes": {"customer": ""}}, "attributes.customer: is empty; leave the attribute out"),
        ({"attributes": {"customer": "x" * 257}}, "attributes.customer: has 257 bytes"),
        ({"attributes": {"customer": "a\x00b"}}, "attributes.customer: holds a NUL"),
        ({"attributes": {f"a{n}": "x" for n in range(9)}}, "attributes: are 9; a task has 8 at most"),
    ],
    ids=str,
)
def test_a_wrong_option_is_refused_with_its_field(platform: Platform, columns: dict[str, Any], hint: str) -> None:
    status, sentence = refusal(platform.frontend.Schedule, one(group(**columns)))
    assert status is INVALID
    assert hint in sentence


@pytest.mark.usefixtures("unchanged")
def test_a_time_over_the_horizon_is_refused_by_the_stores_clock(platform: Platform) -> None:
    clock_us = platform.frontend.GetServerInfo(pb.GetServerInfoRequest()).clock_us
    over_us = clock_us + (HORIZON_S_MAX + 60) * 1_000_000
    assert refusal(platform.frontend.Schedule, one(group(due_at_us=[over_us]))).status is INVALID


def test_options_just_within_their_limits_are_kept(platform: Platform) -> None:
    clock_us = platform.frontend.GetServerInfo(pb.GetServerInfoRequest()).clock_us
    due_us = clock_us + (HORIZON_S_MAX - 60) * 1_000_000
    label, key = "é" * (COLLECTION_BYTES_MAX // 2), "🗝" * (KEY_BYTES_MAX // 4)
    [first] = schedule(
        platform, group(collection=label, keys=[key], key_life_s=KEY_LIFE_S_MAX, due_at_us=[due_us], delay_us=[0])
    )
    [second] = schedule(platform, group(delay_us=[HORIZON_S_MAX * 1_000_000]))
    assert (task(platform, first).collection, task(platform, first).scheduled_at_us) == (label, due_us)
    assert task(platform, second).status == pb.STATUS_NEW


def test_attributes_just_within_their_limits_are_kept_and_are_part_of_what_a_key_means(platform: Platform) -> None:
    full = {f"{'a' * 63}{n}": "é" * 128 for n in range(8)}
    [first] = schedule(platform, group(keys=["with attributes"], attributes=full))
    assert dict(task(platform, first).attributes) == full
    listed = platform.frontend.ListTasks(pb.ListTasksRequest(attributes=full))
    assert [each.task_id for each in listed.tasks] == [first]
    assert schedule(platform, group(keys=["with attributes"], attributes=full)) == [first]
    other = refusal(platform.frontend.Schedule, one(group(keys=["with attributes"])))
    assert other.status is grpc.StatusCode.ALREADY_EXISTS


def test_a_time_that_has_passed_is_now(platform: Platform) -> None:
    """1970 and yesterday alike; held, because nobody has registered the lambda."""
    [task_id] = schedule(platform, group(name="shop.late", due_at_us=[1]))
    clock_us = platform.frontend.GetServerInfo(pb.GetServerInfoRequest()).clock_us
    assert 0 <= task(platform, task_id).scheduled_at_us <= clock_us


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("token", [b"x", b"x" * 15, b"x" * 65], ids=len)
def test_a_request_token_of_a_wrong_length(platform: Platform, token: bytes) -> None:
    status, sentence = refusal(platform.frontend.Schedule, one(group(), request_token=token))
    assert status is INVALID
    assert sentence.startswith(f"request_token: has {len(token)} bytes; use 16 to 64")


NAN, INFINITY = float("nan"), float("inf")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("fields", "hint"),
    [
        ({"version": "v" * 257}, "version"),
        ({"version": "\x00"}, "version"),
        ({"description": "d" * 8193}, "description"),
        ({"signature": b"{"}, "signature of shop.new: is not JSON"),
        ({"signature": b'"\xff"'}, "signature of shop.new"),
        ({"signature": b"[" * 30_000 + b"]" * 30_000}, "signature of shop.new"),
        ({"signature": b'"' + b"x" * SIGNATURE_BYTES_MAX + b'"'}, "signature of shop.new"),
        ({"policy": pb.LambdaPolicy(attempts_max=0)}, "attempts_max: 0"),
        ({"policy": pb.LambdaPolicy(attempts_max=2**32 - 1)}, "attempts_max"),
        ({"policy": pb.LambdaPolicy(timeout_s=0)}, "timeout_s"),
        ({"policy": pb.LambdaPolicy(timeout_s=NAN)}, "timeout_s"),
        ({"policy": pb.LambdaPolicy(timeout_s=INFINITY)}, "timeout_s"),
        ({"policy": pb.LambdaPolicy(backoff_base_s=-1)}, "backoff_base_s"),
        ({"policy": pb.LambdaPolicy(backoff_factor=0.5)}, "backoff_factor"),
        ({"policy": pb.LambdaPolicy(backoff_factor=NAN)}, "backoff_factor"),
        ({"policy": pb.LambdaPolicy(backoff_max_s=1e300)}, "backoff_max_s"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_one_wrong_registration_keeps_all_of_them_out(platform: Platform, fields: dict[str, Any], hint: str) -> None:
    good = pb.LambdaRegistration(name="shop.good")
    request = pb.RegisterLambdasRequest(lambdas=[good, pb.LambdaRegistration(name="shop.new", **fields)])
    status, sentence = refusal(platform.frontend.RegisterLambdas, request)
    assert status is INVALID
    assert hint in sentence


@pytest.mark.usefixtures("unchanged")
def test_a_lambda_registered_twice_and_1_001_of_them(platform: Platform) -> None:
    twice = pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name="shop.new")] * 2)
    many = pb.RegisterLambdasRequest(lambdas=[pb.LambdaRegistration(name=f"shop.new{at}") for at in range(1_001)])
    assert "twice" in refusal(platform.frontend.RegisterLambdas, twice).sentence
    assert "1001; the limit is 1000" in refusal(platform.frontend.RegisterLambdas, many).sentence


def test_an_unknown_lambdas_task_is_held_with_a_warning_and_strict_refuses_it(platform: Platform) -> None:
    reply = platform.frontend.Schedule(one(group(name="shop.nobodys")), timeout=PATIENCE_S)
    assert "shop.nobodys: no worker has registered it" in reply.warnings[0]
    assert task(platform, reply.task_ids).status == pb.STATUS_HELD


@pytest.mark.usefixtures("unchanged")
def test_strict_makes_neither_a_lambda_nor_a_namespace(platform: Platform) -> None:
    for namespace in ("", "nobodys"):
        call = one(group(name="shop.unheard_of"), strict=True, namespace=namespace)
        status, sentence = refusal(platform.frontend.Schedule, call)
        assert status is INVALID
        assert "no worker has registered shop.unheard_of" in sentence


@pytest.mark.usefixtures("unchanged")
def test_an_empty_call_is_an_empty_answer(platform: Platform) -> None:
    assert platform.frontend.Schedule(one(namespace="nobodys")) == pb.ScheduleReply()
    nothing = pb.TaskGroup(delay_us=[HOUR_US])
    setattr(nothing, "lambda", "shop.unheard_of")
    assert platform.frontend.Schedule(one(nothing)) == pb.ScheduleReply()
