"""Row 53: rows that no rule knows, planted past the platform. Everybody else's tasks go on."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

import grpc
import pytest

from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import (
    PATIENCE_S,
    claimed,
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
    from collections.abc import Iterator

    from tests.processes.platform_fixture import Platform

NAME = "shop.strange"
OVERDUE = "trigger_at = penstock.clock() - interval '1 second'"
PLANTS = {
    "a status of nobody's": f"status = 99, cancel_requested = true, {OVERDUE}",
    "a negative status": f"status = -1, cancel_requested = true, {OVERDUE}",
    "an end that is alive": f"status = 7, cancel_requested = true, {OVERDUE}",
    "a lane of no priority": f"status = 3, lane = lane - lane % 4, {OVERDUE}",
}


@pytest.fixture
def strange(platform: Platform) -> Iterator[dict[str, bytes]]:
    """Live rows as nobody would write them, by what is strange about them."""
    register(platform, NAME)
    ids = schedule(platform, group(*[b"{}"] * len(PLANTS), name=NAME, collection="strange"))
    for task_id, plant in zip(ids, PLANTS.values(), strict=True):
        platform.sql(f"update penstock.trigger set {plant} where id = $1", uuid.UUID(bytes=task_id))
    yield dict(zip(PLANTS, ids, strict=True))
    platform.sql("delete from penstock.trigger where id = any ($1::uuid[])", [uuid.UUID(bytes=each) for each in ids])


def until(platform: Platform, statement: str, *arguments: object) -> None:
    """Waits until the statement answers a row."""
    ends_at = time.monotonic() + PATIENCE_S
    while not platform.sql(statement, *arguments):
        assert time.monotonic() < ends_at, statement
        time.sleep(0.02)


def test_the_looks_go_on_for_others_and_the_rows_are_told(platform: Platform, strange: dict[str, bytes]) -> None:
    """What stands beside them is overdue as well, and served by the same look: a cancel that came late."""
    [beside] = schedule(platform, group(name=NAME))
    late = f"update penstock.trigger set status = 6, cancel_requested = true, {OVERDUE} where id = $1"
    platform.sql(late, uuid.UUID(bytes=beside))
    until(platform, "select 1 from penstock.outcome where id = $1 and status = 10", uuid.UUID(bytes=beside))
    for task_id in strange.values():
        until(
            platform,
            "select 1 from penstock.trigger where id = $1 and trigger_at > penstock.clock() + interval '10 minutes'",
            uuid.UUID(bytes=task_id),
        )
        [told] = [line for line in platform.log("orchestrator").splitlines() if str(uuid.UUID(bytes=task_id)) in line]
        assert "which no rule knows" in told
    assert "Traceback" not in platform.log("orchestrator")


def test_they_are_named_to_who_asks_and_hide_nobody_in_lists(platform: Platform, strange: dict[str, bytes]) -> None:
    [good] = schedule(platform, group(name=NAME, collection="strange"))
    for task_id in strange.values():
        status, sentence = refusal(platform.frontend.GetTask, pb.GetTaskRequest(task_id=task_id))
        assert status is grpc.StatusCode.FAILED_PRECONDITION
        assert "which no rule knows" in sentence
        assert refusal(platform.frontend.CancelTask, pb.CancelTaskRequest(task_id=task_id)).status in (
            grpc.StatusCode.NOT_FOUND,
            grpc.StatusCode.FAILED_PRECONDITION,
        )
        status, _ = refusal(platform.frontend.RetryTask, pb.RetryTaskRequest(task_id=task_id))
        assert status is grpc.StatusCode.FAILED_PRECONDITION
    listed = platform.frontend.ListTasks(pb.ListTasksRequest(collection="strange"), timeout=PATIENCE_S)
    assert [each.task_id for each in listed.tasks if each.task_id not in strange.values()] == [good]
    platform.frontend.CancelTask(pb.CancelTaskRequest(task_id=good))


def test_reports_about_them_keep_no_other_report_back(platform: Platform, strange: dict[str, bytes]) -> None:
    [key] = claimed(platform, "shop.beside")
    for ending in (pb.ENDING_FAILED_FATALLY, pb.ENDING_RAISED):
        about = [(task_id, 0) for task_id in strange.values()]
        keys = [*about, key] if ending == pb.ENDING_RAISED else about
        request = results(keys, endings=[ending] * len(keys), results=[b""] * len(keys))
        refused = platform.orchestrator.SetResults(request, timeout=PATIENCE_S).refused
        assert refused == b"".join(strange.values())
    assert task(platform, key[0]).status == pb.STATUS_RETRIABLE_FAILURE
    platform.frontend.CancelTask(pb.CancelTaskRequest(task_id=key[0]))


def test_a_live_row_without_its_task_does_not_break_its_neighbours_stream(platform: Platform) -> None:
    """Both wait in one lane and are claimed in one trip."""
    name = "shop.half"
    register(platform, name)
    (half, whole) = schedule(platform, group(b"{}", b'{"whole": true}', name=name, delay_us=[0]))
    platform.sql("delete from penstock.task where id = $1", uuid.UUID(bytes=half))
    with work(platform, pb.WorkRequest(hello=hello(name), credit_total=10)) as replies:
        given = next(reply.assignments for reply in replies if reply.assignments.task_ids)
    assert given.task_ids == whole
    assert list(given.payloads) == [b'{"whole": true}']
    assert f"{uuid.UUID(bytes=half)} has a live row and no task" in platform.log("orchestrator")
    platform.sql("delete from penstock.trigger where id = $1", uuid.UUID(bytes=half))


def test_rows_of_impossible_times_and_pairs_find_their_way(platform: Platform) -> None:
    """A claim of nobody's that began in 1970, a held row that waits for nothing, work of the year 1."""
    register(platform, NAME)
    (owned, held, early) = schedule(platform, group(*[b"{}"] * 3, name=NAME))
    for task_id, plant in (
        (owned, "status = 5, claim = 0, trigger_at = '1970-01-01Z'"),
        (held, "status = 2, held_for = null, trigger_at = '1970-01-01Z'"),
        (early, "status = 1, trigger_at = '0001-01-01Z'"),
    ):
        platform.sql(f"update penstock.trigger set {plant} where id = $1", uuid.UUID(bytes=task_id))
    for task_id in (owned, held):
        looked_at = "select 1 from penstock.trigger where id = $1 and trigger_at > '2000-01-01Z'"
        until(platform, looked_at, uuid.UUID(bytes=task_id))
    until(platform, "select 1 from penstock.trigger where id = $1 and status = 3", uuid.UUID(bytes=early))
    for task_id in (owned, held, early):
        platform.frontend.CancelTask(pb.CancelTaskRequest(task_id=task_id), timeout=PATIENCE_S)
