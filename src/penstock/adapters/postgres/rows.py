"""Rows to the model's words. Columns stand in the order in which the statements name them."""

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from penstock.model.identity import TaskId
from penstock.model.lane import LaneId
from penstock.model.lifecycle import Event, Status
from penstock.model.task import NO_FAILURE, Attempt, Failure, Outcome, Trigger


def trigger_of(row: Sequence[Any]) -> Trigger:
    """id, lane, status, trigger_at, claim, attempts, crashes, lapses, suspect, cancel_requested, held_for."""
    return Trigger(
        TaskId(row[0]),
        LaneId(row[1]),
        Status(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9],
        row[10] or "",
    )


def running_of(row: Sequence[Any]) -> Trigger:
    """What `trigger_of` takes, then executor, started_at."""
    return structs.replace(trigger_of(row), executor=row[11] or "", started_at_us=row[12] or 0)


def outcome_of(row: Sequence[Any]) -> Outcome:
    """id, lane, status, finished_at, run_us, claim, attempts, crashes, lapses, result, result_left_out, three of the
    failure, executor, reason.
    """
    return Outcome(
        TaskId(row[0]),
        LaneId(row[1]),
        Status(row[2]),
        row[3],
        row[4],
        row[5],
        row[6],
        row[7],
        row[8],
        row[9] or b"",
        row[10],
        failure_of(row[11:14]),
        row[14] or "",
        row[15] or "",
    )


def attempt_of(row: Sequence[Any]) -> Attempt:
    """id, claim, ending, run_us, ended_at, executor, three of the failure."""
    return Attempt(TaskId(row[0]), row[1], Event(row[2]), row[3], row[4], row[5] or "", failure_of(row[6:9]))


def failure_of(row: Sequence[Any]) -> Failure:
    """type, message, traceback."""
    return Failure(row[0] or "", row[1] or "", row[2] or "") if any(row) else NO_FAILURE
