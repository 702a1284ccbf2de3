"""Bugs in the answer to why a task is not running."""

from typing import Final

from tests.mutants.mutant import Mutant

_RULES: Final = "tests/model/test_explanation.py"
_ATTENDANCE: Final = "tests/layers/test_attendance.py"

EXPLAIN: Final = (
    Mutant(
        "what-is-in-its-lane-is-told-to-be-due-later",
        "model/explanation.py",
        "elif row.status is not Status.ENQUEUED and row.trigger_at_us > facts.now_us:",
        "elif row.trigger_at_us > facts.now_us:",
        (f"{_RULES}::test_whatever_the_facts_there_is_one_answer_in_one_sentence[enqueued]",),
    ),
    Mutant(
        "a-busy-orchestrator-hides-when-the-others-became-so",
        "model/attendance.py",
        "min(waits)",
        "max(waits)",
        (f"{_RULES}::test_what_orchestrators_say_adds_up",),
    ),
    Mutant(
        "a-new-frontend-takes-silence-for-nobody",
        "flow/attendance.py",
        "        if is_new or not any(",
        "        if not any(",
        (f"{_ATTENDANCE}::test_a_frontend_that_has_just_started_does_not_take_what_it_has_not_heard_for_nobody",),
    ),
    Mutant(
        "a-quarantine-counts-as-an-ordinary-executor",
        "delivery/attendance.py",
        "    ordinary = [session for session in working if not session.hello.quarantine]",
        "    ordinary = working",
        (f"{_ATTENDANCE}::test_executors_are_counted_by_what_they_can_do",),
    ),
    Mutant(
        "sql-counts-what-is-due-later-as-due",
        "adapters/postgres/sql/lane_waiting.sql",
        "and t.trigger_at <= now.at\n        limit $5) due",
        "\n        limit $5) due",
        ("tests/contracts/test_postgres_contract.py::test_contract[a_backoff_is_told_apart_from_a_time_to_come]",),
    ),
)
