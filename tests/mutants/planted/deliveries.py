"""Bugs in cursors: events passed over, handed over twice at once, or before those that go first."""

from typing import Final

from tests.mutants.mutant import Mutant

_MEMORY: Final = "tests/contracts/test_memory_store.py::test_the_memory_store_keeps_the_contract"
_POSTGRES: Final = "tests/contracts/test_postgres_contract.py::test_contract"
_STATE: Final = "tests/layers/test_delivery_state.py"
_DISPATCHER: Final = "tests/layers/test_dispatcher.py"
_ORDERING: Final = "tests/model/test_ordering.py"

DELIVERIES: Final = (
    Mutant(
        "a-cursor-goes-where-a-ping-said",
        "flow/delivery_state.py",
        "Span(stream, claimed.subject, claimed.cursor, reading.scanned)",
        "Span(stream, claimed.subject, claimed.cursor, claimed.head)",
        (f"{_STATE}::test_an_absurd_ping_is_answered_by_the_source",),
    ),
    Mutant(
        "a-filter-lets-the-cursor-pass-what-was-cut-off",
        "flow/range_reader.py",
        "return Reading(claimed, subscription, events[:count], events[count - 1].sequence)",
        "return Reading(claimed, subscription, events[:count], scanned)",
        (f"{_STATE}::test_a_filter_never_lets_a_wanted_event_be_passed_over",),
    ),
    Mutant(
        "lowering-a-head-forgets-what-was-heard-since-the-claim",
        "adapters/memory/deliveries.py",
        "place.head = max(place.cursor, place.heard, head)",
        "place.head = max(place.cursor, head)",
        (f"{_MEMORY}[what_was_heard_since_the_claim_is_not_lowered_away]",),
    ),
    Mutant(
        "the-store-lowers-a-head-below-what-was-heard",
        "adapters/postgres/sql/delivery_lower.sql",
        "greatest(d.cursor, d.heard, x.found)",
        "greatest(d.cursor, x.found)",
        (f"{_POSTGRES}[what_was_heard_since_the_claim_is_not_lowered_away]",),
    ),
    Mutant(
        "a-stale-claim-moves-a-cursor",
        "adapters/postgres/sql/delivery_advance.sql",
        "and d.claim = x.claim ",
        "",
        (f"{_POSTGRES}[a_stale_claim_changes_nothing]",),
    ),
    Mutant(
        "what-is-left-goes-to-a-lane-without-room",
        "adapters/postgres/sql/delivery_advance.sql",
        "                      when x.has_room and d.lane",
        "                      when d.lane",
        (f"{_POSTGRES}[what_is_left_goes_on_at_once_where_its_lane_is_known_and_has_room]",),
    ),
    Mutant(
        "what-is-left-is-never-published",
        "adapters/postgres/deliveries.py",
        "            parts.append(raised_of(row[:_HELD]))\n            advances",
        "            advances",
        (f"{_POSTGRES}[what_is_left_goes_on_at_once_where_its_lane_is_known_and_has_room]",),
    ),
    Mutant(
        "nobody-remembers-the-lane-of-a-claim",
        "flow/delivery_state.py",
        "        self._remember(given)\n",
        "",
        (f"{_STATE}::test_what_is_left_goes_on_at_once_where_it_was_claimed_and_waits_elsewhere",),
    ),
    Mutant(
        "rows-that-go-after-others-are-made-without-a-look-at-those",
        "adapters/postgres/sql/delivery_make.sql",
        "    where $14 or x.lane",
        "    where $14 or true or x.lane",
        (f"{_POSTGRES}[a_row_that_is_made_late_finds_what_those_before_it_have_done]",),
    ),
    Mutant(
        "two-that-advance-at-once-miss-each-other",
        "adapters/postgres/delivery_followers.py",
        "        await self._connection.fetch(_LOCK, list(lanes))\n",
        "",
        (f"{_POSTGRES}[two_that_advance_at_once_do_not_miss_each_other]",),
    ),
    Mutant(
        "a-follower-goes-as-far-as-the-fastest",
        "adapters/memory/deliveries.py",
        "steps.raise_head(own, min(",
        "steps.raise_head(own, max(",
        (f"{_MEMORY}[it_waits_for_the_slowest_of_those_before_it]",),
    ),
    Mutant(
        "followers-are-raised-by-pings",
        "scheduler/dispatcher.py",
        "0 if each.after else head)",
        "head)",
        (f"{_STATE}::test_a_lambda_sees_a_subject_as_far_as_the_one_before_it",),
    ),
    Mutant(
        "who-starts-now-begins-with-the-first-event",
        "scheduler/dispatcher.py",
        "if at_us == START_AT_THE_BEGINNING:",
        "if at_us >= START_AT_THE_BEGINNING:",
        (f"{_DISPATCHER}::test_who_starts_now_sees_nothing_of_before",),
    ),
    Mutant(
        "a-batch-pays-for-one-of-its-events",
        "model/ordering.py",
        "    if len(handed) == 1:\n        return 0\n",
        "    if not report.failed_at:\n        return 0\n",
        (f"{_ORDERING}::test_a_batch_whose_guilty_event_is_not_known_halves_and_pays_nothing[0-14]",),
    ),
    Mutant(
        "attempts-are-spent-by-whoever-comes-first",
        "model/ordering.py",
        "row.tried == event.sequence",
        "True",
        (f"{_ORDERING}::test_attempts_are_spent_by_one_event_only[14]",),
    ),
)
