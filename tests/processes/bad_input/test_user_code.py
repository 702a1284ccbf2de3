"""Row 46: what users' code may raise and return, through a real worker; and payloads that do not fit a signature."""

from __future__ import annotations

import json
import shutil
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from penstock.model.limits import ERROR_MESSAGE_BYTES_MAX, TRACEBACK_BYTES_MAX
from penstock.wire.v1 import penstock_pb2 as pb
from tests.processes.bad_input.calls import group, schedule, task

if TYPE_CHECKING:
    from tests.processes.platform_fixture import Platform

RAISING = {
    "unspeakable": ("raising.Unspeakable", "<its text cannot be had: RuntimeError>"),
    "huge_in_a_thread": ("ValueError", "xxxx"),
    "fundamental": ("raising.Fundamental", "the ground"),
    "fundamental_in_a_thread": ("raising.Fundamental", "the ground"),
    "leaves": ("SystemExit", "3"),
    "leaves_in_a_thread": ("SystemExit", "3"),
    "interrupts": ("KeyboardInterrupt", ""),
    "endless": ("raising.Endless", "\\x00"),
    "many_together": ("ExceptionGroup", "many (1000 sub-exceptions)"),
    "deep": ("RecursionError", "maximum recursion depth"),
    "later": ("RetriableFailure", "soon"),
}
RETURNING = {
    "returns_a_lock": pb.STATUS_FATAL_FAILURE,
    "returns_nan": pb.STATUS_FATAL_FAILURE,
    "returns_another_type": pb.STATUS_FATAL_FAILURE,
    "returns_itself": pb.STATUS_FATAL_FAILURE,
    "returns_too_much": pb.STATUS_SUCCESS,
    "returns_just_enough": pb.STATUS_SUCCESS,
}
UNDECODABLE = {"a missing one": b"{}", "another type": b'{"a": "one"}', "one too many": b'{"a": 1, "b": 2}'}


@pytest.fixture(scope="module")
def ended(platform: Platform) -> dict[str, pb.Task]:
    """All of them, in one worker, side by side: each by its name once it has ended."""
    shutil.copy(Path(__file__).with_name("raising.py"), platform.folder)
    with platform.worker("raising:app", PENSTOCK_GROUPS=json.dumps({"all": _lambdas()})):
        names = [*RAISING, "fatal", *RETURNING]
        ids = {name: schedule(platform, group(name=f"raising.{name}", delay_us=[0]))[0] for name in names}
        for name, payload in UNDECODABLE.items():
            [ids[name]] = schedule(platform, group(payload, name="raising.well", delay_us=[0]))
        [ids["well"]] = schedule(platform, group(b'{"a": 17}', name="raising.well", delay_us=[0]))
        waiting = set(ids.values())
        while waiting:
            asked = pb.AwaitTasksRequest(task_ids=b"".join(waiting), wait_s=60)
            reply = platform.frontend.AwaitTasks(asked, timeout=90)
            assert reply.ended, [name for name, task_id in ids.items() if task_id in waiting]
            waiting -= {each.task_id for each in reply.ended}
        return {name: task(platform, task_id) for name, task_id in ids.items()}


@pytest.mark.parametrize("name", RAISING)
def test_whatever_is_raised_is_an_attempt_that_failed(ended: dict[str, pb.Task], name: str) -> None:
    kind, text = RAISING[name]
    found = ended[name]
    assert (found.status, found.reason, found.attempts) == (pb.STATUS_DEAD, "budget", 1)
    assert found.error_type.rpartition(".")[2] == kind.rpartition(".")[2]
    assert text in found.error_message
    assert len(found.error_message.encode()) <= ERROR_MESSAGE_BYTES_MAX
    assert len(found.traceback.encode()) <= TRACEBACK_BYTES_MAX
    assert not found.crashes
    assert not found.lapses


def test_a_fatal_failure_is_final_at_once(ended: dict[str, pb.Task]) -> None:
    found = ended["fatal"]
    assert (found.status, found.attempts) == (pb.STATUS_FATAL_FAILURE, 1)
    assert len(found.error_message) == ERROR_MESSAGE_BYTES_MAX


def test_a_result_that_cannot_be_written_is_no_loop_of_retries(ended: dict[str, pb.Task]) -> None:
    for name in ("returns_a_lock", "returns_itself"):
        found = ended[name]
        assert (found.status, found.attempts, found.result) == (pb.STATUS_FATAL_FAILURE, 1, b"")
        assert found.error_type == "ResultNotEncodable"


def test_a_result_that_nobody_could_read_is_a_failure_of_the_lambda(ended: dict[str, pb.Task]) -> None:
    for name, words in (
        ("returns_nan", "returned nan at $, which JSON cannot carry"),
        ("returns_another_type", "`-> list[int]` excludes: Expected `int`, got `str` - at `$[1]`"),
    ):
        found = ended[name]
        assert (found.status, found.attempts, found.result) == (pb.STATUS_FATAL_FAILURE, 1, b"")
        assert (found.error_type, found.traceback) == ("UnfitResult", "")
        assert found.error_message.startswith(f"raising.{name} ")
        assert words in found.error_message


def test_a_result_at_its_limit_is_kept_and_one_byte_more_is_left_out(ended: dict[str, pb.Task]) -> None:
    assert ended["returns_just_enough"].result == b'"' + b"x" * 65_534 + b'"'
    found = ended["returns_too_much"]
    assert (found.status, found.result, found.result_left_out) == (pb.STATUS_SUCCESS, b"", True)


@pytest.mark.parametrize("name", UNDECODABLE)
def test_a_payload_that_does_not_fit_the_signature_is_never_retried(ended: dict[str, pb.Task], name: str) -> None:
    found = ended[name]
    assert (found.status, found.reason) == (pb.STATUS_DEAD, "undecodable")
    assert len(found.history) == 1
    assert found.error_message


def test_nobody_suffers_for_the_others(ended: dict[str, pb.Task]) -> None:
    found = ended["well"]
    assert (found.status, found.result, found.attempts) == (pb.STATUS_SUCCESS, b"17", 1)
    assert len({each.executor for each in ended.values()}) == 1, "one executor ran them all and did not die"


def test_the_rows_of_ended_tasks_are_gone(platform: Platform, ended: dict[str, pb.Task]) -> None:
    ids = [uuid.UUID(bytes=each.task_id) for each in ended.values()]
    assert not platform.sql("select 1 from penstock.trigger where id = any ($1::uuid[])", ids)


def _lambdas() -> list[str]:
    return [f"raising.{name}" for name in (*RAISING, *RETURNING, "fatal", "well")]
