"""Bugs in what looks after cursors: what stays unfound, and what is moved that should not be."""

from typing import Final

from tests.mutants.mutant import Mutant

_REFRESH: Final = "tests/layers/test_refresh.py"
_DESK: Final = "tests/layers/test_frontend_cursors.py"
_IDLE: Final = "tests/layers/test_idle_rows.py"
_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"

OPERATIONS: Final = (
    Mutant(
        "rows-that-nobody-made-are-not-behind",
        "model/refresh.py",
        "    return row.is_missing or row.head < reach",
        "    return not row.is_missing and row.head < reach",
        (
            f"{_REFRESH}::test_an_event_whose_ping_was_lost_is_found_within_two_periods",
            f"{_REFRESH}::test_what_stood_before_anybody_subscribed_is_found_by_the_full_loop",
        ),
    ),
    Mutant(
        "a-new-subscription-waits-for-the-next-pass",
        "model/refresh.py",
        "    said = [(each.lambda_id, each.spec.start_at_us",
        "    said = [(each.stream_id, each.stream_id",
        (f"{_REFRESH}::test_a_new_subscription_is_caught_up_at_once_not_in_an_hour",),
    ),
    Mutant(
        "who-waited-for-one-that-is-gone-is-pinged-in-vain",
        "scheduler/refresh_rounds.py",
        "    return bool(lag.subscription.after) and not lag.row.is_missing",
        "    return False",
        (f"{_REFRESH}::test_who_waited_for_one_that_subscribes_no_more_goes_on",),
    ),
    Mutant(
        "what-a-gate-holds-is-reported-as-failing",
        "model/refresh.py",
        "row.held_for in HELD_FOR_GATES or row.stands_us",
        "row.stands_us",
        (f"{_REFRESH}::test_a_subject_that_fails_for_long_is_reported_and_a_gated_one_is_not[True]",),
    ),
    Mutant(
        "a-full-pass-begins-while-nobody-watches",
        "adapters/memory/refreshes.py",
        "        return wish.loop is RefreshLoop.RECENT or bool(recent and recent.state.mark)",
        "        return wish.loop is RefreshLoop.RECENT or recent is not None",
        (f"{_MEMORY}[nothing_is_passed_over_between_the_two_loops]",),
    ),
    Mutant(
        "a-late-holder-of-a-step-is-believed",
        "adapters/memory/refreshes.py",
        "        if row.held_by != holder:",
        "        if not holder:",
        (f"{_MEMORY}[one_leads_a_step_until_its_lease_ends]",),
    ),
    Mutant(
        "verify-takes-a-missing-row-for-a-complete-one",
        "flow/cursor_check.py",
        "                starts[row.number] = 0\n",
        "                starts[row.number] = asked.place(row.number)[0].sequence\n",
        (f"{_DESK}::test_verify_says_complete_only_when_all_is",),
    ),
    Mutant(
        "any-event-may-be-skipped",
        "frontend/cursor_orders.py",
        "        if first != call.sequence:",
        "        if not first:",
        (f"{_DESK}::test_only_the_event_that_comes_next_can_be_skipped",),
    ),
    Mutant(
        "what-goes-after-a-skipped-event-waits-for-ever",
        "adapters/memory/cursors.py",
        "        self._deliveries.follow(order.id)\n",
        "",
        (f"{_MEMORY}[what_goes_after_a_skipped_event_follows]",),
    ),
    Mutant(
        "a-cursor-is-forgotten-while-its-source-has-events",
        "scheduler/idle_rows.py",
        "if not head]",
        "if head is not None]",
        (f"{_IDLE}::test_a_cursor_stays_while_its_source_knows_the_subject",),
    ),
)
