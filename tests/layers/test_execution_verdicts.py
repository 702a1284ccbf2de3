"""What is said of the dead."""

from collections.abc import Sequence

import pytest

from penstock.execution.verdicts import Cause, exit_text, verdicts
from penstock.model.lifecycle import Event
from penstock.model.task import ClaimKey
from penstock.ports.hosts import (
    ExecutorSpec,
    RunningClaim,
)
from tests.layers.air_processes import IDS, claim


def endings(cause: Cause, *board: RunningClaim, quarantine: bool = False, stuck: Sequence[int] = ()) -> list[Event]:
    spec = ExecutorSpec("x", "", ("app.it",), quarantine)
    keys = {ClaimKey(IDS[number], 1) for number in stuck}
    return [report.ending for report in verdicts(spec, board, cause, keys, "killed by SIGKILL", 100)]


@pytest.mark.parametrize("cause", list(Cause))
def test_what_was_not_started_is_handed_back_whatever_happened(cause: Cause) -> None:
    assert endings(cause, claim(0, started=False)) == [Event.RELEASE]


@pytest.mark.parametrize("cause", [cause for cause in Cause if cause is not Cause.CRASHED])
def test_what_has_ended_unreported_is_no_suspect_unless_the_process_crashed(cause: Cause) -> None:
    assert endings(cause, claim(0, started=False, ended=True), claim(1))[0] is Event.LEASE_LOST


def test_what_a_crash_kept_from_reporting_may_have_caused_it() -> None:
    over = claim(0, started=False, ended=True)
    assert endings(Cause.CRASHED, over) == [Event.CRASHED_ALONE]
    assert endings(Cause.CRASHED, over, quarantine=True) == [Event.CRASHED_ALONE]
    assert endings(Cause.CRASHED, over, claim(1)) == [Event.CRASHED_IN_COMPANY] * 2
    assert endings(Cause.CRASHED, over, claim(1, started=False)) == [Event.CRASHED_ALONE, Event.RELEASE]


def test_only_a_crash_nobody_caused_makes_suspects() -> None:
    assert endings(Cause.CRASHED, claim(0)) == [Event.CRASHED_ALONE]
    assert endings(Cause.CRASHED, claim(0), claim(1)) == [Event.CRASHED_IN_COMPANY] * 2
    assert endings(Cause.CRASHED, claim(0), claim(1, started=False)) == [Event.CRASHED_ALONE, Event.RELEASE]
    assert endings(Cause.CRASHED, claim(0), quarantine=True) == [Event.CRASHED_ALONE]
    for cause in (Cause.KILLED_FOR_LEASE, Cause.LOST_TOUCH):
        assert endings(cause, claim(0), claim(1)) == [Event.LEASE_LOST] * 2


def test_a_kill_for_a_stuck_task_costs_its_neighbours_no_attempt() -> None:
    assert endings(Cause.KILLED_FOR_STUCK, claim(0), claim(1), stuck=[0]) == [Event.TIMED_OUT, Event.LEASE_LOST]
    assert endings(Cause.KILLED_FOR_STOP, claim(0), claim(1), stuck=[0]) == [Event.TIMED_OUT, Event.RELEASE]


def test_what_was_killed_for_its_cancel_is_cancelled() -> None:
    spec, keys = ExecutorSpec("x", "", ("app.it",), quarantine=False), [ClaimKey(each, 1) for each in IDS[:2]]
    board = [claim(0), claim(1)]
    late, deaf = verdicts(spec, board, Cause.KILLED_FOR_STUCK, keys, "killed by SIGKILL", 100, for_cancel=keys[1:])
    assert (late.ending, deaf.ending) == (Event.TIMED_OUT, Event.STOPPED_FOR_CANCEL)
    assert deaf.failure.type == "Cancelled"


@pytest.mark.parametrize(
    ("status", "text"), [(-9, "killed by SIGKILL"), (-250, "killed by signal 250"), (3, "exit code 3")]
)
def test_an_exit_is_said_in_words(status: int, text: str) -> None:
    assert exit_text(status) == text
