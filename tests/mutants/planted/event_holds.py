"""Bugs in what streams keep for cursors: what is needed goes, or goes without a trace."""

from typing import Final

from tests.mutants.mutant import Mutant

_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_LAYER: Final = "tests/layers/test_held_events.py"

EVENT_HOLDS: Final = (
    Mutant(
        "what-no-pass-has-compared-goes-when-no-row-needs-it",
        "scheduler/held_events.py",
        "        return gone_until_us(kept_us, longest_us, compared_us, [needed_us])",
        "        return gone_until_us(kept_us, longest_us, max(compared_us, kept_us), [needed_us])",
        (f"{_LAYER}::test_what_no_pass_has_compared_stays",),
    ),
    Mutant(
        "who-goes-first-is-not-waited-for-once-he-is-unseen",
        "model/stream_hold.py",
        "            waiting += known[number].after\n",
        "",
        (f"{_LAYER}::test_who_goes_first_is_waited_for_as_long_as_those_after_it_are_seen",),
    ),
    Mutant(
        "a-server-that-has-just-started-takes-all-for-unseen",
        "scheduler/held_events.py",
        "if self._has_looked else _EVER",
        "",
        (f"{_LAYER}::test_who_was_not_seen_for_long_holds_nothing_once_a_server_has_been_up",),
    ),
    Mutant(
        "what-a-blocked-subject-loses-leaves-no-letter",
        "adapters/postgres/event_holds.py",
        "        if letters:\n",
        "        if False:\n",
        (f"{_POSTGRES}[a_blocked_subject_loses_its_events_as_dead_letters_and_goes_on]",),
    ),
    Mutant(
        "rows-that-are-held-need-nothing",
        "adapters/postgres/sql/event_holds_needed.sql",
        "and d.status = {status:held}",
        "and d.status = {status:new}",
        (f"{_POSTGRES}[what_rows_that_wait_or_run_have_not_passed_is_needed]",),
    ),
    Mutant(
        "a-stream-of-which-nothing-is-said-keeps-for-nobody",
        "adapters/postgres/event_retention.py",
        "            known_us = held_until_us.get(stream_id, now_us - longest_us)",
        "            known_us = held_until_us.get(stream_id, now_us)",
        ("tests/contracts/test_postgres_events.py::test_a_stream_that_waits_for_cursors_keeps_what_it_is_told_to",),
    ),
)
