"""Bugs in the rules: what an ending costs, and what a cancel may do."""

from typing import Final

from tests.mutants.mutant import Mutant

_LIFECYCLE: Final = "model/lifecycle.py"
_VERDICT: Final = "model/verdict.py"
_TESTS: Final = "tests/model/test_verdict.py"

RULES: Final = (
    Mutant(
        "the-budget-has-one-attempt-too-many",
        _VERDICT,
        "row.attempts + 1 >= policy.attempts_max",
        "row.attempts >= policy.attempts_max",
        (f"{_TESTS}::test_the_budget_is_exact", "tests/layers/test_task_state.py::test_the_budget_ends_a_failing_task"),
    ),
    Mutant(
        "a-crash-in-company-counts-as-a-crash",
        _LIFECYCLE,
        "Event.CRASHED_IN_COMPANY: Ending(makes_suspect=True)",
        "Event.CRASHED_IN_COMPANY: Ending(counts_as_crash=True, makes_suspect=True)",
        (f"{_TESTS}::test_crashes_in_company_never_kill",),
    ),
    Mutant(
        "a-lost-lease-costs-an-attempt",
        _LIFECYCLE,
        "Event.LEASE_LOST: Ending(counts_as_lapse=True)",
        "Event.LEASE_LOST: Ending(costs_attempt=True, counts_as_lapse=True)",
        (f"{_TESTS}::test_what_is_not_its_own_doing_costs_no_attempt",),
    ),
    Mutant(
        "a-suspect-is-cleared-by-being-handed-back",
        _VERDICT,
        "return False if ending.costs_attempt else None",
        "return False",
        (f"{_TESTS}::test_suspicion_is_set_by_crashes_and_cleared_by_an_end_of_its_own_doing",),
    ),
    Mutant(
        "a-cancel-ends-a-running-task-at-once",
        _VERDICT,
        "    status = after(row.status, Event.CANCEL_REQUEST)\n    if row.status in OWNED:\n",
        "    status = Status.CANCELLED\n    if row.status is Status.CLAIMED:\n",
        (f"{_TESTS}::test_a_cancel_ends_what_waits_and_asks_what_is_owned",),
    ),
    Mutant(
        "a-lease-is-ended-though-it-was-renewed-since-it-was-looked-at",
        _VERDICT,
        "seen_trigger_at_us=row.trigger_at_us",
        "seen_trigger_at_us=None",
        (
            "tests/layers/test_scheduler_renewed_lease.py::test_a_heartbeat_that_comes_between_the_look_and_the_write_keeps_the_task",
        ),
    ),
)
