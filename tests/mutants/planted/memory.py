"""Bugs in the memory twins: whatever the contract suites find here they would find in an engine's adapter, too."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_TRANSITIONS: Final = "adapters/memory/transitions.py"
_ADMISSION: Final = "adapters/memory/admission.py"


def _store(duty: str) -> str:
    return f"tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract[{duty}]"


MEMORY: Final = (
    Mutant(
        "a-result-needs-no-claim-number",
        _TRANSITIONS,
        "and change.claim in {None, row.claim}",
        "and change.claim is not Ellipsis",
        (
            _store("a_verdict_under_another_claim_is_refused_and_changes_nothing"),
            _store("the_holder_of_a_lost_lease_can_say_nothing_more"),
            "tests/layers/test_task_state.py::test_a_stale_claim_is_refused_and_changes_nothing",
            IN_THE_WORLD,
        ),
    ),
    Mutant(
        "a-stale-holder-hears-that-its-result-was-taken",
        _TRANSITIONS,
        "and change.claim in {None, outcome.claim}",
        "and change.claim is not Ellipsis",
        (_store("an_end_of_another_kind_or_claim_does_not_count_as_told"),),
    ),
    Mutant(
        "a-heartbeat-renews-a-lease-that-is-another-holders",
        _TRANSITIONS,
        "status is None or row.claim != beat.claim",
        "status is None",
        (_store("a_heartbeat_under_another_claim_is_refused_and_changes_nothing"),),
    ),
    Mutant(
        "what-is-to-be-cancelled-can-still-be-claimed",
        _TRANSITIONS,
        "status is None or row.cancel_requested",
        "status is None",
        (_store("a_row_whose_cancel_was_requested_is_not_claimed"),),
    ),
    Mutant(
        "a-new-task-goes-past-older-ones-that-wait-in-the-store",
        _ADMISSION,
        "if room.get(lane, 0) > 0 and self._is_idle(lane, now_us)",
        "if room.get(lane, 0) > 0",
        (
            _store("nothing_goes_past_a_due_task_that_has_waited_long_as_new"),
            _store("nothing_goes_past_a_due_retry"),
        ),
    ),
    Mutant(
        "a-key-hides-that-its-task-has-other-content",
        _ADMISSION,
        "elif named.content_hash == task.content_hash:",
        "elif named.content_hash is not None:",
        (
            _store("a_key_with_other_content_is_a_conflict_that_names_the_first_task"),
            "tests/layers/test_frontend_schedule.py::test_a_key_names_one_task",
        ),
    ),
    Mutant(
        "a-retry-forgets-what-it-is-a-retry-of",
        "adapters/memory/cluster.py",
        "first.retried_as = new_id\n",
        "pass\n",
        (_store("a_retry_and_its_original_are_linked"), _store("a_second_retry_is_the_first_one")),
    ),
    Mutant(
        "due-tasks-are-taken-a-second-early",
        "adapters/memory/due_work.py",
        "in self._cluster.due(lane).upcoming(now_us, want, covers)",
        "in self._cluster.due(lane).upcoming(now_us + 1_000_000, want, covers)",
        (
            "tests/layers/test_scheduler_due.py::test_a_delayed_task_is_never_early_and_a_few_milliseconds_late",
            IN_THE_WORLD,
        ),
    ),
    Mutant(
        "references-put-back-are-gone",
        "adapters/memory/lane_message.py",
        "self._engine.publish(self.lane, rest, self.enqueued_at_us)",
        "pass",
        ("tests/layers/test_delivery.py::test_what_nobody_has_credit_for_is_put_back_for_others",),
    ),
)
