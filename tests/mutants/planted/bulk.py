"""Bugs in orders over many tasks."""

from typing import Final

from tests.mutants.mutant import IN_THE_WORLD, Mutant

_SQL: Final = "adapters/postgres/sql"


def _store(duty: str) -> str:
    return f"tests/contracts/test_postgres_contract.py::test_contract[{duty}]"


def _memory(duty: str) -> str:
    return f"tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract[{duty}]"


BULK: Final = (
    Mutant(
        "sql-cancels-what-was-scheduled-after-the-order",
        f"{_SQL}/sweep_live.sql",
        " and t.id <= $9",
        " and $9::uuid is not null",
        (_store("what_is_scheduled_after_the_order_is_left_alone"),),
    ),
    Mutant(
        "sql-cancels-in-all-namespaces",
        f"{_SQL}/sweep_live.sql",
        "where t.namespace_id = $1 and",
        "where $1::int is not null and",
        (_store("a_cancel_touches_its_own_namespace_only"),),
    ),
    Mutant(
        "sql-looks-at-rows-that-move-while-it-decides",
        f"{_SQL}/sweep_live.sql",
        "for update of t",
        "for update of t skip locked",
        ("tests/contracts/test_postgres_sweeps.py::test_a_row_that_is_being_moved_is_waited_for",),
    ),
    Mutant(
        "a-cancel-tells-nobody",
        "scheduler/sweeper.py",
        "(Topic.CANCEL, step.asked)",
        "(Topic.CANCEL, ())",
        ("tests/layers/test_scheduler_sweeps.py::test_who_waits_and_who_runs_are_told_of_a_cancel",),
    ),
    Mutant(
        "a-cancel-passes-some-over",
        "adapters/memory/sweep_steps.py",
        "if row.reached < task_id <= row.last",
        "if row.reached < task_id <= row.last and not task_id[-1] % 2",
        (_memory("of_many_that_step_at_once_each_task_is_cancelled_by_one"), IN_THE_WORLD),
    ),
    Mutant(
        "progress-of-a-refused-beat-is-kept",
        "adapters/postgres/transitions.py",
        "if beat.progress and beat.id in current",
        "if beat.progress",
        (_store("progress_that_another_namespace_says_changes_nothing"),),
    ),
    Mutant(
        "stale-progress-is-kept",
        f"{_SQL}/progress_note.sql",
        "t.id = x.id and t.claim = x.claim and",
        "t.id = x.id and",
        ("tests/contracts/test_postgres_progress.py::test_a_claim_that_ends_between_beat_and_note_says_nothing",),
    ),
    Mutant(
        "progress-is-told-again-and-again",
        "execution/heartbeat.py",
        "held.progress_told = beat.progress or held.progress_told",
        "held.progress_told = held.progress_told",
        ("tests/layers/test_execution_progress.py::test_what_was_told_is_not_told_again",),
    ),
    Mutant(
        "sql-forgets-attributes-of-what-is-redriven",
        f"{_SQL}/sweep_redrive.sql",
        "o.parent_id, o.id, o.attributes",
        "o.parent_id, o.id, null",
        (_store("what_is_made_anew_keeps_its_attributes"),),
    ),
    Mutant(
        "sql-takes-any-attribute-for-all",
        f"{_SQL}/sweep_live.sql",
        "from penstock.task where attributes @> $8 and",
        "from penstock.task where",
        (_store("a_selection_by_attributes_means_who_has_all_of_them"),),
    ),
    Mutant(
        "whoever-hears-no-cancel-is-killed",
        "execution/watch.py",
        "return grace_s is not None and now_s",
        "return grace_s is None or now_s",
        (
            "tests/layers/test_execution_cancels.py::test_code_that_hears_no_cancel_goes_on_where_nobody_wants_it_killed",
        ),
    ),
    Mutant(
        "a-wait-for-the-token-misses-a-cancel-before-it",
        "sdk/running.py",
        "return running.cancelled or running.stop_signal.wait(timeout_s)",
        "return running.stop_signal.wait(timeout_s or 0.01)",
        ("tests/layers/test_sdk_cancelling.py::test_a_wait_that_begins_after_the_cancel_does_not_wait",),
    ),
    Mutant(
        "what-is-killed-for-its-cancel-counts-as-timed-out",
        "execution/verdicts.py",
        "Event.STOPPED_FOR_CANCEL if for_cancel else Event.TIMED_OUT",
        "Event.TIMED_OUT",
        ("tests/layers/test_execution_verdicts.py::test_what_was_killed_for_its_cancel_is_cancelled",),
    ),
)
