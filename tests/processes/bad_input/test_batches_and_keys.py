"""Rows 19 and 20: keys that name other content, bad ones among good ones, too many."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import grpc
import pytest

from penstock.model.limits import MESSAGE_BYTES_MAX, SCHEDULE_TASKS_MAX
from tests.processes.bad_input.calls import INVALID, PATIENCE_S, group, one, refusal, schedule, task

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

NO_ID = bytes(16)


def test_a_key_with_other_content_names_the_first_task(platform: Platform) -> None:
    [first] = schedule(platform, group(b'{"a": 1}', keys=["conflict"]))
    for other in (
        group(b'{"a": 2}', keys=["conflict"]),
        group(b'{"a": 1}', keys=["conflict"], collection="other"),
        group(b'{"a": 1}', keys=["conflict"], priority=1),
        group(b'{"a": 1}', keys=["conflict"], name="shop.other"),
    ):
        status, sentence = refusal(platform.frontend.Schedule, one(other, request_token=uuid.uuid4().bytes))
        assert status is grpc.StatusCode.ALREADY_EXISTS
        assert str(uuid.UUID(bytes=first)) in sentence
    assert platform.sql("select count(*) from penstock.idempotency_key where key = 'conflict'")[0][0] == 1
    assert task(platform, first).payload == b'{"a": 1}'
    assert schedule(platform, group(b'{"a": 1}', keys=["conflict"])) == [first]


def test_a_conflict_among_many_is_told_at_its_position(platform: Platform) -> None:
    [first] = schedule(platform, group(b'{"a": 1}', keys=["among"]))
    many = group(b"{}", b'{"a": 2}', b"{}", b'{"a": 1}', keys=["", "among", "", "among"])
    reply = platform.frontend.Schedule(one(many), timeout=PATIENCE_S)
    [problem] = reply.problems
    assert (problem.index, problem.code, problem.task_id) == (1, "conflict", first)
    assert reply.task_ids[16:32] == NO_ID
    assert reply.task_ids[48:] == first
    assert list(reply.existing) == [3]
    stored = [reply.task_ids[:16], reply.task_ids[32:48]]
    assert len(platform.sql("select id from penstock.task where id = any ($1::uuid[])", as_uuids(stored))) == 2


def test_three_bad_ones_are_named_and_the_good_ones_stored(platform: Platform) -> None:
    payloads = [b'{"n": %d}' % at for at in range(50)]
    payloads[7], payloads[20] = b"nonsense", b'{"a": NaN}'
    keys = [f"batch {at}" for at in range(50)]
    keys[33] = "k" * 2_000
    reply = platform.frontend.Schedule(one(group(*payloads, keys=keys)), timeout=PATIENCE_S)
    assert [(problem.index, problem.code) for problem in reply.problems] == [
        (7, "invalid"),
        (20, "invalid"),
        (33, "invalid"),
    ]
    assert [problem.message.partition(":")[0] for problem in reply.problems] == ["payload", "payload", "key"]
    ids = [reply.task_ids[at : at + 16] for at in range(0, len(reply.task_ids), 16)]
    assert [at for at, task_id in enumerate(ids) if task_id == NO_ID] == [7, 20, 33]
    good = [task_id for task_id in ids if task_id != NO_ID]
    stored = platform.sql("select id, payload from penstock.task where id = any ($1::uuid[])", as_uuids(good))
    assert sorted(row["payload"] for row in stored) == sorted(
        payload for at, payload in enumerate(payloads) if at not in (7, 20, 33)
    )
    assert not platform.sql("select 1 from penstock.idempotency_key where key in ('batch 7', 'batch 20')")


@pytest.mark.usefixtures("unchanged")
def test_one_task_too_many(platform: Platform) -> None:
    half = [b"{}"] * (SCHEDULE_TASKS_MAX // 2)
    call = one(group(*half), group(*half, b"{}"), request_token=b"t" * 16)
    status, sentence = refusal(platform.frontend.Schedule, call)
    assert status is INVALID
    assert "10001 tasks; the limit is 10000" in sentence


def test_just_as_many_as_may_be(platform: Platform) -> None:
    name = "shop.ten_thousand"
    ids = schedule(platform, group(*[b"{}"] * SCHEDULE_TASKS_MAX, name=name))
    assert len(set(ids)) == SCHEDULE_TASKS_MAX
    lane = "lane / 4 = (select id from penstock.lambda where name = $1)"
    assert platform.sql(f"select count(*) from penstock.trigger where {lane}", name)[0][0] == SCHEDULE_TASKS_MAX
    platform.sql(f"delete from penstock.trigger where {lane}", name)  # the other tests' looks need not see them
    platform.sql(f"delete from penstock.task where {lane}", name)


@pytest.mark.usefixtures("unchanged")
def test_a_message_that_is_too_large(platform: Platform) -> None:
    payload = b'{"a": "' + b"x" * 200_000 + b'"}'
    call = one(group(*[payload] * (MESSAGE_BYTES_MAX // len(payload) + 1)))
    status, sentence = refusal(platform.frontend.Schedule, call)
    assert status is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert str(MESSAGE_BYTES_MAX) in sentence


def test_a_token_that_was_used_for_another_call(platform: Platform) -> None:
    token = uuid.uuid4().bytes
    [first] = schedule(platform, group(b'{"a": 1}'), request_token=token)
    count = platform.sql("select count(*) from penstock.task")
    status, sentence = refusal(platform.frontend.Schedule, one(group(b'{"a": 2}'), request_token=token))
    assert status is INVALID
    assert sentence.startswith("request_token: was used before")
    assert schedule(platform, group(b'{"a": 1}'), request_token=token) == [first]
    assert platform.sql("select count(*) from penstock.task") == count


def as_uuids(ids: list[bytes]) -> list[uuid.UUID]:
    return [uuid.UUID(bytes=task_id) for task_id in ids]
