"""Bugs in the SQL and around it. These need a PostgreSQL, so each costs a few seconds."""

from typing import Final

from tests.mutants.mutant import Mutant

_SQL: Final = "adapters/postgres/sql"
_DUE_TIMES: Final = "tests/contracts/test_postgres_due_times.py"


def _store(duty: str) -> str:
    return f"tests/contracts/test_postgres_contract.py::test_contract[{duty}]"


POSTGRES: Final = (
    Mutant(
        "sql-sweeps-whatever-it-died-of",
        f"{_SQL}/sweep_ended.sql",
        "and ($6::text = '' or o.reason = $6)",
        "and $6::text is not null",
        (_store("only_what_the_filter_names_is_swept"),),
    ),
    Mutant(
        "sql-sweeps-what-died-after-the-order",
        f"{_SQL}/sweep_begin.sql",
        "least($11, now.at)",
        "$11",
        (_store("what_dies_after_the_order_is_left_alone"),),
    ),
    Mutant(
        "a-sweep-forgets-its-rate",
        f"{_SQL}/sweep_note.sql",
        "next_step_at = now.at + $4::interval",
        "next_step_at = now.at",
        (_store("a_rate_is_kept_from_step_to_step"),),
    ),
    Mutant(
        "a-sweep-takes-the-letters-of-all-namespaces",
        f"{_SQL}/sweep_ended.sql",
        "where o.namespace_id = $1 and",
        "where $1::int is not null and",
        (_store("orders_of_a_namespace_are_seen_and_stopped_there_only"),),
    ),
    Mutant(
        "sql-claims-whatever-the-status",
        f"{_SQL}/claim.sql",
        "({bits:claim} >> t.status) & 1 = 1 and not t.cancel_requested\n      and t.id <> all",
        "not t.cancel_requested\n      and t.id <> all",
        (
            _store("a_claim_is_legal_from_the_statuses_of_the_matrix_and_no_other"),
            _store("of_many_claims_at_once_exactly_one_wins"),
        ),
    ),
    Mutant(
        "sql-takes-a-success-without-the-claim-number",
        f"{_SQL}/finish_successes.sql",
        "where t.id = any (array[x.id]) and t.claim = coalesce(x.claim, ($2::int[])[1]) and",
        "where t.id = any (array[x.id]) and",
        (_store("a_verdict_under_another_claim_is_refused_and_changes_nothing"),),
    ),
    Mutant(
        "sql-takes-a-failure-without-the-claim-number",
        f"{_SQL}/move.sql",
        "where t.id = x.id and (x.claim is null or t.claim = x.claim)",
        "where t.id = x.id",
        (_store("a_verdict_under_another_claim_is_refused_and_changes_nothing"),),
    ),
    Mutant(
        "sql-renews-a-lease-that-is-another-holders",
        f"{_SQL}/heartbeat.sql",
        "where t.id = x.id and t.claim = x.claim and",
        "where t.id = x.id and",
        (_store("a_heartbeat_under_another_claim_is_refused_and_changes_nothing"),),
    ),
    Mutant(
        "sql-ends-a-lease-that-was-renewed-since-it-was-looked-at",
        f"{_SQL}/move.sql",
        "      and (x.seen_trigger_at is null or t.trigger_at = x.seen_trigger_at)\n",
        "",
        (_store("a_lease_renewed_since_it_was_looked_at_is_not_ended"),),
    ),
    Mutant(
        "sql-serves-due-tasks-by-their-ids",
        f"{_SQL}/enqueue_due.sql",
        "order by t.trigger_at limit w.want",
        "order by t.id limit w.want",
        (_store("the_oldest_due_go_first_across_new_tasks_and_retries"),),
    ),
    Mutant(
        "sql-serves-due-tasks-by-the-machines-clock",
        f"{_SQL}/enqueue_due.sql",
        "select penstock.clock() as at",
        "select clock_timestamp() as at",
        (f"{_DUE_TIMES}::test_a_task_is_enqueued_at_its_time_and_not_a_moment_before",),
    ),
    Mutant(
        "sql-serves-due-tasks-a-second-early",
        f"{_SQL}/enqueue_due.sql",
        "t.trigger_at <= now.at",
        "t.trigger_at <= now.at + interval '1 s'",
        (f"{_DUE_TIMES}::test_a_task_is_enqueued_at_its_time_and_not_a_moment_before",),
    ),
    Mutant(
        "sql-serves-buckets-of-other-schedulers",
        f"{_SQL}/enqueue_due.sql",
        "          and ($4::int4multirange is null or penstock.bucket(t.id) <@ $4)\n",
        "          and ($4::int4multirange is null or true)\n",
        (_store("only_the_buckets_named_are_enqueued"),),
    ),
    Mutant(
        "sql-lets-a-new-task-go-past-older-ones",
        f"{_SQL}/admit.sql",
        "p.oldest_at is null or p.oldest_at > now.at - $18::interval as is_open",
        "true or p.oldest_at > now.at - $18::interval as is_open",
        (_store("nothing_goes_past_a_due_task_that_has_waited_long_as_new"),),
    ),
    Mutant(
        "sql-takes-over-a-key-that-lives",
        f"{_SQL}/reserve_keys.sql",
        "    where k.expires_at <= penstock.clock()\n",
        "",
        (
            _store("a_key_with_the_same_content_names_the_first_task"),
            _store("a_key_with_other_content_is_a_conflict_that_names_the_first_task"),
        ),
    ),
    Mutant(
        "sql-makes-a-retry-without-its-link",
        f"{_SQL}/retry_admit.sql",
        "o.collection, o.parent_id, o.id, o.attributes\n",
        "o.collection, o.parent_id, null, o.attributes\n",
        ("tests/contracts/test_postgres_retry_links.py::test_a_retry_is_shown_with_its_original",),
    ),
    Mutant(
        "retention-drops-a-day-with-its-living-tasks",
        "adapters/postgres/retention.py",
        "kept, looked_at = 0, 1",
        "kept, looked_at = 0, 0",
        ("tests/contracts/test_postgres_retention.py::test_a_sleeper_outlives_its_day",),
    ),
    Mutant(
        "the-clock-is-read-anew-for-each-child-that-is-freed",
        "adapters/postgres/sql/children_move.sql",
        "    from now,\n",
        "    from (select penstock.clock() as at) now,\n",
        (f"{_DUE_TIMES}::test_children_freed_together_stay_in_due_order_whatever_the_clock_does_meanwhile",),
    ),
)
