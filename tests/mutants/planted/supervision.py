"""Bugs in who watches executors: when it kills, and what it says of the dead."""

from typing import Final

from tests.mutants.mutant import Mutant

_SUPERVISION: Final = "tests/layers/test_execution_supervision.py"
_VERDICTS: Final = "tests/layers/test_execution_verdicts.py"

SUPERVISION: Final = (
    Mutant(
        "the-kill-comes-only-when-the-lease-is-over",
        "execution/supervisor.py",
        "self._a_lease_runs_out(int((now_s + self._margin_s) * 1_000_000))",
        "self._a_lease_runs_out(int(now_s * 1_000_000))",
        (f"{_SUPERVISION}::test_the_kill_comes_before_the_earliest_deadline_of_started_code_only",),
    ),
    Mutant(
        "what-waited-in-a-crashed-executor-is-blamed-for-it",
        "execution/verdicts.py",
        "    if not claim.begun:\n        return Event.RELEASE\n",
        "",
        (f"{_VERDICTS}::test_what_was_not_started_is_handed_back_whatever_happened",),
    ),
    Mutant(
        "a-crash-blames-everybody-who-ran",
        "execution/verdicts.py",
        "alone = sum(claim.begun for claim in board) == 1",
        "alone = True",
        (f"{_VERDICTS}::test_only_a_crash_nobody_caused_makes_suspects",),
    ),
    Mutant(
        "a-kill-of-our-own-is-called-a-crash",
        "execution/verdicts.py",
        "if cause is Cause.CRASHED:",
        "if cause is not Cause.KILLED_FOR_STOP:",
        (f"{_VERDICTS}::test_only_a_crash_nobody_caused_makes_suspects",),
    ),
    Mutant(
        "what-had-returned-when-its-process-crashed-is-never-a-suspect",
        "execution/verdicts.py",
        "if cause is Cause.CRASHED:",
        "if cause is Cause.CRASHED and claim.started:",
        (f"{_VERDICTS}::test_what_a_crash_kept_from_reporting_may_have_caused_it",),
    ),
    Mutant(
        "reports-for-the-dead-are-sent-once",
        "execution/supervisor.py",
        "            except Unavailable:\n                await asyncio.sleep(backoff.next_s())\n",
        "            except Unavailable:\n                return\n",
        (f"{_SUPERVISION}::test_reports_for_the_dead_are_repeated_until_accepted_or_the_lease_is_over",),
    ),
)
