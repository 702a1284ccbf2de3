"""Bugs in layer 3: verdicts, shared trips, windows."""

from typing import Final

from tests.mutants.mutant import Mutant

_TASK_STATE: Final = "tests/layers/test_task_state.py"

FLOW: Final = (
    Mutant(
        "refused-reports-are-answered-as-accepted",
        "flow/task_state.py",
        "return [change.id for change, done in zip(changes, applied, strict=True) if not done]",
        "return []",
        (f"{_TASK_STATE}::test_a_stale_claim_is_refused_and_changes_nothing",),
    ),
    Mutant(
        "callers-of-a-shared-trip-get-each-others-answers",
        "flow/pump.py",
        "            at += waiting.rows\n",
        "",
        (f"{_TASK_STATE}::test_claims_asked_for_at_the_same_time_share_trips",),
    ),
    Mutant(
        "a-lane-takes-references-without-end",
        "flow/gauges.py",
        "window - state.waiting - state.published",
        "window - state.waiting",
        ("tests/layers/test_gauges.py::test_what_was_published_counts_until_the_next_gauge_says_better",),
    ),
)
