"""What a supervisor says of the claims on a dead executor's board. Pure."""

import signal
from collections.abc import Collection, Iterable, Sequence
from enum import Enum, auto

from penstock.model.lifecycle import Event
from penstock.model.task import NO_FAILURE, ClaimKey, Failure, Report
from penstock.ports.hosts import ExecutorSpec, RunningClaim


class Cause(Enum):
    """Why an executor ended."""

    LEFT = auto()
    """by itself, as it was asked or because it was idle"""
    CRASHED = auto()
    """an exit that nobody here caused"""
    KILLED_FOR_LEASE = auto()
    KILLED_FOR_STUCK = auto()
    KILLED_FOR_STOP = auto()
    LOST_TOUCH = auto()
    """it ended itself because its heartbeats failed"""


def verdicts(
    spec: ExecutorSpec,
    board: Sequence[RunningClaim],
    cause: Cause,
    stuck: Collection[ClaimKey],
    exit_text: str,
    reaped_at_us: int,
    for_cancel: Collection[ClaimKey] = (),
) -> list[Report]:
    """One report for each claim; call it only when the process was reaped. `for_cancel`: of `stuck`, those that heard
    no cancel.
    """
    alone = sum(claim.begun for claim in board) == 1
    reports = []
    for claim in board:
        ending = _ending(claim, cause, alone, claim.key in stuck, claim.key in for_cancel)
        run_us = max(1, reaped_at_us - claim.started_at_us) if claim.begun else 0
        reports.append(
            Report(
                claim.key.id,
                claim.key.claim,
                ending,
                run_us=run_us,
                failure=_failure(ending, exit_text),
                executor=spec.name,
            )
        )
    return reports


def _ending(claim: RunningClaim, cause: Cause, alone: bool, stuck: bool, for_cancel: bool) -> Event:
    if not claim.begun:
        return Event.RELEASE
    if stuck and not claim.ended:
        return Event.STOPPED_FOR_CANCEL if for_cancel else Event.TIMED_OUT
    if cause is Cause.CRASHED:
        # One that had returned, too: it may have left behind what took the process down, and would for ever.
        return Event.CRASHED_ALONE if alone else Event.CRASHED_IN_COMPANY
    if cause is Cause.KILLED_FOR_STOP and not claim.ended:
        return Event.RELEASE
    return Event.LEASE_LOST  # of one that had returned, what it said is lost with the process


def _failure(ending: Event, exit_text: str) -> Failure:
    if ending is Event.RELEASE:
        return NO_FAILURE
    if ending is Event.TIMED_OUT:
        return Failure("TimedOut", f"ran longer than its timeout and could not be stopped; {exit_text}")
    if ending is Event.STOPPED_FOR_CANCEL:
        return Failure("Cancelled", f"did not stop within its grace after its cancel; {exit_text}")
    if ending is Event.LEASE_LOST:
        return Failure("LeaseLost", exit_text)
    return Failure("ExecutorCrashed", exit_text)


def exit_text(status: int) -> str:
    """How it ended: "killed by SIGKILL", "exit code 3"."""
    if status >= 0:
        return f"exit code {status}"
    try:
        return f"killed by {signal.Signals(-status).name}"
    except ValueError:
        return f"killed by signal {-status}"


def earliest_deadline_us(board: Iterable[RunningClaim]) -> int | None:
    """The first moment at which code on this board runs without a lease."""
    return min((claim.deadline_us for claim in board if claim.started), default=None)
